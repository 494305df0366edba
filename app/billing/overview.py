"""The seats of an organization at a glance: figures, who lacks one, what is ahead, and since when.

It is read in few looks, however many people there are.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.access.context import Context
from app.access.door import query
from app.billing.buyers import may_ask_prices, may_buy_under
from app.billing.contracts.running import RunningContract, running_contract
from app.billing.quoting import check_eligible
from app.billing.terms import local_day, month_boundary, start_of_day
from app.errors import ContractNotActive
from app.models import SeatPool
from app.seats import history, pools
from app.seats.rules import SeatCounts, suspension
from app.seats.watching.demand import demand_on
from app.seats.watching.forecast import Demand, Forecast, forecast

_MONTHS = 12


@dataclass(frozen=True)
class Month:
    """The seats at the end of a month, or now for the last one."""

    last_on: date
    counts: SeatCounts


@dataclass(frozen=True)
class Overview:
    """An organization's seats, and what the caller may do about them."""

    pool: SeatPool
    #: The contract that runs, if one does, and the day it is for it.
    running: RunningContract | None
    today: date
    demand: Demand
    forecast: Forecast
    may_ask_prices: bool
    may_buy: bool

    @property
    def counts(self) -> SeatCounts:
        """The figures of the pool."""
        return SeatCounts(self.pool.purchased, self.pool.in_use)

    @property
    def assigned(self) -> int:
        """How many people hold a seat; the others in use are kept."""
        return self.pool.in_use - self.demand.kept

    @property
    def suspended(self) -> bool:
        """Whether the vendor suspended the organization."""
        return self.pool.suspended_at is not None

    def check_sells(self) -> None:
        """Check that seats are sold here now, as a quote does.

        Raises:
            OrganizationSuspended, ContractNotActive, PlanNotEligible: they are not.
        """
        if self.suspended:
            raise suspension()
        if self.running is None:
            raise ContractNotActive("No contract is running. Sign one with the vendor.")
        check_eligible(self.running)

    @property
    def last_on(self) -> date | None:
        """The last day of the term, if one runs."""
        return self.running.term.ends_on - timedelta(days=1) if self.running else None

    @property
    def begins_on(self) -> date | None:
        """The first day of the term where it lies ahead."""
        running = self.running
        ahead = running is not None and running.term.starts_on > self.today
        return running.term.starts_on if running and ahead else None

    @property
    def sells(self) -> bool:
        """Whether seats can be added here now."""
        running = self.running
        return running is not None and running.contract.invoiced_here and not self.suspended


@query(renews=True)
def overview_of(context: Context) -> Overview:
    """Return the seats of the caller's organization at a glance."""
    running = _running(context)
    pool = pools.pool_of(context.organization_id) if running is None else running.pool
    contract = running.contract if running else None
    today = running.today(context.at) if running else local_day(context.at, "UTC")
    demand = demand_on(pool, at=context.at)
    return Overview(
        pool=pool,
        running=running,
        today=today,
        demand=demand,
        forecast=forecast(demand, today, running.term.ends_on if running else None),
        may_ask_prices=may_ask_prices(context, contract),
        may_buy=may_buy_under(context, contract),
    )


def months_until(overview: Overview, *, at: datetime) -> list[Month]:
    """Return the seats at the ends of the last twelve months, and now."""
    zone = overview.running.contract.time_zone if overview.running else "UTC"
    this_month = overview.today.replace(day=1)
    firsts = [month_boundary(this_month, -back) for back in reversed(range(_MONTHS))]
    ends = [start_of_day(first, zone) - datetime.resolution for first in firsts]
    pools_then = history.pools_at(overview.pool.organization_id, [*ends, at])
    days = [local_day(end, zone) for end in ends]
    months = zip([*days, overview.today], pools_then, strict=True)
    return [Month(day, then.counts) for day, then in months]


def _running(context: Context) -> RunningContract | None:
    try:
        return running_contract(context.organization_id, at=context.at)
    except ContractNotActive:
        return None
