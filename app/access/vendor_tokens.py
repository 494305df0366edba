"""Tokens of the vendor's own, for all organizations: those of a login service that serves many.

A request with such a token names the organization that it is about.
"""

from datetime import datetime

from app.access import trail
from app.access.principal import Role
from app.access.token_secrets import hash_of, new_secret, prefix_of
from app.access.tokens import IssuedToken, TokenRequest, check_expiry, known_provider
from app.access.trail import Change
from app.db.columns import instant_text
from app.db.transactions import transaction
from app.errors import InvalidInput, NotFound
from app.identifiers import new_id
from app.models import VendorToken


@transaction
def issue_vendor_token(wanted: TokenRequest, *, at: datetime) -> IssuedToken:
    """Make a token for all organizations.

    Raises:
        InvalidInput: the role is one that organizations have apart, or the expiry lies in the past.
    """
    if wanted.role is not Role.SSO:
        raise InvalidInput(
            "role",
            f"A token for all organizations has the role {Role.SSO}. "
            "Issue one of another role for each organization.",
        )
    check_expiry(wanted, at=at)
    secret = new_secret(wanted.role)
    token = VendorToken.create(
        id=new_id("tok", at),
        role=wanted.role.value,
        prefix=prefix_of(secret, wanted.role),
        secret_hash=hash_of(secret),
        label=wanted.label,
        provider=known_provider(wanted.provider),
        created_at=at,
        expires_at=wanted.expires_at,
    )
    expires_at = None if wanted.expires_at is None else instant_text(wanted.expires_at)
    facts = {"role": token.role, "provider": token.provider, "expires_at": expires_at}
    trail.record_of_seller(Change("token.issued", token.id, after=_named(token.id, **facts)), at=at)
    return IssuedToken(token, secret)


def vendor_tokens() -> list[VendorToken]:
    """Return the vendor's tokens, oldest first."""
    return list(VendorToken.select().order_by(VendorToken.id))


@transaction
def revoke_vendor_token(token_id: str, *, at: datetime) -> None:
    """End a token at once; ending it again changes nothing.

    Raises:
        NotFound: the vendor has no such token.
    """
    mine = VendorToken.id == token_id
    if not VendorToken.select().where(mine).exists():
        raise NotFound(f"There is no token {token_id} for all organizations.")
    if VendorToken.update(revoked_at=at).where(mine & VendorToken.revoked_at.is_null()).execute():
        change = Change("token.revoked", token_id, {}, _named(token_id, revoked=True))
        trail.record_of_seller(change, at=at)


def _named(token_id: str, **facts: object) -> dict[str, object]:
    """Return facts with the token that they are of; the vendor's events have no subject."""
    return {"token_id": token_id, **facts}
