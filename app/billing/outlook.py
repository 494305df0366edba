"""The outlook: how many more seats an organization will need, and what they cost now and later."""

from dataclasses import dataclass
from datetime import datetime

from app.access.principal import Principal
from app.billing.buyers import check_may_quote
from app.billing.contracts.renewals import renews_first
from app.billing.estimates import Estimate, buyable, estimate
from app.billing.terms import local_day, month_boundary
from app.seats.watching.demand import demand_of
from app.seats.watching.forecast import Demand, Forecast, forecast


@dataclass(frozen=True)
class Outlook:
    """The demand for seats, what it comes to, and the price of what is suggested.

    A month later the same seats are cheaper, by what the contract prorates; the difference is what
    having them earlier costs.
    """

    demand: Demand
    forecast: Forecast
    today: Estimate | None
    in_a_month: Estimate | None


@renews_first
def foresee(principal: Principal, *, at: datetime) -> Outlook:
    """Return the outlook of the caller's organization.

    Raises:
        PrimaryOwnerRequired: the caller is no owner, and the contract lets others buy.
    """
    check_may_quote(principal)
    running = buyable(principal.organization_id, at=at)
    today = running.today(at) if running else local_day(at, "UTC")
    demand = demand_of(principal.organization_id, at=at)
    expected = forecast(demand, today, running.term.ends_on if running else None)
    quantity = expected.suggested_quantity
    return Outlook(
        demand,
        expected,
        estimate(running, quantity, today),
        estimate(running, quantity, month_boundary(today, 1)),
    )
