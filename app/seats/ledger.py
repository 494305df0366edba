"""The seat ledger: how seats are bought, carried into the next term, and closed.

How a single seat is taken and freed stands in `gate.py`. A seat that comes free is offered at once
to the next in line, in the same transaction. Call these functions inside a transaction; see
`pools.py` for when.
"""

from dataclasses import dataclass
from datetime import datetime

from app.db.transactions import assert_in_transaction
from app.models import ContractTerm, Organization, SeatPool
from app.seats import holds, waiting
from app.seats.pools import (
    Cause,
    NewEntry,
    counts_of,
    record,
)
from app.seats.rules import EntryKind, PoolState


def expire_holds(organization_id: str, *, at: datetime) -> int:
    """End the holds that are past their time, offer their seats, and return how many there were."""
    expired = holds.expire(organization_id, at=at)
    if expired:
        waiting.offer(organization_id, at=at)
    return expired


def grant(organization: Organization, quantity: int, cause: Cause, *, at: datetime) -> None:
    """Add `quantity` bought seats to the running term, and reserve them for those in line."""
    granted = record(NewEntry(organization.id, EntryKind.GRANTED, quantity, cause), at=at)
    if granted.wants:
        waiting.reserve(organization, quantity, cause, at=at)


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
        record(
            NewEntry(
                term.organization_id,
                EntryKind.GRANTED,
                beyond.quantity,
                beyond.cause,
                term=(term.contract_id, term.number),
            ),
            at=at,
        )
    kind = EntryKind.RENEWED if before else EntryKind.GRANTED
    change = NewEntry(term.organization_id, kind, term.opened_with - before, cause)
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
