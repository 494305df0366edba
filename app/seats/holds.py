"""Holds: a seat kept for a named person for a short time. It counts as in use.

A hold ends once (I9): it becomes the person's assignment, is released, or expires.

A hold's row has no lock of its own. Holds are placed and ended under the pool's, which whoever
finds one that is live takes before a second look; where there is none, the pool is left alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import BaseQuery, Expression, ModelSelect, fn

from app.db.compiled import compiled
from app.identifiers import new_id
from app.models import Hold, User
from app.seats import pools
from app.seats.pools import (
    Cause,
    Guard,
    NewEntry,
    record,
    record_if,
)
from app.seats.rules import EntryKind
from scim.names import UserName

#: The causes when a hold ends by itself.
CLOCK = Cause("clock", "expiry")
RENEWAL = Cause("renewal", "renewal")

#: How long a person has to log in after a check that asked for a hold.
LOGIN_HOLD = timedelta(seconds=120)

#: How long a bought seat is kept for a person who had been refused.
DENIAL_HOLD = timedelta(hours=24)

#: How long a seat that came free is kept for the next in line.
WAITING_HOLD = timedelta(hours=24)


class Purpose(StrEnum):
    """What a hold is for."""

    LOGIN = "login"
    DENIAL = "denial"
    WAITING = "waiting"


_LASTS = {
    Purpose.LOGIN: LOGIN_HOLD,
    Purpose.DENIAL: DENIAL_HOLD,
    Purpose.WAITING: WAITING_HOLD,
}

_ENDS = {"released": EntryKind.HOLD_RELEASED, "expired": EntryKind.HOLD_EXPIRED}


@dataclass(frozen=True)
class Kept:
    """For which person a seat is kept, what for, and the want that it serves; a login has none."""

    name: UserName
    purpose: Purpose
    want_id: str | None = None


def place(organization_id: str, kept: Kept, cause: Cause, *, at: datetime) -> Hold | None:
    """Keep a free seat for a person; None where none is free, or none for a login.

    A person with a seat kept already keeps that one, but a want's hold takes the place of a
    login's, which is shorter. Call inside a transaction.
    """
    live_one = settle(organization_id, kept.name.key, at=at)
    if live_one is not None and kept.want_id in (None, live_one.want_id):
        return live_one
    if live_one is not None:
        end(live_one, "released", at=at, cause=cause)
    hold_id = new_id("hld", at)
    login = kept.purpose is Purpose.LOGIN
    change = NewEntry(
        organization_id, EntryKind.HELD, 1, cause, hold_id=hold_id, held_for_login=int(login)
    )
    if record_if(Guard.FREE_FOR_LOGIN if login else Guard.FREE, change, at=at) is None:
        return None
    return Hold.create(
        organization_id=organization_id,
        id=hold_id,
        user_name=kept.name.text,
        user_name_key=kept.name.key,
        purpose=kept.purpose.value,
        want_id=kept.want_id,
        held_at=at,
        expires_at=at + _LASTS[kept.purpose],
    )


def login_holds_ended(hold: Hold) -> int:
    """Return what the end of a hold adds to the seats that are held for logins."""
    return -1 if hold.purpose == Purpose.LOGIN.value else 0


def rename(user: User, former_key: str, cause: Cause, *, at: datetime) -> bool:
    """Let what is held for a user, or was, go along with a change of its name.

    Where a seat is held under the new name as well, one of both is enough. Returns whether the
    other came free.
    """
    organization_id = user.organization_id
    mine, other = _still(organization_id, former_key), None
    if mine is not None and former_key != user.user_name_key:
        other = _still(organization_id, user.user_name_key)
    if other is not None:
        end(other, "released", at=at, cause=cause)
    Hold.update(user_name=user.user_name, user_name_key=user.user_name_key).where(
        Hold.belongs_to(organization_id) & (Hold.user_name_key == former_key)
    ).execute()
    return other is not None


def live(organization_id: str, user_name_key: str, *, at: datetime) -> Hold | None:
    """Return the seat that is kept for a person at this moment, or None."""
    this_person = Hold.user_name_key == user_name_key
    hold: Hold | None = Hold.get_or_none(
        _live(organization_id) & this_person & (Hold.expires_at > at)
    )
    return hold


def settle(organization_id: str, user_name_key: str, *, at: datetime) -> Hold | None:
    """Return the seat that is kept for a person, and stays so; one past its time is ended here."""
    hold = _still(organization_id, user_name_key)
    if hold is not None and hold.expires_at <= at:
        end(hold, "expired", at=at)
        return None
    return hold


def reserved_count(organization_id: str, *, at: datetime) -> int:
    """Return how many of the seats that are kept serve one who wants a seat.

    What is past its time is still kept until it is ended, and serves no want any more.
    """
    count: int = _reserved_count.value(organization_id, at)
    return count


@compiled
def _reserved_count(organization_id: str, at: datetime) -> BaseQuery:
    wanted = (Hold.expires_at > at) & Hold.want_id.is_null(is_null=False)
    return Hold.select(fn.COUNT(Hold.id)).where(_live(organization_id) & wanted).tuples()


def release_for(organization_id: str, user_name_key: str, cause: Cause, *, at: datetime) -> bool:
    """Give back the seat that is kept for a person; return whether there was one."""
    hold = _still(organization_id, user_name_key)
    if hold is not None:
        end(hold, "released", at=at, cause=cause)
    return hold is not None


def expire(organization_id: str, *, at: datetime) -> int:
    """End the organization's holds that are past their time, and return how many there were."""
    if not _due.rows(organization_id, at):
        return 0
    pools.lock(organization_id)
    due = _due.rows(organization_id, at)
    for hold in due:
        end(hold, "expired", at=at)
    return len(due)


def end_all(organization_id: str, *, at: datetime) -> None:
    """End every hold of the organization, because its term does; none is placed from here on."""
    pools.lock(organization_id)
    for hold in list(Hold.select().where(_live(organization_id)).order_by(Hold.id)):
        end(hold, "released", at=at, cause=RENEWAL)


def end(hold: Hold, ended_as: str, *, at: datetime, cause: Cause = CLOCK) -> None:
    """End a hold, under the pool's lock. One that becomes an assignment has its entry already."""
    hold.ended_at, hold.ended_as = at, ended_as
    hold.save()
    if kind := _ENDS.get(ended_as):
        ended = login_holds_ended(hold)
        change = NewEntry(
            hold.organization_id, kind, 1, cause, hold_id=hold.id, held_for_login=ended
        )
        record(change, at=at)


def organizations_with_due(*, at: datetime) -> list[str]:
    """Return the organizations that have holds past their time."""
    due = Hold.select(Hold.organization_id).distinct()
    return list(due.where(Hold.ended_at.is_null() & (Hold.expires_at <= at)).scalars())


def _still(organization_id: str, user_name_key: str) -> Hold | None:
    """Return the seat that is kept for a person, and keep it still by the pool's lock."""
    if _live_hold.first(organization_id, user_name_key) is None:
        return None
    pools.lock(organization_id)
    hold: Hold | None = _live_hold.first(organization_id, user_name_key)
    return hold


@compiled
def _live_hold(organization_id: str, user_name_key: str) -> "ModelSelect[Hold]":
    return Hold.select().where(is_live(organization_id, user_name_key))


@compiled
def _due(organization_id: str, at: datetime) -> "ModelSelect[Hold]":
    return Hold.of(organization_id, Hold.ended_at.is_null(), Hold.expires_at <= at).order_by(
        Hold.id
    )


def is_live(organization_id: str, user_name_key: str) -> Expression:
    """Return the condition on holds that one is a person's and has not ended."""
    return _live(organization_id) & (Hold.user_name_key == user_name_key)


def _live(organization_id: str) -> Expression:
    return Hold.belongs_to(organization_id) & Hold.ended_at.is_null()
