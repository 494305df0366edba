"""The seat ledger: how a seat is taken, freed, bought and carried into the next term.

A seat that comes free is offered at once to the next in line, in the same transaction. Call these
functions inside a transaction; see `pools.py` for when.
"""

from dataclasses import dataclass
from datetime import datetime

from app.db.transactions import assert_in_transaction
from app.models import ContractTerm, SeatAssignment, SeatPool, User
from app.seats import holds, waiting
from app.seats.pools import (
    Cause,
    Change,
    Recorded,
    counts_of,
    has_free_seat,
    may_take,
    record,
    record_for,
    record_if,
    why_refused,
)
from app.seats.rules import EntryKind, PoolState


def assign(user: User, cause: Cause, *, at: datetime) -> None:
    """Let `user` take a seat, under the id that `user.assignment_id` names.

    A seat that is held for the person becomes theirs; else a free one does. Where none is free,
    holds that are past their time are ended, and it is tried once more.

    Raises:
        SeatRefusal: none is free, or the contract lets none be taken.
        TermOver: the term is over and not yet renewed.
    """
    recorded = _take_held(user, cause, at=at) or _take_free(user, cause, at=at)
    if recorded is None and expire_holds(user.organization_id, at=at):
        recorded = _take_free(user, cause, at=at)
    if recorded is None:
        refusal = why_refused(user.organization_id, at)
        refusal.user_name, refusal.user_id = user.user_name, user.id
        raise refusal
    SeatAssignment.insert(
        organization_id=user.organization_id,
        id=user.assignment_id,
        user_id=user.id,
        assigned_at=recorded.at,
        assigned_sequence=recorded.sequence,
    ).execute()


def release(user: User, cause: Cause, *, at: datetime, offered: bool = True) -> None:
    """Free the seat that `user` holds, which is possible in every state of the contract (I8).

    It goes to the next in line. One that is being moved is not `offered`.
    """
    change = Change(user.organization_id, EntryKind.RELEASED, 1, cause, user.id)
    recorded = record(change, at=at)
    SeatAssignment.update(released_at=recorded.at, released_sequence=recorded.sequence).where(
        SeatAssignment.belongs_to(user.organization_id)
        & (SeatAssignment.user_id == user.id)
        & SeatAssignment.released_at.is_null()
    ).execute()
    if offered:
        waiting.offer(user.organization_id, at=at)


def expire_holds(organization_id: str, *, at: datetime) -> int:
    """End the holds that are past their time, offer their seats, and return how many there were."""
    expired = holds.expire(organization_id, at=at)
    if expired:
        waiting.offer(organization_id, at=at)
    return expired


def grant(organization_id: str, quantity: int, cause: Cause, *, at: datetime) -> None:
    """Add `quantity` bought seats to the running term, and reserve them for those in line."""
    record(Change(organization_id, EntryKind.GRANTED, quantity, cause), at=at)
    waiting.reserve(organization_id, quantity, cause, at=at)


@dataclass(frozen=True)
class Beyond:
    """Seats bought with a term because more are in use than it was agreed to open with."""

    quantity: int
    cause: Cause


def open_term(
    term: ContractTerm,
    bounds: tuple[datetime, datetime],
    cause: Cause,
    *,
    beyond: Beyond | None = None,
    at: datetime,
) -> None:
    """Open a term, from and until the instants `bounds`, with `term.opened_with` seats.

    The entry is `granted` where nothing was purchased before, else `renewed` with the difference.
    What is bought `beyond` them comes first, as an entry of its own of the same term, so that the
    seats in use find room at every instant (I1).
    """
    holds.end_all(term.organization_id, at=at)
    before = counts_of(term.organization_id).purchased
    if beyond is not None:
        extra = Change(term.organization_id, EntryKind.GRANTED, beyond.quantity, beyond.cause)
        record_for(term, extra, at=at)
    kind = EntryKind.RENEWED if before else EntryKind.GRANTED
    change = Change(term.organization_id, kind, term.opened_with - before, cause)
    starts_at, ends_at = bounds
    record(
        change,
        at=at,
        state=PoolState.OPEN.value,
        contract_id=term.contract_id,
        term_number=term.number,
        term_starts_at=starts_at,
        term_ends_at=ends_at,
    )
    waiting.offer(term.organization_id, at=at)


def end_contract(organization_id: str, *, at: datetime) -> None:
    """Close the pool: what is assigned stays so and can be released; no seat can be taken."""
    assert_in_transaction()
    holds.end_all(organization_id, at=at)
    SeatPool.update(state=PoolState.ENDED.value).where(
        SeatPool.belongs_to(organization_id)
    ).execute()


def _take_held(user: User, cause: Cause, *, at: datetime) -> Recorded | None:
    hold = holds.lock_live(user.organization_id, user.user_name_key, at=at)
    if hold is None:
        return None
    change = Change(user.organization_id, EntryKind.HOLD_ASSIGNED, 1, cause, user.id, hold.id)
    recorded = record_if(may_take(at), change, at=at, **holds.login_holds(hold.purpose, -1))
    if recorded is not None:
        holds.end(hold, "assigned", at=at)
    return recorded


def _take_free(user: User, cause: Cause, *, at: datetime) -> Recorded | None:
    change = Change(user.organization_id, EntryKind.ASSIGNED, 1, cause, user.id)
    return record_if(may_take(at) & has_free_seat(), change, at=at)
