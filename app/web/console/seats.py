"""Seats: how many are in use, kept and free, how that came about, and who has none."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.web.console.landing import show_landing
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page


@blueprint.get("/<organization_id>/seats")
@page(Permission.READ_SEATS, stranger=show_landing)
def show_seats(context: Context) -> Response:
    """Show the seats of the organization; strangers read what a refusal means."""
    return render("seats.html", context=context)
