"""Who calls: what a bearer token that came with a request speaks for."""

from datetime import datetime
from typing import NamedTuple

from peewee import BaseQuery

from app.access.principal import ALL_ORGANIZATIONS, Principal, Role
from app.access.profiles import STANDARD, profile_of
from app.access.token_secrets import hash_of, is_well_formed
from app.db.compiled import compiled
from app.errors import NotAuthenticated
from app.models import Organization, Token, VendorToken
from app.models.rows import same_organization


class _SentToken(NamedTuple):
    """What is read of a token that came with a request, and how its organization speaks SCIM."""

    organization_id: str
    id: str
    role: str
    provider: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    extensions: str = "[]"
    strict: bool = STANDARD.strict
    seat_refusal_status: int = STANDARD.seat_refusal_status


def authenticate(secret: str, *, request_id: str | None = None, at: datetime) -> Principal:
    """Return the principal that a token speaks for, in the request of this id.

    Raises:
        NotAuthenticated: it is not a token, or it is unknown, expired or revoked.
    """
    if not is_well_formed(secret):
        raise NotAuthenticated(
            "This is not a Seatgate token: copy it again, whole, from sg_ to its last character."
        )
    secret_hash = hash_of(secret)
    row = _token_with_profile.first(secret_hash)
    token = _vendor_token(secret_hash) if row is None else _SentToken(*row)
    if token is None:
        raise NotAuthenticated("The token is unknown. Ask the vendor for a new one.")
    _check_in_force(token, at=at)
    return Principal(
        token.organization_id,
        Role(token.role),
        f"token:{token.id}",
        token.provider,
        request_id,
        profile_of(token),
    )


def _vendor_token(secret_hash: str) -> _SentToken | None:
    """Return a token of the vendor's, which speaks for all organizations until one is named."""
    token: VendorToken | None = VendorToken.get_or_none(VendorToken.secret_hash == secret_hash)
    if token is None:
        return None
    return _SentToken(
        ALL_ORGANIZATIONS,
        token.id,
        token.role,
        token.provider,
        token.expires_at,
        token.revoked_at,
    )


def _check_in_force(token: _SentToken, *, at: datetime) -> None:
    if token.revoked_at is not None:
        raise NotAuthenticated(
            "The token was revoked. Ask a primary owner or the vendor for a new one."
        )
    if token.expires_at is not None and token.expires_at <= at:
        raise NotAuthenticated(
            "The token has expired. Ask a primary owner or the vendor for a new one."
        )


@compiled
def _token_with_profile(secret_hash: str) -> BaseQuery:
    """Return a token with what its organization says about SCIM, in the order of `_SentToken`."""
    return (
        Token.select(
            Token.organization_id,
            Token.id,
            Token.role,
            Token.provider,
            Token.expires_at,
            Token.revoked_at,
            Organization.extensions,
            Organization.strict,
            Organization.seat_refusal_status,
        )
        .join(Organization, on=same_organization(Organization, Token))
        .where(Token.secret_hash == secret_hash)
        .tuples()
    )
