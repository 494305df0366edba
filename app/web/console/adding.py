"""Seats to add: the page behind the pencil, and the question it asks about a large number."""

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.billing import quoting
from app.billing.overview import Overview, overview_of
from app.billing.quoting import QuoteRequest
from app.errors import (
    PrimaryOwnerRequired,
)
from app.web.console.addresses import go
from app.web.console.forms import Problems, written
from app.web.console.quantities import NotAQuantity, parse_quantity
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext
from app.web.context import seatgate

_UNPROCESSABLE = 422

#: What a number at or above the present total may mean.
IN_ALL, MORE = "in_all", "more"


@blueprint.get("/<organization_id>/seats/add")
@page(Permission.READ_SEATS)
def show_adding(context: Context) -> Response:
    """Ask how many seats to add; a number that may be a total is asked back."""
    overview = overview_of(context)
    _check(overview)
    given = request.args.get("quantity", "")
    try:
        quantity = parse_quantity(given, _most())
    except NotAQuantity:
        return _form(overview, given or str(overview.demand.missing or ""))
    if "ask" in request.args and _may_be_total(quantity, overview):
        return _question(overview, quantity)
    return _form(overview, str(quantity))


@blueprint.post("/<organization_id>/seats/add")
@page(Permission.READ_SEATS, keeps=("quantity",))
def ask_for_quote(context: Context) -> Response:
    """Make a quote of what was entered, and lead to its review."""
    overview = overview_of(context)
    _check(overview)
    given = written("quantity")
    try:
        quantity = parse_quantity(given, _most())
    except NotAQuantity as wrong:
        return _form(overview, given, Problems({"quantity": str(wrong)}))
    meaning = written("meaning")
    if _may_be_total(quantity, overview) and meaning not in {IN_ALL, MORE}:
        if "asked" in request.form:
            sentence = gettext("Choose what you mean.")
            return _question(overview, quantity, Problems({"meaning": sentence}))
        return go("console.show_adding", quantity=quantity, ask=1)
    if meaning == IN_ALL:
        quantity -= overview.counts.purchased
    if quantity < 1:
        sentence = gettext("You have that many seats already. Enter how many to add.")
        return _form(overview, "", Problems({"quantity": sentence}))
    quote = quoting.create_quote(context, QuoteRequest(quantity, quantity_max=_most()))
    return go("console.show_review", quote_id=quote.id)


def _check(overview: Overview) -> None:
    """Check that seats can be asked for here, as the use case does before it makes a quote.

    Raises:
        OrganizationSuspended, ContractNotActive, PlanNotEligible: no seats are sold now.
        PrimaryOwnerRequired: prices are not for this caller.
    """
    overview.check_sells()
    if not overview.may_ask_prices:
        raise PrimaryOwnerRequired("Prices are for owners and for the role that buys.")


def _may_be_total(quantity: int, overview: Overview) -> bool:
    return quantity >= overview.counts.purchased


def _form(overview: Overview, given: str, problems: Problems | None = None) -> Response:
    return render(
        "add.html",
        _UNPROCESSABLE if problems else 200,
        overview=overview,
        quantity=given,
        problems=problems or Problems(),
    )


def _question(overview: Overview, quantity: int, problems: Problems | None = None) -> Response:
    """Ask whether a number is the seats in all, or the seats to add."""
    return render(
        "add_question.html",
        _UNPROCESSABLE if problems else 200,
        quantity=quantity,
        before=overview.counts.purchased,
        more=quantity - overview.counts.purchased,
        in_all=quantity + overview.counts.purchased,
        problems=problems or Problems(),
    )


def _most() -> int:
    return seatgate().config.quote_quantity_max
