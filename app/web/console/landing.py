"""Where a refusal's link leads those who are not signed in: what it means, and what to do.

The page says nothing about any organization, not even whether there is one under the id.
"""

from flask import Response, g

from app.web.console.addresses import go, href
from app.web.console.rendering import render
from app.web.console.surface import blueprint
from app.web.console.visits import visit_or_none
from app.web.console.ways import mail_is_on
from app.web.console.words import gettext
from app.web.context import public_url


def show_landing() -> Response:
    """Explain a refusal to a reader who is not signed in."""
    organization_id: str | None = g.get("addressed")
    wanted = None if organization_id is None else f"/console/{organization_id}/seats"
    link = public_url() + (wanted or "/console/seats")
    message = gettext(
        "People of our organization could not be given access, and its seats may all be in use. "
        "Please look at %(link)s and add seats there. They can be used at once.",
        link=link,
    )
    return render(
        "landing.html",
        names_organization=wanted is not None,
        wanted=wanted,
        message=message,
        sign_in=href("console.show_sign_in", next=wanted),
        mail=mail_is_on(),
    )


@blueprint.get("/seats")
def show_refusal() -> Response:
    """Explain a refusal whose link names no organization, and ask for an address.

    One who is signed in is led to their own seats.
    """
    if (visit := visit_or_none()) is not None:
        return go("console.show_seats", organization_id=visit.context.organization_id)
    return show_landing()
