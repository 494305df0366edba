"""Wants: who asked for a seat in vain, why, and in which order; one open want for each person.

Refusals, the waiting list, reservations and suggested quantities all read these rows. A want is
found by the person's name and goes along with it: `rename` follows a change, so that a user's open
want always stands under the user's name. Rows are locked after the pool.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from peewee import Expression, ModelSelect

from app.db.compiled import compiled
from app.db.sql import locked
from app.db.transactions import assert_in_transaction
from app.errors import (
    ContractEnded,
    ContractNotStarted,
    OrganizationSuspended,
    SeatLimitReached,
    SeatRefusal,
)
from app.identifiers import new_id
from app.models import Hold, User, Want
from app.seats import pools
from app.seats.want_sources import Seen, Source, sources_of
from scim.names import UserName


class RefusalReason(StrEnum):
    """Why a person has no seat. Only `no_seat` is healed by buying one."""

    NO_SEAT = "no_seat"
    SUSPENDED = "organization_suspended"
    ENDED = "contract_ended"
    NOT_STARTED = "contract_not_started"

    @classmethod
    def of(cls, refusal: SeatRefusal) -> Self:
        """Return what a refusal was for."""
        return cls(_REASONS[type(refusal)])


#: What each refusal is kept as.
_REASONS: dict[type[SeatRefusal], RefusalReason] = {
    SeatLimitReached: RefusalReason.NO_SEAT,
    OrganizationSuspended: RefusalReason.SUSPENDED,
    ContractEnded: RefusalReason.ENDED,
    ContractNotStarted: RefusalReason.NOT_STARTED,
}


class Closed(StrEnum):
    """How a want ends."""

    SEATED = "seated"
    DEACTIVATED = "deactivated"
    DELETED = "deleted"
    DISMISSED = "dismissed"
    EXPIRED = "expired"
    #: The person turned out to be one who has a want already.
    MERGED = "merged"


@dataclass(frozen=True)
class Person:
    """A person of an organization: a name, and the user's id where there is one."""

    organization_id: str
    name: UserName
    user_id: str | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        """Return the person that a user is."""
        return cls(user.organization_id, UserName(user.user_name, user.user_name_key), user.id)


def refuse(person: Person, reason: RefusalReason, source: Source, *, at: datetime) -> Want | None:
    """Record that a person was refused, or count one more attempt; a place in the queue is kept.

    Returns None where the person has got a seat since: then there is nothing to heal.
    """
    want = lock_open(person.organization_id, person.name.key) or _new(person, at=at)
    if want is None:
        return None
    # Of two refusals the later one counts, whichever is recorded first.
    is_latest = at >= want.last_seen_at
    if want.parked_at is None and want.reason != reason.value and is_latest:
        want.reason, want.refused_at = reason.value, at
        want.alert_id = want.notice_id = None
    return _count(want, person, source, at=at)


def park(user: User, source: Source, *, at: datetime) -> Want | None:
    """Give a user the place on the waiting list that the order of arrival gives them."""
    person = Person.of(user)
    want = lock_open(person.organization_id, person.name.key) or _new(person, at=at)
    if want is None:
        return None
    want.reason = RefusalReason.NO_SEAT.value
    want.parked_at = want.parked_at or at
    return _count(want, person, source, at=at)


def close(person: Person, because: Closed, *, at: datetime) -> Want | None:
    """Close the open want of a person and return it, if there is one. Call inside a transaction."""
    assert_in_transaction()
    want = lock_open(person.organization_id, person.name.key)
    if want is not None:
        end(want, because, at=at, user_id=person.user_id)
    return want


def end(want: Want, because: Closed, *, at: datetime, user_id: str | None = None) -> None:
    """Close a locked want."""
    want.closed_at, want.closed_because = at, because.value
    if user_id is not None:
        want.user_id = user_id
    want.save()


def rename(user: User, former_key: str, *, at: datetime) -> None:
    """Let the wants of a user go along with a change of its name.

    What was recorded of the new name before is the user's, too. A transaction that opens a want
    locks the pool. So behind that lock, which the caller has, the wants of both names stand still.
    """
    mine = lock_open(user.organization_id, former_key)
    if former_key != user.user_name_key:
        other = lock_open(user.organization_id, user.user_name_key)
        if mine is not None and other is not None:
            _merge(mine, other, at=at)
    Want.update(user_id=user.id, user_name=user.user_name, user_name_key=user.user_name_key).where(
        _known_as(user, former_key) | _known_as(user, user.user_name_key)
    ).execute()


def pass_on(ended: User, successor: User) -> None:
    """Let the wants of a user be those of the one who takes its place. Call before the rename."""
    Want.update(user_id=successor.id).where(
        Want.belongs_to(ended.organization_id) & (Want.user_id == ended.id)
    ).execute()


def lock_open(organization_id: str, user_name_key: str) -> Want | None:
    """Return the open want of a person, locked, or None."""
    want: Want | None = _locked_want.first(organization_id, user_name_key)
    return want


@compiled
def _locked_want(organization_id: str, user_name_key: str) -> "ModelSelect[Want]":
    return locked(Want.select().where(is_open(organization_id, user_name_key)))


def is_open(organization_id: str, user_name_key: str) -> Expression:
    """Return the condition on wants that one is a person's and has not ended."""
    mine: Expression = Want.belongs_to(organization_id) & (Want.user_name_key == user_name_key)
    return mine & Want.closed_at.is_null()


def _new(person: Person, *, at: datetime) -> Want | None:
    """Return a want that is not stored yet, or the one that was opened in the meantime.

    Returns None where the person has a seat by now. A transaction that opens a want or gives a
    seat locks the pool. So after that lock both stand still.
    """
    sequence = pools.next_arrival(person.organization_id)
    if _holds_seat(person):
        return None
    return lock_open(person.organization_id, person.name.key) or Want(
        organization_id=person.organization_id,
        id=new_id("dnl", at),
        sequence=sequence,
        user_name=person.name.text,
        user_name_key=person.name.key,
        attempts=0,
        first_seen_at=at,
        last_seen_at=at,
    )


def _holds_seat(person: Person) -> bool:
    """Return whether the person is an active user."""
    seated = User.of(
        person.organization_id,
        User.user_name_key == person.name.key,
        User.deleted_at.is_null(),
        User.active,
    )
    return bool(seated.exists())


def _count(want: Want, person: Person, source: Source, *, at: datetime) -> Want:
    new = not want.attempts
    want.attempts += 1
    want.last_seen_at = max(want.last_seen_at, at)
    want.by_directory = want.by_directory or source.is_directory
    if person.user_id is not None:
        want.user_id = person.user_id
    want.save(force_insert=new)
    source.count(want, Seen(1, at, at))
    return want


def _merge(mine: Want, other: Want, *, at: datetime) -> None:
    """Make two open wants of one person one: the older, with all that is known of both."""
    stays, goes = sorted((mine, other), key=lambda want: want.sequence)
    last = max(stays, goes, key=lambda want: want.last_seen_at)
    end(goes, Closed.MERGED, at=at)
    stays.parked_at = stays.parked_at or goes.parked_at
    stays.user_id = stays.user_id or goes.user_id
    parked = stays.parked_at is not None
    stays.reason = RefusalReason.NO_SEAT.value if parked else last.reason
    stays.refused_at = stays.refused_at if parked else last.refused_at
    stays.alert_id = last.alert_id
    stays.notice_id = stays.notice_id or goes.notice_id
    stays.by_directory = stays.by_directory or goes.by_directory
    stays.attempts += goes.attempts
    stays.first_seen_at = min(stays.first_seen_at, goes.first_seen_at)
    stays.last_seen_at = last.last_seen_at
    stays.save()
    for row in sources_of(goes.organization_id, [goes.id]):
        seen = Seen(row.attempts, row.first_seen_at, row.last_seen_at)
        Source(row.source, row.provider).count(stays, seen)
    Hold.update(want_id=stays.id).where(
        Hold.belongs_to(goes.organization_id) & (Hold.want_id == goes.id) & Hold.ended_at.is_null()
    ).execute()


def _known_as(user: User, key: str) -> Expression:
    """Return the condition that a want is of a name of the user, and of no other user."""
    mine: Expression = (
        Want.belongs_to(user.organization_id)
        & (Want.user_name_key == key)
        & (Want.user_id.is_null() | (Want.user_id == user.id))
    )
    return mine
