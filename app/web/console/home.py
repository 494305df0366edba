"""Home: what needs doing now, else calm."""

from flask import Response

from app.access.context import Context
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page


@blueprint.get("/<organization_id>")
@page()
def show_home(context: Context) -> Response:
    """Show what needs doing now."""
    return render("home.html", context=context)
