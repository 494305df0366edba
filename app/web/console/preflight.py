"""Before you switch it on: whether there are seats for the people who are to be provisioned."""

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.billing.buyers import may_ask_prices
from app.errors import InvalidInput
from app.people.name_lists import NAME_LENGTH_MAX, Fault, UnreadableList, people_in, people_pasted
from app.people.preflight import PEOPLE_MAX, Preflight, check_people
from app.seats.subscriptions import subscription_of
from app.web.console.forms import Problems
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, gettext_noop

_UNPROCESSABLE = 422

#: More people than this are better parked than refused.
REFUSED_MAX = 10

#: How many names of a kind the page lists.
SHOWN_MAX = 200

_FAULTS = {
    Fault.NOT_UTF8: gettext_noop("Line %(line)s cannot be read. Save the file as UTF-8."),
    Fault.TWO_HEADINGS: gettext_noop("Line %(line)s gives a heading twice. Leave one of them out."),
    Fault.NO_PERSON: gettext_noop(
        "Line %(line)s is neither a heading nor a person. Call the column of userNames userName."
    ),
    Fault.EMPTY: gettext_noop("Line %(line)s has no userName."),
    Fault.TOO_LONG: gettext_noop("Line %(line)s has more than %(most)s characters."),
    Fault.UNSEEN: gettext_noop("Line %(line)s has a character that cannot be seen."),
}


@blueprint.get("/<organization_id>/preflight")
@page(Permission.READ_PEOPLE)
def show_preflight(_context: Context) -> Response:
    """Ask who is to be provisioned."""
    return _form("")


@blueprint.post("/<organization_id>/preflight")
@page(Permission.READ_PEOPLE)
def check_preflight(context: Context) -> Response:
    """Show what would happen to these people. Nothing is changed, so the answer is the page."""
    pasted, sent = request.form.get("user_names", ""), _sent()
    try:
        result = check_people(context, people_pasted(pasted) if sent is None else people_in(sent))
    except InvalidInput as wrong:
        field = "user_names" if sent is None else "file"
        return _form(pasted, Problems({field: _sentence(wrong)}))
    if not (result.seated or result.inactive or result.unknown):
        sentence = gettext("Paste the userNames, one on each line, or choose a file.")
        return _form(pasted, Problems({"user_names": sentence}))
    return _answer(context, result)


def _answer(context: Context, result: Preflight) -> Response:
    subscription = subscription_of(context.organization_id)
    parks = subscription.organization.when_full == "park"
    asks_prices = may_ask_prices(context, subscription.contract)
    return render(
        "preflight_answer.html",
        result=result,
        people=len(result.seated) + len(result.inactive) + len(result.unknown),
        may_add=result.estimate is not None and asks_prices,
        parks=parks,
        advises_parking=result.missing > REFUSED_MAX and not parks,
        manages=context.may(Permission.MANAGE_SETTINGS),
        shown_max=SHOWN_MAX,
    )


def _sent() -> bytes | None:
    """Return what the chosen file holds, or None if none was chosen."""
    file = request.files.get("file")
    return file.read() if file is not None and file.filename else None


def _sentence(wrong: InvalidInput) -> str:
    if isinstance(wrong, UnreadableList):
        return gettext(_FAULTS[wrong.fault], line=wrong.line, most=NAME_LENGTH_MAX)
    return gettext(
        "This list cannot be read. Give one userName on each line, and at most %(most)s.",
        most=PEOPLE_MAX,
    )


def _form(pasted: str, problems: Problems | None = None) -> Response:
    return render(
        "preflight.html",
        _UNPROCESSABLE if problems else 200,
        pasted=pasted,
        problems=problems or Problems(),
    )
