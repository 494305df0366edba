"""Sessions: a person who is signed in, by a secret that only their browser keeps.

A session ends when the person signs out, after half an hour without a request, and after twelve
hours in any case. It ends with what it came from: the owner and their role, the user that the owner
names, or the token that was exchanged for it. That is read with every request, so that nothing has
to be remembered to end a session in time.
"""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, Expression, ModelSelect

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import OWNER_ROLES, Principal, Role
from app.access.profiles import profile_of
from app.access.trail import Change
from app.db.compiled import compiled
from app.db.transactions import assert_in_transaction, transaction
from app.errors import Busy, NotAuthenticated, NotPermitted
from app.identifiers import new_id
from app.models import Organization, Owner, OwnerSession, Token, User
from app.models.rows import same_organization
from app.models.sweeping import delete_until
from app.owners.presence import Presence

log = logging.getLogger(__name__)

#: How long a session lasts without a request, and at most.
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)

#: How exactly it is known when a session was last seen: so often at most it is written.
SEEN_EVERY = timedelta(minutes=1)

#: What is read of a session, of what it ends with, and of what the head of a page says.
_COLUMNS = (
    OwnerSession,
    Organization.name.alias("organization_name"),
    Organization.language.alias("organization_language"),
    Organization.extensions,
    Organization.strict,
    Organization.seat_refusal_status,
    Owner.role.alias("owner_role"),
    Owner.name.alias("owner_name"),
    Owner.address,
    Owner.language.alias("owner_language"),
    Owner.removed_at,
    Owner.user_id,
    User.active.alias("user_active"),
    User.deleted_at,
    Token.revoked_at,
    Token.expires_at.alias("token_expires_at"),
)

_ENDED = "Your session has ended. Sign in again."


@dataclass(frozen=True)
class Begun:
    """A session that has begun: its id, the secret for the browser, and its latest end."""

    id: str
    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, and how the head of every page names them."""

    principal: Principal
    presence: Presence


@use_case()
def begin_session(context: Context) -> Begun:
    """Begin a session for the caller, whose owner token was just checked.

    Raises:
        NotPermitted: the caller's role is for programs.
    """
    return open_session(context, by="token")


def open_session(context: Context, *, by: str) -> Begun:
    """Begin a session for an owner or an owner's token; `by` says how they signed in.

    Call inside a transaction.

    Raises:
        NotPermitted: the caller's role is for programs.
    """
    assert_in_transaction()
    kind, _, caller_id = context.actor.partition(":")
    if context.role not in OWNER_ROLES or kind not in {"owner", "token"}:
        raise NotPermitted(
            f"A token of the role {context.role} is for programs. Sign in with an owner's token."
        )
    secret = secrets.token_urlsafe(32)
    session = OwnerSession.create(
        organization_id=context.organization_id,
        id=new_id("ses", context.at),
        secret_hash=_hash(secret),
        role=context.role.value,
        begun_at=context.at,
        seen_at=context.at,
        expires_at=context.at + ABSOLUTE,
        **{f"{kind}_id": caller_id},
    )
    facts = {"by": by, "session_id": session.id}
    trail.record(context, Change("session.begun", caller_id, after=facts))
    return Begun(session.id, secret, session.expires_at)


def find_session(secret: str, *, at: datetime) -> Principal:
    """Return who is signed in with `secret`. As `find_visitor`."""
    return find_visitor(secret, at=at).principal


def find_visitor(secret: str, *, at: datetime) -> Visitor:
    """Return who is signed in with `secret` and what they are called, in one look.

    That the session was seen is written once a minute at most. Where it cannot be written, the
    request goes on.

    Raises:
        NotAuthenticated: there is no such session, or it has ended.
    """
    row: Any = _session_with_its_sources.first(_hash(secret))
    if row is None or not _is_live(row, at=at):
        raise NotAuthenticated(_ENDED)
    if at - row.seen_at >= SEEN_EVERY:
        try:
            _note_seen(row.organization_id, row.id, at=at)
        except Busy:
            log.warning("that session %s was seen is left unwritten: the database is busy", row.id)
    profile = profile_of(row)
    principal = Principal(row.organization_id, Role(row.role), _actor_of(row), profile=profile)
    return Visitor(principal, _presence_of(row))


def _presence_of(row: Any) -> Presence:
    organization = (row.organization_name, row.organization_language)
    return Presence(*organization, row.owner_name, row.address, row.owner_language)


@transaction
def end_session(secret: str, *, at: datetime) -> None:
    """Sign out; where the session has ended already, nothing changes."""
    row = OwnerSession.get_or_none(OwnerSession.secret_hash == _hash(secret))
    if row is None:
        return
    mine = OwnerSession.belongs_to(row.organization_id) & (OwnerSession.id == row.id)
    if _end(mine, "signed_out", at=at):
        principal = Principal(row.organization_id, Role(row.role), _actor_of(row))
        trail.record(acting(principal, at=at), Change("session.ended", row.id))


def end_sessions_of(owner: Owner, because: str, *, at: datetime) -> int:
    """End every session of an owner, and return how many. Call inside a transaction."""
    assert_in_transaction()
    of_owner = OwnerSession.belongs_to(owner.organization_id) & (OwnerSession.owner_id == owner.id)
    return _end(of_owner, because, at=at)


def purge_sessions(*, at: datetime) -> None:
    """Delete the sessions that are past their latest end."""
    delete_until(OwnerSession.expires_at, at)


@compiled
def _session_with_its_sources(secret_hash: str) -> "ModelSelect[OwnerSession]":
    """Return a session with its organization, and the owner, user or token that it ends with."""
    return (
        OwnerSession.select(*_COLUMNS)
        .join(Organization, on=same_organization(Organization, OwnerSession))
        .switch(OwnerSession)
        .join(
            Owner,
            JOIN.LEFT_OUTER,
            on=same_organization(Owner, OwnerSession) & (Owner.id == OwnerSession.owner_id),
        )
        .join(
            User,
            JOIN.LEFT_OUTER,
            on=same_organization(User, OwnerSession) & (User.id == Owner.user_id),
        )
        .switch(OwnerSession)
        .join(
            Token,
            JOIN.LEFT_OUTER,
            on=same_organization(Token, OwnerSession) & (Token.id == OwnerSession.token_id),
        )
        .where(OwnerSession.secret_hash == secret_hash)
        .objects()
    )


def _is_live(row: Any, *, at: datetime) -> bool:
    if row.ended_at is not None or at >= row.expires_at or at - row.seen_at >= IDLE:
        return False
    if row.owner_id is None:
        expired = row.token_expires_at is not None and row.token_expires_at <= at
        return row.revoked_at is None and not expired
    left = row.user_id is not None and not (row.user_active and row.deleted_at is None)
    return row.removed_at is None and row.owner_role == row.role and not left


@transaction
def _note_seen(organization_id: str, session_id: str, *, at: datetime) -> None:
    OwnerSession.update(seen_at=at).where(
        OwnerSession.belongs_to(organization_id)
        & (OwnerSession.id == session_id)
        & (OwnerSession.seen_at < at)
    ).execute()


def _end(which: Expression, because: str, *, at: datetime) -> int:
    ended: int = (
        OwnerSession.update(ended_at=at, ended_because=because)
        .where(which & OwnerSession.ended_at.is_null())
        .execute()
    )
    return ended


def _actor_of(row: Any) -> str:
    return f"token:{row.token_id}" if row.owner_id is None else f"owner:{row.owner_id}"


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
