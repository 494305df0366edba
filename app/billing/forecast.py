"""The forecast: how many more seats an organization will need, and what they cost now and later."""

from dataclasses import dataclass

from app.access.context import Context
from app.access.door import query
from app.billing.buyers import check_may_quote
from app.billing.estimates import Estimate, buyable, estimate
from app.billing.terms import local_day, month_boundary
from app.seats.watching.demand import demand_of
from app.seats.watching.forecast import Demand, Forecast, forecast


@dataclass(frozen=True)
class PricedForecast:
    """The demand for seats, what it comes to, and the price of what is suggested.

    A month later the same seats are cheaper, by what the contract prorates; the difference is what
    having them earlier costs.
    """

    demand: Demand
    forecast: Forecast
    today: Estimate | None
    in_a_month: Estimate | None


@query(renews=True)
def forecast_with_prices(context: Context) -> PricedForecast:
    """Return the forecast of the caller's organization.

    Raises:
        PrimaryOwnerRequired: the caller is no owner, and the contract lets others buy.
    """
    check_may_quote(context)
    running = buyable(context.organization_id, at=context.at)
    today = running.today(context.at) if running else local_day(context.at, "UTC")
    demand = demand_of(context.organization_id, at=context.at)
    expected = forecast(demand, today, running.term.ends_on if running else None)
    quantity = expected.suggested_quantity
    return PricedForecast(
        demand,
        expected,
        estimate(running, quantity, today),
        estimate(running, quantity, month_boundary(today, 1)),
    )
