"""The review: all that a quote means, and the one button that buys."""

from typing import NamedTuple

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.billing import purchasing, quoting, seat_requests
from app.billing.proration import proration_text
from app.billing.quoting import QuoteRequest, QuoteState
from app.billing.reviews import Review, bought_since, review
from app.billing.seat_request_lookups import request_answered_by
from app.errors import InvalidInput, QuoteExpired, QuoteStale, TotalMismatch
from app.models import Quote
from app.owners.presence import name_of
from app.web.console.addresses import go
from app.web.console.billing_details import details_of, save_details
from app.web.console.forms import Problems, written
from app.web.console.notes import leave_note
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, language
from app.web.context import seatgate

_UNPROCESSABLE = 422


class References(NamedTuple):
    """The customer's own references, as they stand on the invoice; empty is none."""

    purchase_order: str
    cost_centre: str


@blueprint.get("/<organization_id>/quotes/<quote_id>")
@page(Permission.QUOTE)
def show_review(context: Context, quote_id: str) -> Response:
    """Show what a quote means, or what became of it."""
    return _shown(context, review(context, quote_id))


@blueprint.post("/<organization_id>/quotes/<quote_id>")
@page(Permission.QUOTE)
def act_on_review(context: Context, quote_id: str) -> Response:
    """Save what was entered beside the quote, or buy what it offers."""
    known = review(context, quote_id)
    if known.state is not QuoteState.OPEN:
        return _shown(context, known)
    if written("action") == "save_details":
        return _save_details(context, known)
    if _references() != _references_of(known):
        return _requote(context, known)
    if written("action") == "save_references":
        return go("console.show_review", quote_id=quote_id)
    return _buy(context, known)


def _buy(context: Context, known: Review) -> Response:
    quote = known.quote
    if known.is_large and written("typed") != str(quote.quantity):
        sentence = gettext(
            "Type the number of seats to add once more: %(quantity)s.", quantity=quote.quantity
        )
        return _page(context, known, Problems({"typed": sentence}))
    try:
        done = purchasing.confirm_quote(context, quote.id, quote.total_minor)
    except (QuoteExpired, QuoteStale, TotalMismatch):
        return go("console.show_review", quote_id=quote.id)
    return go("console.show_purchase", purchase_id=done.purchase.id)


def _requote(context: Context, known: Review) -> Response:
    """Make the quote anew with the references that were entered; they cannot be added later."""
    given = _references()
    asked = QuoteRequest(
        known.quote.quantity, given.purchase_order or None, given.cost_centre or None, _most()
    )
    try:
        quote = _quote_anew(context, known, asked)
    except InvalidInput as wrong:
        sentence = gettext("Enter one line of text, of at most 500 characters.")
        return _page(context, known, Problems({wrong.field: sentence}))
    leave_note(gettext("Your references are saved. Nothing is bought yet."))
    return go("console.show_review", quote_id=quote.id)


def _quote_anew(context: Context, known: Review, asked: QuoteRequest) -> Quote:
    """Make the quote anew; where it answers a request, so does the new one."""
    request_id = request_answered_by(context.organization_id, known.quote.id)
    if request_id is None:
        return quoting.create_quote(context, asked)
    return seat_requests.answer_with_quote(context, request_id, asked)


def _save_details(context: Context, known: Review) -> Response:
    problems = save_details(context)
    if problems:
        return _page(context, known, problems)
    leave_note(gettext("Your billing details are saved. Nothing is bought yet."))
    return go("console.show_review", quote_id=known.quote.id)


def _shown(context: Context, known: Review) -> Response:
    """Return the page of a quote by its state; a confirmed one leads to its purchase."""
    if known.state is QuoteState.CONFIRMED and known.purchase is not None:
        return go("console.show_purchase", purchase_id=known.purchase.id)
    if known.state is QuoteState.OPEN:
        return _page(context, known)
    since = bought_since(known.quote) if known.state is QuoteState.STALE else None
    return render(
        "quote_over.html",
        quote=known.quote,
        expired=known.state is QuoteState.EXPIRED,
        since=since,
        name=since and name_of(context.organization_id, since.confirmed_by),
    )


def _page(context: Context, known: Review, problems: Problems | None = None) -> Response:
    manages = context.may(Permission.MANAGE_SETTINGS)
    return render(
        "review.html",
        _UNPROCESSABLE if problems else 200,
        review=known,
        quote=known.quote,
        proration=_proration(known),
        manages=manages,
        details=details_of(known),
        references=_references() if request.method == "POST" else _references_of(known),
        problems=problems or Problems(),
    )


def _proration(known: Review) -> str:
    if known.remainder is None:
        return ""
    return proration_text(known.line, known.quote.currency, known.remainder, language())


def _references() -> References:
    return References(written("purchase_order"), written("cost_centre"))


def _references_of(known: Review) -> References:
    return References(known.quote.purchase_order or "", known.quote.cost_centre or "")


def _most() -> int:
    return seatgate().config.quote_quantity_max
