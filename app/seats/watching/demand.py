"""What foresight looks at: the ledger's last weeks, and who waits for a seat."""

from datetime import datetime, timedelta

from peewee import Case, fn

from app.models import LedgerEntry, SeatPool
from app.seats import holds, pools, refusals
from app.seats.rules import EntryKind
from app.seats.watching.forecast import LONG_DAYS, SHORT_DAYS, Demand

#: What an entry of each kind adds to the people who hold a seat.
_ASSIGNED = {EntryKind.ASSIGNED: 1, EntryKind.HOLD_ASSIGNED: 1, EntryKind.RELEASED: -1}


def demand_of(organization_id: str, *, at: datetime) -> Demand:
    """Return an organization's demand for seats.

    A seat that is held for a login, for a moment, is no need: it counts as available.
    """
    return demand_on(pools.pool_of(organization_id), at=at)


def demand_on(pool: SeatPool, *, at: datetime) -> Demand:
    """Return the demand for the seats of a pool that was just read, in three looks."""
    short, long = _net_assigned(pool.organization_id, at=at)
    kept, reserved = holds.kept_counts(pool.organization_id, at=at)
    wanting = refusals.wanting(pool.organization_id)
    return Demand(
        available=pool.purchased - pool.in_use + pool.held_for_login,
        net_short=short,
        net_long=long,
        refused=wanting.of_directory,
        waiting=wanting.parked,
        reserved=reserved,
        kept=kept,
        refused_at_login=wanting.at_login,
    )


def _net_assigned(organization_id: str, *, at: datetime) -> tuple[int, int]:
    """Return how many more people were seated than released, in the short and the long window."""
    signs = [(kind.value, sign) for kind, sign in _ASSIGNED.items()]
    net = Case(LedgerEntry.kind, signs, 0) * LedgerEntry.quantity
    recent = Case(None, [(LedgerEntry.at > at - timedelta(days=SHORT_DAYS), net)], 0)
    entries = LedgerEntry.select(fn.COALESCE(fn.SUM(recent), 0), fn.COALESCE(fn.SUM(net), 0)).where(
        LedgerEntry.belongs_to(organization_id) & (LedgerEntry.at > at - timedelta(days=LONG_DAYS))
    )
    short, long = next(entries.tuples().iterator())
    return int(short), int(long)
