"""The past: what the pool's figures were.

Order by sequence is order in time, so the state at any instant is what a beginning of the ledger
adds up to.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from peewee import SQL, Case, Function, fn

from app.db.periods import Period
from app.models import LedgerEntry
from app.seats.rules import EFFECTS, EntryKind, SeatCounts

#: What one seat of an entry adds to the seats that are held and not assigned yet.
_HELD = {
    EntryKind.HELD: 1,
    EntryKind.HOLD_ASSIGNED: -1,
    EntryKind.HOLD_RELEASED: -1,
    EntryKind.HOLD_EXPIRED: -1,
}


class PastPool(NamedTuple):
    """The pool after one of its ledger entries: its figures, and the term that it was in."""

    counts: SeatCounts
    held: int
    contract_id: str | None
    term_number: int | None


def sequence_at(organization_id: str, at: datetime) -> int:
    """Return the number of the last ledger entry at or before an instant; 0 before the first."""
    entries = LedgerEntry.select(LedgerEntry.sequence).where(
        LedgerEntry.belongs_to(organization_id) & (LedgerEntry.at <= at)
    )
    newest_first = (LedgerEntry.at.desc(), LedgerEntry.sequence.desc())
    sequence: int | None = entries.order_by(*newest_first).limit(1).scalar()
    return sequence or 0


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


def counts_at(organization_id: str, at: datetime) -> SeatCounts:
    """Return the figures of the pool at an instant."""
    upto = LedgerEntry.belongs_to(organization_id) & (LedgerEntry.at <= at)
    purchased = _sum({kind: effect[0] for kind, effect in EFFECTS.items()})
    in_use = _sum({kind: effect[1] for kind, effect in EFFECTS.items()})
    sums = LedgerEntry.select(purchased, in_use).where(upto).tuples()
    return SeatCounts(*next(sums.iterator()))


def pool_after(organization_id: str, sequence: int) -> PastPool:
    """Return the pool as the ledger's entry `sequence` left it; 0 is before the first."""
    upto = LedgerEntry.belongs_to(organization_id) & (LedgerEntry.sequence <= sequence)
    purchased = _sum({kind: effect[0] for kind, effect in EFFECTS.items()})
    in_use = _sum({kind: effect[1] for kind, effect in EFFECTS.items()})
    sums = LedgerEntry.select(purchased, in_use, _sum(_HELD)).where(upto).tuples()
    purchased_then, in_use_then, held = next(sums.iterator())
    last = LedgerEntry.select().where(upto).order_by(LedgerEntry.sequence.desc()).first()
    contract_id, term_number = (last.contract_id, last.term_number) if last else (None, None)
    return PastPool(SeatCounts(purchased_then, in_use_then), held, contract_id, term_number)


def counts_at_each(organization_id: str, instants: Sequence[datetime]) -> list[SeatCounts]:
    """Return what the pool's figures were at each of some rising instants, in one look."""
    after = len(instants)
    which = Case(None, [(LedgerEntry.at <= at, index) for index, at in enumerate(instants)], after)
    purchased = _sum({kind: effect[0] for kind, effect in EFFECTS.items()})
    in_use = _sum({kind: effect[1] for kind, effect in EFFECTS.items()})
    rows: Any = (
        LedgerEntry.select(which.alias("until"), purchased, in_use)
        .where(LedgerEntry.belongs_to(organization_id))
        .group_by(SQL("1"))
        .tuples()
    )
    changes = {index: (int(total), int(used)) for index, total, used in rows}
    figures = accumulate(
        (changes.get(index, (0, 0)) for index in range(after)),
        lambda one, other: (one[0] + other[0], one[1] + other[1]),
    )
    return [SeatCounts(*pair) for pair in figures]


def _sum(effects: dict[EntryKind, int]) -> Function:
    """Return the sum, over entries, of what each kind adds for one seat."""
    signs = [(kind.value, sign) for kind, sign in effects.items()]
    return fn.COALESCE(fn.SUM(Case(LedgerEntry.kind, signs, 0) * LedgerEntry.quantity), 0)
