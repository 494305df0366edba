"""Signing in by a mailed link, or by its code on another device.

To look at a link's page does not use the link up: scanners of mail look at every link.
"""

from flask import Response, request

from app.errors import NotAuthenticated
from app.organizations.settings import find_organization
from app.owners import links, signing_in
from app.owners.links import Purpose
from app.owners.refusals import LinkEnded, TooManyAttempts
from app.owners.signing_in import SignedIn
from app.web.browsers import keep_session
from app.web.console.addresses import go, organization_in, path_of_console
from app.web.console.failures import said_to_stranger
from app.web.console.forms import Problems, check_sign_in_token, written
from app.web.console.rendering import render
from app.web.console.surface import blueprint
from app.web.console.visits import visit_or_none
from app.web.console.ways import lead, sign_in_page
from app.web.console.words import gettext
from app.web.context import instant
from app.web.errors import retry_headers

_UNPROCESSABLE = 422
_GONE = 410
_TOO_MANY = 429


@blueprint.get("/sign-in/<secret>")
def show_link(secret: str) -> Response:
    """Say who signs in where by a link; its button does it."""
    try:
        found = links.find_link(secret, at=instant())
    except LinkEnded:
        return _ended()
    organization = find_organization(found.owner.organization_id)
    return render(
        "link.html",
        organization=organization.name,
        person=found.owner.name,
        accepts=found.purpose is Purpose.ACCEPT_OWNERSHIP,
        wanted=path_of_console(request.args.get("next")),
    )


@blueprint.post("/sign-in/<secret>")
def use_link(secret: str) -> Response:
    """Use a link up, and sign its owner in."""
    check_sign_in_token()
    try:
        signed_in = signing_in.use_link(secret, source=source_of_request(), at=instant())
    except LinkEnded:
        # The button was pressed twice, and the first press has signed in.
        return _ended() if visit_or_none() is None else go("console.show_front")
    except TooManyAttempts as refusal:
        return too_many(refusal)
    return _welcome(signed_in)


@blueprint.post("/sign-in/code")
def sign_in_with_code() -> Response:
    """Sign in with the code of a link that was mailed to another device."""
    check_sign_in_token()
    wanted = path_of_console(written("next"))
    try:
        signed_in = signing_in.use_code(
            written("address"),
            written("code"),
            organization_id=organization_in(wanted),
            source=source_of_request(),
            at=instant(),
        )
    except NotAuthenticated:
        sentence = gettext(
            "The code is not right, or its link has ended. Check the digits, or ask for a new link."
        )
        return _sent(wanted, Problems({"code": sentence}), _UNPROCESSABLE)
    except TooManyAttempts as refusal:
        return too_many(refusal)
    return _welcome(signed_in)


@blueprint.post("/sign-in/link")
def send_link() -> Response:
    """Have a link mailed. The answer is the same for every address."""
    check_sign_in_token()
    wanted, address = path_of_console(written("next")), written("address")
    if "@" not in address.strip("@"):
        sentence = gettext("Enter your e-mail address, such as name@example.com.")
        return sign_in_page(wanted, Problems({"address": sentence}), _UNPROCESSABLE)
    try:
        signing_in.request_link(
            address,
            organization_id=organization_in(wanted),
            source=source_of_request(),
            at=instant(),
        )
    except TooManyAttempts as refusal:
        return too_many(refusal)
    return _sent(wanted, Problems())


def _sent(wanted: str | None, problems: Problems, status: int = 200) -> Response:
    """Say that a link is on its way if the address is an owner's, and ask for its code."""
    return render(
        "link_sent.html", status, problems=problems, wanted=wanted, address=written("address")
    )


def _welcome(signed_in: SignedIn) -> Response:
    organization_id = signed_in.owner.organization_id
    response = lead(path_of_console(written("next")), organization_id)
    if signed_in.purpose is Purpose.ACCEPT_OWNERSHIP:
        response = go("console.show_ownership", organization_id=organization_id)
    keep_session(response, signed_in.session.secret, until=signed_in.session.expires_at)
    return response


def _ended() -> Response:
    return said_to_stranger("link_ended", _GONE)


def too_many(refusal: TooManyAttempts) -> Response:
    """Return the page for one who tried too often."""
    response = said_to_stranger(refusal.code, _TOO_MANY)
    response.headers.update(retry_headers(refusal))
    return response


def source_of_request() -> str:
    """Return the network address of the client."""
    return request.remote_addr or ""
