"""Failures as pages: what happened, whether anything was done, and what to do next."""

from dataclasses import dataclass

from flask import Response

from app.web.console.rendering import render
from app.web.console.visits import visit_or_none
from app.web.console.words import N_, gettext
from app.web.context import public_url
from app.web.errors import Problem


@dataclass(frozen=True)
class Words:
    """The heading of a failure, and what to do about it."""

    title: str
    advice: str


_NOT_ALLOWED = Words(
    N_("You may not do this"),
    N_("Your role does not allow it. Ask a primary owner of your organization."),
)

#: By the code of the problem.
_WORDS = {
    "not_found": Words(
        N_("There is nothing at this address"),
        N_("Check the address. What it names may be gone, or belong to another organization."),
    ),
    "not_authenticated": Words(
        N_("Sign in first"), N_("Your session has ended, or you were not signed in here.")
    ),
    "not_permitted": _NOT_ALLOWED,
    "primary_owner_required": _NOT_ALLOWED,
    "form_expired": Words(
        N_("This form is out of date"),
        N_("Nothing was changed. Go back, reload the page and send the form again."),
    ),
    "misdirected": Words(
        N_("The console has another address"), N_("Open it at %(address)s and sign in there.")
    ),
    "invalid_input": Words(
        N_("This cannot be used"), N_("Nothing was changed. Go back and check what you entered.")
    ),
    "organization_suspended": Words(
        N_("Your organization is suspended"),
        N_("Nothing was changed. The vendor can lift the suspension: contact them."),
    ),
    "contract_ended": Words(
        N_("Your contract has ended"),
        N_("Nothing was changed. The vendor can sign a new one with you: contact them."),
    ),
    "contract_not_active": Words(
        N_("No contract is running"),
        N_("Nothing was changed. The vendor can sign one with you: contact them."),
    ),
    "plan_not_eligible": Words(
        N_("Seats are not bought here under your contract"),
        N_("Nothing was changed. Ask the vendor for more seats."),
    ),
    "body_too_large": Words(
        N_("That was too much at once"), N_("Nothing was changed. Send it in smaller parts.")
    ),
    "method_not_allowed": Words(
        N_("This address cannot be used this way"), N_("Start again from the console.")
    ),
    "busy": Words(
        N_("Seatgate is busy"), N_("Nothing was changed. Wait a moment, then reload the page.")
    ),
    "clock_jumped": Words(
        N_("The server's clock is not right"),
        N_("Nothing is sold or invoiced until the vendor has checked it. Nothing was changed."),
    ),
    "internal_error": Words(
        N_("Something went wrong here"),
        N_("Nothing was changed. Tell the vendor this reference: %(reference)s"),
    ),
}

_OTHER = Words(
    N_("This could not be done"), N_("Nothing was changed. Go back, check it and try again.")
)


def failure_page(problem: Problem) -> Response:
    """Return the page of a failure."""
    words = _WORDS.get(problem.code, _OTHER)
    reference = str(problem.facts.get("reference", ""))
    return render(
        "failure.html",
        problem.status,
        title=gettext(words.title),
        advice=gettext(words.advice, address=f"{public_url()}/console", reference=reference),
        signed_in=visit_or_none() is not None,
    )
