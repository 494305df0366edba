"""Signing in at the organization's own identity provider, by OpenID Connect."""

from flask import Response, request

from app.owners import openid
from app.owners.openid import Wanted
from app.owners.refusals import Shut, SignInOff, SignInRefused, TooManyAttempts
from app.web.browsers import cookie, drop_cookie, keep_session, set_cookie
from app.web.console.addresses import go_to, organization_in, path_of_console
from app.web.console.links import source_of_request, too_many
from app.web.console.rendering import render
from app.web.console.surface import blueprint
from app.web.console.ways import lead
from app.web.console.words import gettext, gettext_noop
from app.web.context import instant, seatgate, sign_in_url

CALLBACK = "/console/sign-in/openid/answer"

_COOKIE = "seatgate_openid"
_FORBIDDEN = 403

#: What one reads who is known to the identity provider, and not let in here.
_SHUT = {
    Shut.NO_OWNER: gettext_noop(
        "You are not signed in. %(address)s is not among this organization's owners. Ask a "
        "primary owner to add it, or sign in with the address that is listed."
    ),
    Shut.NOT_VERIFIED: gettext_noop(
        "You are not signed in. Your identity provider does not say that your address is "
        "verified (email_verified). Ask its administrator, or sign in with a link."
    ),
    Shut.OTHER_LOGIN: gettext_noop(
        "You are not signed in. Your address is bound to another login of your identity "
        "provider. Ask a primary owner to remove you and to add you again."
    ),
    Shut.LEFT: gettext_noop(
        "You are not signed in. Your user was deactivated in the directory. Ask a primary owner."
    ),
}


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
        return _failed(wanted)
    response = go_to(started.url)
    set_cookie(response, _COOKIE, started.browser_secret)
    return response


@blueprint.get("/sign-in/openid/answer")
def finish_openid() -> Response:
    """Sign in by what the identity provider answered."""
    wanted = path_of_console(openid.wanted_by(cookie(_COOKIE)))
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
    except SignInOff:
        return _failed(wanted)
    except SignInRefused as refusal:
        return _shut_out(refusal.shut, refusal.address, wanted) if refusal.shut else _failed(wanted)
    response = lead(wanted, signed_in.owner.organization_id)
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


def _failed(wanted: str | None) -> Response:
    """Say that this sign-in failed, and that another may not."""
    advice = gettext("You are not signed in. Try again, or sign in with a link.")
    return _no_entry(gettext("Your organization's sign-in did not let you in"), advice, wanted)


def _shut_out(shut: Shut, address: str, wanted: str | None) -> Response:
    """Say why the person who signed in at the identity provider is not let in."""
    title = (
        gettext("You are not listed as an owner")
        if shut is Shut.NO_OWNER
        else gettext("Your organization's sign-in did not let you in")
    )
    return _no_entry(title, gettext(_SHUT[shut], address=address), wanted)


def _no_entry(title: str, advice: str, wanted: str | None) -> Response:
    response = render(
        "failure.html", _FORBIDDEN, title=title, advice=advice, signed_in=False, wanted=wanted
    )
    drop_cookie(response, _COOKIE)
    return response
