"""What logins say of people that the directory says otherwise, recorded with its repair.

A mismatch is counted up rather than listed, and one that is new leaves an event. It is resolved by
a login of the same user that contradicts nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peewee import BaseQuery

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.db.compiled import compiled
from app.errors import Busy
from app.identifiers import new_id
from app.models import IdentityMatch, IdentityMismatch, User
from app.models.rows import same_organization
from app.people.known_users import KnownUser

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """In which way a login contradicts the directory."""

    EXTERNAL_ID = "external_id"
    EXTERNAL_ID_OF_ANOTHER = "external_id_of_another"
    USER_NAME_IS_EMAIL = "user_name_is_email"
    EMAIL_OF_ANOTHER = "email_of_another"


#: What to do about each, for owners.
REPAIRS = {
    Kind.EXTERNAL_ID: (
        "The login sends another external_id than the directory's externalId. Map externalId to "
        "objectId in the identity provider, or let the login send userName alone."
    ),
    Kind.EXTERNAL_ID_OF_ANOTHER: (
        "The login sends the externalId of a user under another userName. Rename the user in the "
        "directory, or correct the external_id that the login sends."
    ),
    Kind.USER_NAME_IS_EMAIL: (
        "The login sends the user's e-mail address as user_name. Let it send the userName of the "
        "directory, or turn the setting login_by_email on."
    ),
    Kind.EMAIL_OF_ANOTHER: (
        "The login sends the e-mail address of another user. Correct the address in the directory "
        "or in the login, or turn the setting login_by_email off."
    ),
}


@dataclass(frozen=True)
class Mismatch:
    """One contradiction, about the user who is concerned, and whether the login is refused."""

    kind: Kind
    user_id: str
    denied: bool


def have_matched(organization_id: str) -> bool:
    """Return whether a directory's external id ever matched at a login of the organization."""
    return _any_match.value(organization_id) is not None


@compiled
def _any_match(organization_id: str) -> BaseQuery:
    matches = IdentityMatch.select(IdentityMatch.user_id)
    return matches.where(IdentityMatch.belongs_to(organization_id)).limit(1).tuples()


def note_mismatch(context: Context, mismatch: Mismatch) -> None:
    """Record a contradiction, or count it up."""
    _unless_busy(lambda: _record(context, mismatch))


def note_clean(context: Context, user: KnownUser, *, matched: bool) -> None:
    """Note that a login named a user and contradicted nothing.

    `matched` says that their external ids were equal, which counts for the organization where the
    directory made the user: a login proves nothing about an id that a login brought.
    """
    if matched and user.origin == "scim" and not have_matched(context.organization_id):
        _unless_busy(lambda: _record_match(context, user.id))
    if user.is_contradicted:
        _unless_busy(lambda: _resolve(context, user.id))


def mismatches_of(
    organization_id: str, *, after: str | None = None, limit: int
) -> list[IdentityMismatch]:
    """Return mismatches, newest first, each with its `user_name` beside it.

    `after` is the id of the last one already seen.
    """
    query = (
        IdentityMismatch.select(IdentityMismatch, User.user_name.alias("user_name"))
        .join(
            User,
            on=same_organization(User, IdentityMismatch) & (User.id == IdentityMismatch.user_id),
        )
        .where(IdentityMismatch.belongs_to(organization_id) & User.deleted_at.is_null())
    )
    if after is not None:
        query = query.where(IdentityMismatch.id < after)
    return list(query.order_by(IdentityMismatch.id.desc()).limit(limit).objects())


def _unless_busy(note: Callable[[], None]) -> None:
    """Write a note; where that cannot be done now, the login goes on without it."""
    try:
        note()
    except Busy:
        log.warning("an identity mismatch was not noted: the database is busy")


@use_case()
def _record(context: Context, mismatch: Mismatch) -> None:
    rows = (
        IdentityMismatch.insert(
            organization_id=context.organization_id,
            id=new_id("mis", context.at),
            user_id=mismatch.user_id,
            kind=mismatch.kind.value,
            denied=mismatch.denied,
            attempts=1,
            first_seen_at=context.at,
            last_seen_at=context.at,
        )
        .on_conflict(
            conflict_target=[
                IdentityMismatch.organization_id,
                IdentityMismatch.user_id,
                IdentityMismatch.kind,
            ],
            conflict_where=IdentityMismatch.resolved_at.is_null(),
            update={
                IdentityMismatch.attempts: IdentityMismatch.attempts + 1,
                IdentityMismatch.last_seen_at: context.at,
                IdentityMismatch.denied: mismatch.denied,
            },
        )
        .returning(IdentityMismatch.id, IdentityMismatch.attempts)
        .tuples()
        .execute()
    )
    mismatch_id, attempts = next(iter(rows))
    if attempts == 1:
        facts = {"id": mismatch_id, "kind": mismatch.kind.value, "denied": mismatch.denied}
        trail.record(context, Change("identity.mismatched", mismatch.user_id, after=facts))


@use_case()
def _record_match(context: Context, user_id: str) -> None:
    rows = (
        IdentityMatch.insert(
            organization_id=context.organization_id, user_id=user_id, matched_at=context.at
        )
        .on_conflict_ignore()
        .returning(IdentityMatch.user_id)
        .execute()
    )
    if list(rows):
        trail.record(context, Change("identity.matched", user_id))


@use_case()
def _resolve(context: Context, user_id: str) -> None:
    resolved = _resolution.changes(context.organization_id, user_id, context.at)
    if resolved:
        change = Change("identity.mismatch_resolved", user_id, after={"count": resolved})
        trail.record(context, change)


@compiled
def _resolution(organization_id: str, user_id: str, resolved_at: datetime) -> BaseQuery:
    return IdentityMismatch.update(resolved_at=resolved_at).where(
        IdentityMismatch.belongs_to(organization_id)
        & (IdentityMismatch.user_id == user_id)
        & IdentityMismatch.resolved_at.is_null()
    )
