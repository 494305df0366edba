"""Signing in and out: the page with the ways to do it, and the way of an owner token."""

from flask import Response, request

from app.access.authentication import authenticate
from app.access.context import acting
from app.errors import NotAuthenticated, NotPermitted
from app.owners.attempts import Attempt, count_from
from app.owners.refusals import TooManyAttempts
from app.owners.sessions import begin_session, end_session
from app.web.browsers import forget_session, keep_session, session_secret
from app.web.console.addresses import go, path_of_console
from app.web.console.forms import Problems, check_form_token, check_sign_in_token, written
from app.web.console.links import source_of_request, too_many
from app.web.console.notes import leave_note
from app.web.console.surface import blueprint
from app.web.console.visits import visit_or_none
from app.web.console.ways import lead, sign_in_page
from app.web.console.words import gettext
from app.web.context import instant

_UNPROCESSABLE = 422


@blueprint.get("/sign-in")
def show_sign_in() -> Response:
    """Show the ways to sign in; one who is signed in goes on at once."""
    wanted = path_of_console(request.args.get("next"))
    if (visit := visit_or_none()) is not None:
        return lead(wanted, visit.context.organization_id)
    return sign_in_page(wanted, ended=_ended())


@blueprint.post("/sign-in/token")
def sign_in_with_token() -> Response:
    """Exchange an owner's token for a session, which ends with the token."""
    check_sign_in_token()
    wanted = path_of_console(written("next"))
    try:
        count_from(source_of_request(), Attempt.SIGN_IN, at=instant())
        principal = authenticate(written("token"), at=instant())
        begun = begin_session(acting(principal, at=instant()))
    except TooManyAttempts as refusal:
        return too_many(refusal)
    except NotAuthenticated:
        sentence = gettext(
            "This token is not valid: it was copied in part, has expired or was revoked. "
            "Copy it again, whole, or ask for a new one."
        )
    except NotPermitted:
        sentence = gettext("This token is for programs. Sign in with an owner's token.")
    else:
        response = lead(wanted, principal.organization_id)
        keep_session(response, begun.secret, until=begun.expires_at)
        return response
    return sign_in_page(wanted, Problems({"token": sentence}), _UNPROCESSABLE)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session."""
    check_form_token()
    if secret := session_secret():
        end_session(secret, at=instant())
    leave_note(gettext("You are signed out."))
    response = go("console.show_sign_in")
    forget_session(response)
    return response


def _ended() -> str:
    """Return what one reads who was signed in until now."""
    if "ended" not in request.args:
        return ""
    if "nothing_done" in request.args:
        return gettext(
            "Your session ended. Nothing was bought; sign in again, your request is waiting."
        )
    return gettext("Your session ended. Sign in again, and you are back where you were.")
