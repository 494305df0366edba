"""What foresight looks at: the ledger's last weeks, and who waits for a seat."""

from datetime import datetime, timedelta

from peewee import Case, fn

from app.models import Denial, Hold, LedgerEntry
from app.seats import pools, waiting
from app.seats.holds import Purpose
from app.seats.rules import EntryKind
from app.seats.watching.forecast import LONG_DAYS, SHORT_DAYS, Demand

#: What an entry of each kind adds to the people who hold a seat.
_ASSIGNED = {EntryKind.ASSIGNED: 1, EntryKind.HOLD_ASSIGNED: 1, EntryKind.RELEASED: -1}


def demand_of(organization_id: str, *, at: datetime) -> Demand:
    """Return an organization's demand for seats."""
    refused = _open_denials(organization_id)
    return Demand(
        available=pools.counts_of(organization_id).available,
        net_short=_net_assigned(organization_id, at - timedelta(days=SHORT_DAYS)),
        net_long=_net_assigned(organization_id, at - timedelta(days=LONG_DAYS)),
        refused=refused.get("scim", 0),
        waiting=waiting.waiting_count(organization_id),
        reserved=_reserved(organization_id, at=at),
        refused_at_login=refused.get("sso", 0),
    )


def _net_assigned(organization_id: str, since: datetime) -> int:
    """Return how many more people were seated than released since an instant."""
    signs = [(kind.value, sign) for kind, sign in _ASSIGNED.items()]
    net = fn.SUM(Case(LedgerEntry.kind, signs, 0) * LedgerEntry.quantity)
    entries = LedgerEntry.select(fn.COALESCE(net, 0)).where(
        (LedgerEntry.organization_id == organization_id) & (LedgerEntry.at > since)
    )
    return int(entries.scalar())


def _open_denials(organization_id: str) -> dict[str, int]:
    """Return how many people are refused, by the road they came."""
    counts = (
        Denial.select(Denial.source, fn.COUNT(Denial.id))
        .where((Denial.organization_id == organization_id) & Denial.closed_at.is_null())
        .group_by(Denial.source)
    )
    return dict(counts.tuples().iterator())


def _reserved(organization_id: str, *, at: datetime) -> int:
    """Return how many of the refused and the waiting have a seat held for them."""
    purposes = [Purpose.DENIAL.value, Purpose.WAITING.value]
    holds = Hold.select().where(
        (Hold.organization_id == organization_id)
        & Hold.ended_at.is_null()
        & (Hold.expires_at > at)
        & Hold.purpose.in_(purposes)
    )
    count: int = holds.count()
    return count
