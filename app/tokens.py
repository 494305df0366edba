"""Bearer tokens: 256 random bits, shown once, kept as a hash.

A token reads `sg_<role>_<43 characters><6 characters>`: the secret in base 62 and its CRC-32, so
that a token that was cut short or mistyped is told apart from one that was revoked, without a look
at the database. SHA-256 is enough of a hash, because there is nothing to guess in 256 random bits.
"""

import binascii
import hashlib
import secrets
import string
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app import trail
from app.access import ISSUABLE, Principal, Role
from app.db import instant_text, transaction
from app.errors import InvalidInput, NotAuthenticated, NotFound
from app.idempotency import Once, once_only
from app.identifiers import new_id
from app.models import Organization, Token
from app.profiles import profile_of
from app.trail import Change
from scim.quirks import PROVIDERS

_ALPHABET = string.digits + string.ascii_letters
_SECRET_CHARACTERS = 43
_CHECKSUM_CHARACTERS = 6
_PREFIX_CHARACTERS = 6


@dataclass(frozen=True)
class IssuedToken:
    """A new token with its secret, which nobody can see again."""

    token: Token
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


@transaction
def issue_token(
    principal: Principal, wanted: TokenRequest, *, once: Once | None = None, at: datetime
) -> IssuedToken:
    """Make a token for the caller's organization.

    Raises:
        NotFound: there is no such organization.
        InvalidInput: the role is not one for tokens, the identity provider is not known, or the
            expiry lies in the past.
        Replayed, IdempotencyKeyReused: the key of `once` came before.
    """
    return once_only(principal, once, lambda: _issue(principal, wanted, at=at))


def _issue(principal: Principal, wanted: TokenRequest, *, at: datetime) -> IssuedToken:
    organization_id = principal.organization_id
    if wanted.role not in ISSUABLE:
        raise InvalidInput("role", f"A token's role is one of {', '.join(ISSUABLE)}.")
    if wanted.expires_at is not None and wanted.expires_at <= at:
        raise InvalidInput("expires_at", "The expiry must lie in the future.")
    if not Organization.select().where(Organization.id == organization_id).exists():
        raise NotFound(f"There is no organization {organization_id}.")
    provider = _provider(wanted.provider)
    secret = _new_secret(wanted.role)
    token = Token.create(
        organization_id=organization_id,
        id=new_id("tok", at),
        role=wanted.role.value,
        prefix=secret[: len(f"sg_{wanted.role}_") + _PREFIX_CHARACTERS],
        secret_hash=_hash(secret),
        label=wanted.label,
        provider=provider,
        created_at=at,
        expires_at=wanted.expires_at,
    )
    expires_at = None if wanted.expires_at is None else instant_text(wanted.expires_at)
    facts = {"role": token.role, "provider": token.provider, "expires_at": expires_at}
    trail.record(principal, Change("token.issued", token.id, after=facts), at=at)
    return IssuedToken(token, secret)


def _provider(name: str | None) -> str | None:
    """Return an identity provider as the list writes it: a typo would lose its dialect."""
    if name is None or name.strip().lower() in PROVIDERS:
        return None if name is None else name.strip().lower()
    raise InvalidInput(
        "provider",
        f"The identity provider is one of {', '.join(PROVIDERS)}. Give other for one that is not "
        "in the list, and say in the label which it is.",
    )


def tokens_of(organization_id: str) -> list[Token]:
    """Return an organization's tokens, oldest first."""
    return list(Token.select().where(Token.organization_id == organization_id).order_by(Token.id))


@transaction
def revoke_token(principal: Principal, token_id: str, *, at: datetime) -> None:
    """End a token at once; ending it again changes nothing.

    Raises:
        NotFound: the organization has no such token.
    """
    mine = (Token.organization_id == principal.organization_id) & (Token.id == token_id)
    if not Token.select().where(mine).exists():
        raise NotFound(f"There is no token {token_id}.")
    if Token.update(revoked_at=at).where(mine & Token.revoked_at.is_null()).execute():
        trail.record(principal, Change("token.revoked", token_id), at=at)


def authenticate(secret: str, *, at: datetime) -> Principal:
    """Return whom a token speaks for.

    Raises:
        NotAuthenticated: it is not a token, or it is unknown, expired or revoked.
    """
    if not _is_well_formed(secret):
        raise NotAuthenticated(
            "This is not a Seatgate token: copy it again, whole, from sg_ to its last character."
        )
    token = _token_with_profile(_hash(secret))
    if token is None:
        raise NotAuthenticated("The token is unknown. Ask the vendor for a new one.")
    if token.revoked_at is not None:
        raise NotAuthenticated(
            "The token was revoked. Ask a primary owner or the vendor for a new one."
        )
    if token.expires_at is not None and token.expires_at <= at:
        raise NotAuthenticated(
            "The token has expired. Ask a primary owner or the vendor for a new one."
        )
    profile = profile_of(token.extensions, strict=token.strict)
    return Principal(
        token.organization_id,
        Role(token.role),
        f"token:{token.id}",
        token.provider,
        profile=profile,
    )


class TokenUses:
    """When tokens were last used, to the minute.

    It is remembered until somebody writes it down, which is never on a request's path.
    """

    def __init__(self) -> None:
        """Start with nothing to write."""
        self._lock = threading.Lock()
        self._uses: dict[tuple[str, str], datetime] = {}

    def note(self, principal: Principal, at: datetime) -> None:
        """Remember that a token was used."""
        token_id = principal.actor.removeprefix("token:")
        with self._lock:
            self._uses[principal.organization_id, token_id] = at.replace(second=0, microsecond=0)

    def drain(self) -> list[tuple[str, str, datetime]]:
        """Return (organization id, token id, instant) of each use noted since the last time."""
        with self._lock:
            uses, self._uses = self._uses, {}
        return [(organization_id, token_id, at) for (organization_id, token_id), at in uses.items()]


@transaction
def note_uses(uses: Iterable[tuple[str, str, datetime]]) -> None:
    """Record when tokens were last used, given (organization id, token id, instant) of each."""
    for organization_id, token_id, at in uses:
        Token.update(last_used_at=at).where(
            (Token.organization_id == organization_id)
            & (Token.id == token_id)
            & (Token.last_used_at.is_null() | (Token.last_used_at < at))
        ).execute()


def _token_with_profile(secret_hash: str) -> Any:
    """Return a token with what its organization says about SCIM beside it, in one look."""
    return (
        Token.select(Token, Organization.extensions, Organization.strict)
        .join(Organization, on=Organization.id == Token.organization_id)
        .where(Token.secret_hash == secret_hash)
        .objects()
        .first()
    )


def _new_secret(role: Role) -> str:
    body = _base62(secrets.randbits(256), _SECRET_CHARACTERS)
    return f"sg_{role}_{body}{_checksum(body)}"


def _is_well_formed(secret: str) -> bool:
    head, _, text = secret.rpartition("_")
    body, checksum = text[:_SECRET_CHARACTERS], text[_SECRET_CHARACTERS:]
    return head.startswith("sg_") and text.isascii() and checksum == _checksum(body)


def _checksum(body: str) -> str:
    return _base62(binascii.crc32(body.encode()), _CHECKSUM_CHARACTERS)


def _base62(number: int, characters: int) -> str:
    digits = []
    for _ in range(characters):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
