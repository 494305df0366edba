"""The gate: whether a person may have a seat, from the question to the ledger entry.

What a seat is. An organization has one pool, one row: `purchased` seats, of which `in_use` are
assigned or held. A person with a seat has one open assignment, and the ledger has an entry for
every change of the pool. The database itself keeps `0 <= in_use <= purchased` (I1).

Who comes here. `app.people.activity.store_user` alone, whatever the surface: SCIM, bulk, a login,
an owner, the waiting list. It has written the user's row before, so that a name that is taken is
reported before a seat that is missing, and it holds a transaction open. Returning keeps the seat
when that transaction commits; raising gives everything back.

What is locked, and in which order. First the user's row, by its write. Then the pool's row, by the
UPDATE that takes the seat, or before it where a seat is held for the person: everybody who takes or
frees a seat of the organization waits for that row, so nothing slow happens between it and the
commit. Holds and wants come after it. A seat that was freed or bought is offered on to the next in
line, so that whoever has the pool goes on to them; nobody may have them already and wait for the
pool. The same order everywhere is what keeps two requests from waiting for each other.

How a seat is taken. One guarded UPDATE decides: it adds one to `in_use` where the contract runs,
the organization is not suspended and a seat is free. There is no look before it that could be out
of date by then; of many who come at once for the last seat, one changes the row. In this order:

1. A seat that is held for the person becomes theirs, with `in_use` unchanged.
2. Else a free seat becomes theirs.
3. Where none is free, holds that are past their time are ended, and 2 is tried once more, whoever
   ended them: since the first try it may have been another. So is 1: since the first look the last
   seat may have been held for this very person.
4. Else the request is refused, and the reason is looked up: no contract, not started, ended,
   suspended, or every seat in use. A term that is over but not yet renewed raises `TermOver`; the
   door renews it and comes again.

Each change of the pool takes the next number of the ledger under the pool's lock, so that the
entries are in the order in which things happened.

How a seat is freed. Always (I8), in every state of the contract, by an UPDATE without a guard. It
is offered at once to the next in line, in the same transaction, unless it is on its way to a
certain person.
"""

from datetime import datetime

from peewee import BaseQuery

from app.db.compiled import compiled
from app.models import SeatAssignment, User
from app.seats import holds, ledger, waiting
from app.seats.pools import (
    Cause,
    Guard,
    NewEntry,
    Recorded,
    record,
    record_if,
    why_refused,
)
from app.seats.rules import EntryKind


def take_seat(user: User, cause: Cause, *, at: datetime) -> None:
    """Let `user` take a seat, under the id that `user.assignment_id` names.

    Call inside a transaction, after everything else that it locks.

    Raises:
        SeatRefusal: none is free, or the contract lets none be taken.
        TermOver: the term is over and not yet renewed.
    """
    taken = _take_held(user, cause, at=at) or _take_free(user, cause, at=at)
    if taken is None:
        ledger.expire_holds(user.organization_id, at=at)
        taken = _take_free(user, cause, at=at) or _take_held(user, cause, at=at)
    if taken is None:
        refusal = why_refused(user.organization_id, at)
        refusal.user_name, refusal.user_id = user.user_name, user.id
        raise refusal
    SeatAssignment.add(
        organization_id=user.organization_id,
        id=user.assignment_id,
        user_id=user.id,
        assigned_at=taken.at,
        assigned_sequence=taken.sequence,
    )


def free_seat(user: User, cause: Cause, *, at: datetime, offered: bool = True) -> None:
    """Free the seat that `user` holds, which is possible in every state of the contract (I8).

    It goes to the next in line. One that is being moved is not `offered`. Call inside a
    transaction.
    """
    change = NewEntry(user.organization_id, EntryKind.RELEASED, 1, cause, user.id)
    freed = record(change, at=at)
    _end_assignment.changes(user.organization_id, user.id, freed.at, freed.sequence)
    if offered:
        waiting.offer(user.organization_id, at=at)


def _take_held(user: User, cause: Cause, *, at: datetime) -> Recorded | None:
    hold = holds.settle(user.organization_id, user.user_name_key, at=at)
    if hold is None:
        return None
    ended = holds.login_holds_ended(hold)
    change = NewEntry(
        user.organization_id,
        EntryKind.HOLD_ASSIGNED,
        1,
        cause,
        user.id,
        hold.id,
        held_for_login=ended,
    )
    taken = record_if(Guard.MAY_TAKE, change, at=at)
    if taken is not None:
        holds.end(hold, "assigned", at=at)
    return taken


def _take_free(user: User, cause: Cause, *, at: datetime) -> Recorded | None:
    change = NewEntry(user.organization_id, EntryKind.ASSIGNED, 1, cause, user.id)
    return record_if(Guard.FREE, change, at=at)


@compiled
def _end_assignment(
    organization_id: str, user_id: str, released_at: datetime, released_sequence: int
) -> BaseQuery:
    return SeatAssignment.update(
        released_at=released_at, released_sequence=released_sequence
    ).where(
        SeatAssignment.belongs_to(organization_id)
        & (SeatAssignment.user_id == user_id)
        & SeatAssignment.released_at.is_null()
    )
