"""The page with the ways to sign in, and where each of them leads."""

from flask import Response

from app.owners.openid_providers import provider_of
from app.web.console.addresses import go_to, href, organization_in, public_path
from app.web.console.forms import Problems, written
from app.web.console.rendering import render
from app.web.context import seatgate, sign_in_url


def sign_in_page(
    wanted: str | None, problems: Problems | None = None, status: int = 200, *, ended: str = ""
) -> Response:
    """Return the page with the ways to sign in, which lead to `wanted`."""
    return render(
        "sign_in.html",
        status,
        wanted=wanted,
        problems=problems or Problems(),
        ended=ended,
        mail=mail_is_on(),
        address=written("address"),
        openid=address_of_openid(wanted),
    )


def lead(wanted: str | None, organization_id: str) -> Response:
    """Send a person who has signed in to where they were, or Home."""
    if wanted is not None:
        return go_to(public_path(wanted))
    return go_to(href("console.show_home", organization_id=organization_id))


def mail_is_on() -> bool:
    """Return whether links can be mailed."""
    return seatgate().config.mail_is_off is None


def address_of_openid(wanted: str | None) -> str | None:
    """Return where one signs in by OpenID Connect, if the organization has set that up."""
    config = seatgate().config
    organization_id = organization_in(wanted)
    if not config.secret_key_file or organization_id is None or sign_in_url() is None:
        return None
    if provider_of(organization_id) is None:
        return None
    return href("console.start_openid", next=wanted)
