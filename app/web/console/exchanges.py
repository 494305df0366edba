"""Requests: what the identity provider asked and was answered, in plain words."""

import json

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.access.tokens import label_of
from app.errors import NotFound
from app.exchanges import records
from app.exchanges.reading import Outcome
from app.exchanges.records import Wanted
from app.exchanges.redaction import CUT
from app.exchanges.wording import describe, provider_text
from app.models import Exchange
from app.web.console.lists import SHEET, asked_for, seen_last, sheet_of, time_zone_of
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext_noop, language

#: What may be asked of the list, by what became of a request.
OUTCOMES = {
    "": gettext_noop("Everything"),
    Outcome.REFUSED.value: gettext_noop("Refused"),
    Outcome.PARKED.value: gettext_noop("Put on the waiting list"),
    Outcome.DONE.value: gettext_noop("Done"),
}


@blueprint.get("/<organization_id>/requests")
@page(Permission.READ_PEOPLE)
def show_requests(context: Context) -> Response:
    """List what was asked, newest first: of all, or of one person."""
    person, outcome = asked_for("person"), asked_for("outcome")
    outcome = outcome if outcome in OUTCOMES else None
    wanted = Wanted(person, Outcome(outcome) if outcome else None)
    rows = records.exchanges_of(
        context.organization_id, wanted, after=seen_last("exc"), limit=SHEET + 1
    )
    return render(
        "requests.html",
        sheet=sheet_of(
            rows, "console.show_requests", lambda row: str(row.id), person=person, outcome=outcome
        ),
        sentence_of=lambda row: describe(row, language()),
        person=person,
        outcome=outcome,
        outcomes=OUTCOMES,
        time_zone=time_zone_of(context),
    )


@blueprint.get("/<organization_id>/requests/<exchange_id>")
@page(Permission.READ_PEOPLE)
def show_request(context: Context, exchange_id: str) -> Response:
    """Show one request and its answer, with their bodies."""
    exchange = records.find_exchange(context.organization_id, exchange_id)
    if exchange is None:
        raise NotFound(f"There is no request {exchange_id}.")
    return render(
        "request.html",
        exchange=exchange,
        sentence=describe(exchange, language()),
        provider=provider_text(exchange.provider, language()),
        token=label_of(context.organization_id, exchange.token_id),
        bodies=bodies_of(exchange),
        cut=CUT,
        time_zone=time_zone_of(context),
    )


def bodies_of(exchange: Exchange) -> tuple[str | None, str | None]:
    """Return the bodies of a request and of its answer, laid out for reading."""
    return _laid_out(exchange.request), _laid_out(exchange.answer)


def _laid_out(body: str | None) -> str | None:
    """Return JSON an attribute a line; a body that was cut is no longer JSON and stays."""
    if body is None or body.endswith(CUT):
        return body
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
