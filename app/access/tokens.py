"""Bearer tokens of organizations: who calls, by a secret that is shown once and kept as a hash."""

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import ALL_ORGANIZATIONS, ISSUABLE, Principal, Role
from app.access.token_secrets import hash_of, new_secret, prefix_of
from app.access.trail import Change
from app.db.columns import instant_text
from app.db.sql import among, locked
from app.db.transactions import transaction
from app.errors import InvalidInput, NotFound, NotPermitted
from app.identifiers import new_id
from app.models import Organization, Token, VendorToken
from scim.quirks import PROVIDERS


@dataclass(frozen=True)
class IssuedToken:
    """A new token with its secret, which cannot be shown again."""

    token: Token | VendorToken
    secret: str


@dataclass(frozen=True)
class TokenRequest:
    """What a new token shall be.

    Its role, a name for people, the identity provider that will use it, and its end.
    """

    role: Role
    label: str | None = None
    provider: str | None = None
    expires_at: datetime | None = None


def _check_may_give(context: Context, wanted: TokenRequest) -> None:
    """Raise `NotPermitted` where the caller would give a token more than they may do."""
    if wanted.role in ISSUABLE and not context.may_give(wanted.role):
        raise NotPermitted(
            f"The role {context.role} may not issue tokens of the role {wanted.role}. "
            "Ask a primary owner."
        )


@use_case(allowed=_check_may_give)
def issue_token(context: Context, wanted: TokenRequest) -> IssuedToken:
    """Make a token for the caller's organization.

    Raises:
        NotPermitted: the role lets its tokens do more than the caller may.
        NotFound: there is no such organization.
        InvalidInput: the role is not one for tokens, the identity provider is not known, or the
            expiry lies in the past.
    """
    organization_id = context.organization_id
    if wanted.role not in ISSUABLE:
        raise InvalidInput("role", f"A token's role is one of {', '.join(ISSUABLE)}.")
    check_expiry(wanted, at=context.at)
    if not Organization.of(organization_id).exists():
        raise NotFound(f"There is no organization {organization_id}.")
    issued = make_token(context, replace(wanted, provider=known_provider(wanted.provider)))
    token = issued.token
    trail.record(context, Change("token.issued", token.id, after=facts_of(token)))
    return issued


def make_token(context: Context, wanted: TokenRequest) -> IssuedToken:
    """Store a token that may be made, with a new secret. Call inside a transaction."""
    secret = new_secret(wanted.role)
    token = Token.create(
        organization_id=context.organization_id,
        id=new_id("tok", context.at),
        role=wanted.role.value,
        prefix=prefix_of(secret, wanted.role),
        secret_hash=hash_of(secret),
        label=wanted.label,
        provider=wanted.provider,
        created_at=context.at,
        expires_at=wanted.expires_at,
    )
    return IssuedToken(token, secret)


def facts_of(token: Token | VendorToken) -> dict[str, object]:
    """Return what the audit trail says of a token."""
    expires_at = None if token.expires_at is None else instant_text(token.expires_at)
    return {"role": token.role, "provider": token.provider, "expires_at": expires_at}


def check_expiry(wanted: TokenRequest, *, at: datetime) -> None:
    """Check that a new token's end lies ahead.

    Raises:
        InvalidInput: it does not.
    """
    if wanted.expires_at is not None and wanted.expires_at <= at:
        raise InvalidInput("expires_at", "The expiry must lie in the future.")


def known_provider(name: str | None) -> str | None:
    """Return an identity provider as the list writes it: a typo would lose its dialect.

    Raises:
        InvalidInput: it is not in the list.
    """
    if name is None or name.strip().lower() in PROVIDERS:
        return None if name is None else name.strip().lower()
    raise InvalidInput(
        "provider",
        f"The identity provider is one of {', '.join(PROVIDERS)}. Give other for one that is not "
        "in the list, and say in the label which it is.",
    )


def tokens_of(principal: Principal) -> list[Token]:
    """Return the tokens of the caller's organization that the caller may manage, oldest first."""
    managed = [role.value for role in ISSUABLE if principal.may_give(role)]
    query = Token.of(principal.organization_id, Token.role.in_(managed))
    return list(query.order_by(Token.id))


def label_of(organization_id: str, token_id: str) -> str | None:
    """Return what people call a token of the organization, or None."""
    mine = Token.belongs_to(organization_id) & (Token.id == token_id)
    label: str | None = Token.select(Token.label).where(mine).scalar()
    return label


def labels_of(organization_id: str, token_ids: Collection[str]) -> dict[str, str]:
    """Return what people call those of these tokens that have a name."""
    named = Token.belongs_to(organization_id) & Token.label.is_null(is_null=False)
    rows = Token.select(Token.id, Token.label).where(named & among(Token.id, list(token_ids)))
    return dict(rows.tuples().iterator())


@use_case()
def revoke_token(context: Context, token_id: str) -> None:
    """End a token at once; ending it again changes nothing.

    Raises:
        NotFound: the organization has no such token.
        NotPermitted: its role lets it do more than the caller may.
    """
    token = lock_token(context, token_id)
    if token.revoked_at is None:
        token.revoked_at = context.at
        token.save()
        trail.record(context, Change("token.revoked", token_id))


def lock_token(context: Context, token_id: str) -> Token:
    """Return a token that the caller may manage, locked. Call inside a transaction.

    Raises:
        NotFound: the organization has no such token.
        NotPermitted: its role lets it do more than the caller may.
    """
    mine = Token.belongs_to(context.organization_id) & (Token.id == token_id)
    return _managed(context, token_id, locked(Token.select().where(mine)).first())


def check_may_manage(context: Context, token_id: str) -> None:
    """Check that a token is one of those that the caller may manage. As `lock_token`, unlocked."""
    mine = Token.belongs_to(context.organization_id) & (Token.id == token_id)
    _managed(context, token_id, Token.get_or_none(mine))


def _managed(context: Context, token_id: str, token: Token | None) -> Token:
    if token is None:
        raise NotFound(f"There is no token {token_id}.")
    if not context.may_give(Role(token.role)):
        raise NotPermitted(
            f"The role {context.role} may not manage tokens of the role {token.role}. "
            "Ask a primary owner."
        )
    return token


class TokenUses:
    """When tokens were last used, to the minute.

    They are remembered until they are written down, which never happens on a request's path.
    """

    def __init__(self) -> None:
        """Start with nothing to write."""
        self._lock = threading.Lock()
        self._uses: dict[tuple[str, str], datetime] = {}

    def note(self, principal: Principal, at: datetime) -> None:
        """Remember that a token was used."""
        token_id = principal.actor.removeprefix("token:")
        with self._lock:
            self._uses[principal.organization_id, token_id] = at

    def drain(self) -> list[tuple[str, str, datetime]]:
        """Return (organization id, token id, instant) of each use noted since the last time."""
        with self._lock:
            uses, self._uses = self._uses, {}
        return [
            (organization_id, token_id, at.replace(second=0, microsecond=0))
            for (organization_id, token_id), at in uses.items()
        ]


def note_uses(uses: Iterable[tuple[str, str, datetime]]) -> None:
    """Record when tokens were last used, given (organization id, token id, instant) of each."""
    for organization_id, its_uses in groupby(sorted(uses), key=itemgetter(0)):
        _note_uses(organization_id, list(its_uses))


@transaction
def _note_uses(organization_id: str, uses: list[tuple[str, str, datetime]]) -> None:
    of_all = organization_id == ALL_ORGANIZATIONS
    model = VendorToken if of_all else Token
    theirs = VendorToken.id.is_null(is_null=False) if of_all else Token.belongs_to(organization_id)
    for _, token_id, at in uses:
        earlier = model.last_used_at.is_null() | (model.last_used_at < at)
        model.update(last_used_at=at).where(theirs & (model.id == token_id) & earlier).execute()
