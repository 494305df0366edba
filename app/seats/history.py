"""The past: what the pool's figures were.

Each entry of the ledger carries the figures after it, and order by sequence is order in time: an
entry is dated no earlier than the one before it, even where the clock was set back meanwhile. So
the state at any instant is the last entry until then, which an index leads to.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from peewee import ModelSelect

from app.db.compiled import Statement, compiled
from app.db.periods import Period
from app.models import LedgerEntry
from app.seats.rules import SeatCounts


class PastPool(NamedTuple):
    """The pool after one of its ledger entries: its figures, and the term that it was in."""

    sequence: int
    counts: SeatCounts
    held: int
    contract_id: str | None
    term_number: int | None

    @property
    def assigned(self) -> int:
        """How many people held a seat."""
        return self.counts.in_use - self.held


#: The pool before its first entry.
_EMPTY = PastPool(0, SeatCounts(), 0, None, None)


def sequence_at(organization_id: str, at: datetime) -> int:
    """Return the number of the last ledger entry at or before an instant; 0 before the first."""
    return pool_at(organization_id, at).sequence


def sequences_within(organization_id: str, period: Period) -> tuple[int, int | None]:
    """Return the number of the entry before the first in `period`, and that of the last in it.

    None is no last one.
    """
    before, last = 0, None
    if period.starts_at is not None:
        before = sequence_at(organization_id, period.starts_at - datetime.resolution)
    if period.ends_at is not None:
        last = sequence_at(organization_id, period.ends_at - datetime.resolution)
    return before, last


def pool_at(organization_id: str, at: datetime) -> PastPool:
    """Return the pool as it was at an instant."""
    return _pool(_entry_at.first(organization_id, at))


def pools_at(organization_id: str, instants: Sequence[datetime]) -> list[PastPool]:
    """Return the pool as it was at each of some instants, in one look."""
    entries = _entries_at(len(instants)).rows(organization_id, *instants)
    times = [entry.at for entry in entries]
    places = (bisect_right(times, instant) for instant in instants)
    return [_pool(entries[place - 1] if place else None) for place in places]


def _pool(entry: LedgerEntry | None) -> PastPool:
    if entry is None:
        return _EMPTY
    counts = SeatCounts(entry.purchased_after, entry.in_use_after)
    return PastPool(entry.sequence, counts, entry.held_after, entry.contract_id, entry.term_number)


@compiled
def _entry_at(organization_id: str, at: datetime) -> "ModelSelect[LedgerEntry]":
    return _last_of(LedgerEntry.select(), organization_id, at)


@lru_cache(maxsize=16)
def _entries_at(count: int) -> Statement[..., LedgerEntry]:
    """Return the query for the last entry at each of so many instants, the oldest first."""

    def build(organization_id: str, **instants: datetime) -> "ModelSelect[LedgerEntry]":
        number = LedgerEntry.select(LedgerEntry.sequence)
        last = [_last_of(number, organization_id, at) for at in instants.values()]
        return LedgerEntry.of(organization_id, LedgerEntry.sequence.in_(last)).order_by(
            LedgerEntry.sequence
        )

    return Statement(build, names=("organization_id", *(f"at_{each}" for each in range(count))))


def _last_of(
    entries: "ModelSelect[LedgerEntry]", organization_id: str, at: datetime
) -> "ModelSelect[LedgerEntry]":
    """Return of entries the last one at or before an instant."""
    until = LedgerEntry.belongs_to(organization_id) & (LedgerEntry.at <= at)
    order = (LedgerEntry.at.desc(), LedgerEntry.sequence.desc())
    return entries.where(until).order_by(*order).limit(1)
