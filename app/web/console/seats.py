"""Seats: how many are in use, kept and free, how that came about, and who has none."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing.overview import Overview, months_until, overview_of
from app.models import Want
from app.seats import refusals, waiting
from app.web.console.chart import chart_of
from app.web.console.landing import show_landing
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page

#: How many people a list names before it leads to the whole.
SHORT = 5


@blueprint.get("/<organization_id>/seats")
@page(Permission.READ_SEATS, stranger=show_landing)
def show_seats(context: Context) -> Response:
    """Show the seats of the organization; strangers read what a refusal means."""
    overview = overview_of(context)
    months = months_until(overview, at=context.at)
    refused, parked = _people(context, overview)
    return render(
        "seats.html",
        overview=overview,
        bar=bar_of(overview),
        months=months,
        chart=chart_of(months),
        sees_people=context.may(Permission.READ_PEOPLE),
        refused=refused,
        parked=parked,
        short=SHORT,
    )


def bar_of(overview: Overview) -> tuple[float, float]:
    """Return how much of the bar is in use, and how much is kept, in percent."""
    purchased = max(overview.counts.purchased, 1)
    return 100 * overview.assigned / purchased, 100 * overview.demand.kept / purchased


def _people(context: Context, overview: Overview) -> tuple[list[Want], list[Want]]:
    """Return who was refused last and who waits longest, where the caller may see people."""
    if not context.may(Permission.READ_PEOPLE):
        return [], []
    demand, organization_id = overview.demand, context.organization_id
    refused = demand.refused + demand.refused_at_login
    return (
        refusals.newest_refusals(organization_id, SHORT) if refused else [],
        waiting.places_of(organization_id, limit=SHORT) if demand.waiting else [],
    )
