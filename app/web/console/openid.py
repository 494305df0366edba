"""Signing in at the organization's own identity provider, by OpenID Connect."""

from flask import Response, request

from app.owners import openid
from app.owners.openid import Wanted
from app.owners.refusals import SignInOff, SignInRefused, TooManyAttempts
from app.web.browsers import cookie, drop_cookie, keep_session, set_cookie
from app.web.console.addresses import go_to, organization_in, path_of_console
from app.web.console.links import source_of_request, too_many
from app.web.console.rendering import render
from app.web.console.surface import blueprint
from app.web.console.ways import lead
from app.web.console.words import gettext
from app.web.context import instant, seatgate, sign_in_url

CALLBACK = "/console/sign-in/openid/answer"

_COOKIE = "seatgate_openid"
_FORBIDDEN = 403


@blueprint.get("/sign-in/openid")
def start_openid() -> Response:
    """Send the browser to the identity provider of the organization of `next`."""
    wanted = path_of_console(request.args.get("next"))
    origin = sign_in_url()
    if origin is None:
        return _off()
    try:
        started = openid.start_sign_in(
            organization_in(wanted) or "",
            Wanted(origin + CALLBACK, wanted),
            source=source_of_request(),
            at=instant(),
        )
    except TooManyAttempts as refusal:
        return too_many(refusal)
    except (SignInOff, SignInRefused):
        return _refused()
    response = go_to(started.url)
    set_cookie(response, _COOKIE, started.browser_secret)
    return response


@blueprint.get("/sign-in/openid/answer")
def finish_openid() -> Response:
    """Sign in by what the identity provider answered."""
    try:
        signed_in = openid.finish_sign_in(
            request.args,
            cookie(_COOKIE),
            sealer=seatgate().config.sealer,
            source=source_of_request(),
            at=instant(),
        )
    except TooManyAttempts as refusal:
        return too_many(refusal)
    except (SignInOff, SignInRefused):
        return _refused()
    response = lead(path_of_console(signed_in.next_path), signed_in.owner.organization_id)
    keep_session(response, signed_in.session.secret, until=signed_in.session.expires_at)
    drop_cookie(response, _COOKIE)
    return response


def _off() -> Response:
    return render(
        "failure.html",
        _FORBIDDEN,
        title=gettext("Your organization's sign-in is off here"),
        advice=gettext(
            "You are not signed in. The vendor has to set the address of this service "
            "(SEATGATE_PUBLIC_URL) first. Until then, sign in with a link."
        ),
        signed_in=False,
    )


def _refused() -> Response:
    response = render(
        "failure.html",
        _FORBIDDEN,
        title=gettext("Your organization's sign-in did not let you in"),
        advice=gettext(
            "You are not signed in. Try again, or sign in with a link. Only owners who are listed "
            "here can sign in, with the address that is listed."
        ),
        signed_in=False,
    )
    drop_cookie(response, _COOKIE)
    return response
