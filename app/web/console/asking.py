"""Asking for seats: what those do who may not buy any."""

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.billing import seat_requests
from app.billing.overview import Overview, overview_of
from app.billing.seat_requests import SeatsWanted
from app.errors import (
    InvalidInput,
    NotPermitted,
)
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.quantities import NotAQuantity, parse_quantity
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext
from app.web.context import seatgate

_UNPROCESSABLE = 422

_FIELDS = ("quantity", "reason", "purchase_order")


@blueprint.get("/<organization_id>/seats/ask")
@page(Permission.READ_SEATS)
def show_asking(context: Context) -> Response:
    """Ask how many seats are needed, and why."""
    overview = _overview(context)
    given = {name: request.args.get(name, "") for name in _FIELDS}
    given["quantity"] = given["quantity"] or str(overview.demand.missing or "")
    return _form(overview, given)


@blueprint.post("/<organization_id>/seats/ask")
@page(Permission.READ_SEATS, keeps=_FIELDS)
def ask(context: Context) -> Response:
    """Send the request to those who may buy."""
    overview = _overview(context)
    given = {name: written(name) for name in _FIELDS}
    try:
        quantity = parse_quantity(given["quantity"], _most())
    except NotAQuantity as wrong:
        return _form(overview, given, Problems({"quantity": str(wrong)}))
    try:
        asked = seat_requests.ask_for_seats(context, _wanted(quantity, given))
    except InvalidInput as wrong:
        return _form(overview, given, Problems({wrong.field: _advice(wrong.field)}))
    except NotPermitted:
        sentence = gettext("Too many requests were made within the hour. Ask again in an hour.")
        return _form(overview, given, Problems({"quantity": sentence}))
    leave_note(gettext("Your request is sent to the primary owners. They see it on their Home."))
    return go("console.show_seat_request", request_id=asked.id)


def _wanted(quantity: int, given: dict[str, str]) -> SeatsWanted:
    return SeatsWanted(
        quantity, given["reason"] or None, given["purchase_order"] or None, quantity_max=_most()
    )


def _advice(field: str) -> str:
    if field == "quantity":
        return gettext("No price can be made for that now. Ask for fewer seats, or tomorrow.")
    return gettext("Enter one line of text, of at most 500 characters.")


def _overview(context: Context) -> Overview:
    """Return the seats at a glance.

    Raises:
        OrganizationSuspended, ContractNotActive, PlanNotEligible: no seats are sold now.
    """
    overview = overview_of(context)
    overview.check_sells()
    return overview


def _form(overview: Overview, given: dict[str, str], problems: Problems | None = None) -> Response:
    return render(
        "ask.html",
        _UNPROCESSABLE if problems else 200,
        overview=overview,
        given=given,
        problems=problems or Problems(),
    )


def _most() -> int:
    return seatgate().config.quote_quantity_max
