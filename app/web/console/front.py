"""The front door: `/` and `/console` lead to Home, or to the page on which to sign in."""

from flask import Response

from app.web.console.addresses import go
from app.web.console.surface import blueprint
from app.web.console.visits import visit_or_none


def lead_to_console() -> Response:
    """Send a browser that asks for nothing to the console."""
    return go("console.show_front")


@blueprint.get("")
def show_front() -> Response:
    """Send to the organization of the session, or to sign in."""
    visit = visit_or_none()
    if visit is None:
        return go("console.show_sign_in")
    return go("console.show_home", organization_id=visit.context.organization_id)
