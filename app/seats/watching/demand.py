"""What foresight looks at: the ledger's last weeks, and who waits for a seat."""

from datetime import datetime, timedelta

from app.models import SeatPool
from app.seats import history, holds, pools, refusals
from app.seats.watching.forecast import LONG_DAYS, SHORT_DAYS, Demand


def demand_of(organization_id: str, *, at: datetime) -> Demand:
    """Return an organization's demand for seats.

    A seat that is held for a login, for a moment, is no need: it counts as available.
    """
    return demand_on(pools.pool_of(organization_id), at=at)


def demand_on(pool: SeatPool, *, at: datetime) -> Demand:
    """Return the demand for the seats of a pool that was just read, in three looks at most."""
    long_ago, short_ago = history.pools_at(
        pool.organization_id, [at - timedelta(days=days) for days in (LONG_DAYS, SHORT_DAYS)]
    )
    assigned = pool.in_use - pool.held
    wanting = refusals.wanting(pool.organization_id)
    return Demand(
        available=pool.purchased - pool.in_use + pool.held_for_login,
        net_short=assigned - short_ago.assigned,
        net_long=assigned - long_ago.assigned,
        refused=wanting.of_directory,
        waiting=wanting.parked,
        reserved=_reserved(pool, at=at),
        kept=pool.held,
        refused_at_login=wanting.at_login,
    )


def _reserved(pool: SeatPool, *, at: datetime) -> int:
    """Return how many seats are held for people who want one; those for logins are not."""
    if pool.held == pool.held_for_login:
        return 0
    return holds.reserved_count(pool.organization_id, at=at)
