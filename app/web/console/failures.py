"""Failures as pages: what happened, whether anything was done, and what to do next."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response, g

from app.web.console.rendering import render
from app.web.console.visits import visit_or_none
from app.web.console.words import gettext, gettext_noop
from app.web.context import public_url
from app.web.errors import Problem


@dataclass(frozen=True)
class Words:
    """The heading of a failure, and what to do about it."""

    title: str
    advice: str


_NOT_ALLOWED = Words(
    gettext_noop("You may not do this"),
    gettext_noop("Your role does not allow it. Ask a primary owner of your organization."),
)

_PRICE_OVER = Words(
    gettext_noop("The price no longer applies"),
    gettext_noop("Nothing was bought. Ask for the price anew from the Seats page."),
)

_DONE = Words(
    gettext_noop("This was done already"),
    gettext_noop("Nothing was changed. Look at the page again to see how things stand."),
)

_NO_SEATS = Words(
    gettext_noop("Seats are not to be had now"),
    gettext_noop(
        "Nothing was changed. Look at Seats to see how many are free, and since when the contract "
        "runs."
    ),
)

_NOT_MOVED = Words(
    gettext_noop("The seat cannot be moved"),
    gettext_noop(
        "Nothing was changed. The person who gives has no seat, or the one who gets has one: look "
        "at Members."
    ),
)

#: By the code of the problem.
WORDS = {
    "quote_stale": _PRICE_OVER,
    "quote_expired": _PRICE_OVER,
    "total_mismatch": _PRICE_OVER,
    "request_over": Words(
        gettext_noop("This request for seats is over"),
        gettext_noop(
            "Nothing was bought. It was answered already, or its time is over. Look at Home."
        ),
    ),
    "nothing_to_change": _DONE,
    "idempotency_key_reused": _DONE,
    "too_late_to_decline": Words(
        gettext_noop("It is too late to decline"),
        gettext_noop("Nothing was changed. The last day to decline is over: contact the vendor."),
    ),
    "seat_limit_reached": _NO_SEATS,
    "contract_not_started": _NO_SEATS,
    "no_seat_to_move": _NOT_MOVED,
    "already_holds_seat": _NOT_MOVED,
    "already_exists": Words(
        gettext_noop("This exists already"),
        gettext_noop("Nothing was changed. Give another name or address."),
    ),
    "last_primary_owner": Words(
        gettext_noop("The last primary owner stays"),
        gettext_noop("Nothing was changed. Hand the ownership over first."),
    ),
    "link_ended": Words(
        gettext_noop("This link has ended"),
        gettext_noop(
            "It was used already, was replaced by a newer one, or is past its time. "
            "Ask for a new one."
        ),
    ),
    "too_many_attempts": Words(
        gettext_noop("Too many attempts"),
        gettext_noop("There were too many from your network. Wait a few minutes, then go on."),
    ),
    "sign_in_off": Words(
        gettext_noop("This way to sign in is off"),
        gettext_noop("Nothing was changed. Sign in another way, or ask the vendor to set it up."),
    ),
    "not_found": Words(
        gettext_noop("There is nothing at this address"),
        gettext_noop(
            "Check the address. What it names may be gone, or belong to another organization."
        ),
    ),
    "not_authenticated": Words(
        gettext_noop("Sign in first"),
        gettext_noop("Your session has ended, or you were not signed in here."),
    ),
    "not_permitted": _NOT_ALLOWED,
    "primary_owner_required": _NOT_ALLOWED,
    "form_expired": Words(
        gettext_noop("This form is out of date"),
        gettext_noop("Nothing was changed. Go back, reload the page and send the form again."),
    ),
    "misdirected": Words(
        gettext_noop("The console has another address"),
        gettext_noop("Open it at %(address)s and sign in there."),
    ),
    "invalid_input": Words(
        gettext_noop("This cannot be used"),
        gettext_noop("Nothing was changed. Go back and check what you entered."),
    ),
    "organization_suspended": Words(
        gettext_noop("Your organization is suspended"),
        gettext_noop("Nothing was changed. The vendor can lift the suspension: contact them."),
    ),
    "contract_ended": Words(
        gettext_noop("Your contract has ended"),
        gettext_noop("Nothing was changed. The vendor can sign a new one with you: contact them."),
    ),
    "contract_not_active": Words(
        gettext_noop("No contract is running"),
        gettext_noop("Nothing was changed. The vendor can sign one with you: contact them."),
    ),
    "plan_not_eligible": Words(
        gettext_noop("Seats are not bought here under your contract"),
        gettext_noop("Nothing was changed. Ask the vendor for more seats."),
    ),
    "body_too_large": Words(
        gettext_noop("That was too much at once"),
        gettext_noop("Nothing was changed. Send it in smaller parts."),
    ),
    "method_not_allowed": Words(
        gettext_noop("This address cannot be used this way"),
        gettext_noop("Start again from the console."),
    ),
    "too_many_requests": Words(
        gettext_noop("That was too much at once"),
        gettext_noop("Nothing was changed. Wait a moment, then reload the page."),
    ),
    "busy": Words(
        gettext_noop("Seatgate is busy"),
        gettext_noop("Nothing was changed. Wait a moment, then reload the page."),
    ),
    "clock_jumped": Words(
        gettext_noop("The server's clock is not right"),
        gettext_noop(
            "Nothing is sold or invoiced until the vendor has checked it. Nothing was changed."
        ),
    ),
    "internal_error": Words(
        gettext_noop("Something went wrong here"),
        gettext_noop("Nothing was changed. Tell the vendor this reference: %(reference)s"),
    ),
}

_OTHER = Words(
    gettext_noop("This could not be done"),
    gettext_noop("Nothing was changed. Go back, check it and try again."),
)


def said_to_stranger(code: str, status: int) -> Response:
    """Return the page of a failure for one who is not signed in."""
    words = WORDS[code]
    return render(
        "failure.html",
        status,
        title=gettext(words.title),
        advice=gettext(words.advice),
        signed_in=False,
    )


def failure_page(problem: Problem) -> Response:
    """Return the page of a failure.

    Where the server itself failed, the page asks the database nothing.
    """
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        g.setdefault("visit", None)
    words = WORDS.get(problem.code, _OTHER)
    reference = str(problem.facts.get("reference", ""))
    return render(
        "failure.html",
        problem.status,
        title=gettext(words.title),
        advice=gettext(words.advice, address=f"{public_url()}/console", reference=reference),
        signed_in=visit_or_none() is not None,
    )
