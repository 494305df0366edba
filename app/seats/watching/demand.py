"""What foresight looks at: the ledger's last weeks, and who waits for a seat."""

from datetime import datetime, timedelta

from peewee import Case, fn

from app.models import Hold, LedgerEntry
from app.seats import pools, refusals, waiting
from app.seats.rules import EntryKind
from app.seats.watching.forecast import LONG_DAYS, SHORT_DAYS, Demand

#: What an entry of each kind adds to the people who hold a seat.
_ASSIGNED = {EntryKind.ASSIGNED: 1, EntryKind.HOLD_ASSIGNED: 1, EntryKind.RELEASED: -1}


def demand_of(organization_id: str, *, at: datetime) -> Demand:
    """Return an organization's demand for seats.

    A seat that is held for a login, for a moment, is no need: it counts as available.
    """
    refused, at_login = refusals.refused_by_road(organization_id)
    pool = pools.pool_of(organization_id)
    return Demand(
        available=pool.purchased - pool.in_use + pool.held_for_login,
        net_short=_net_assigned(organization_id, at - timedelta(days=SHORT_DAYS)),
        net_long=_net_assigned(organization_id, at - timedelta(days=LONG_DAYS)),
        refused=refused,
        waiting=waiting.waiting_count(organization_id),
        reserved=_reserved(organization_id, at=at),
        refused_at_login=at_login,
    )


def _net_assigned(organization_id: str, since: datetime) -> int:
    """Return how many more people were seated than released since an instant."""
    signs = [(kind.value, sign) for kind, sign in _ASSIGNED.items()]
    net = fn.SUM(Case(LedgerEntry.kind, signs, 0) * LedgerEntry.quantity)
    entries = LedgerEntry.select(fn.COALESCE(net, 0)).where(
        LedgerEntry.belongs_to(organization_id) & (LedgerEntry.at > since)
    )
    return int(entries.scalar())


def _reserved(organization_id: str, *, at: datetime) -> int:
    """Return how many of the refused and the waiting have a seat held for them."""
    holds = Hold.of(
        organization_id,
        Hold.ended_at.is_null(),
        Hold.expires_at > at,
        Hold.want_id.is_null(is_null=False),
    )
    count: int = holds.count()
    return count
