"""`/console/seats`: where a refusal sends its reader.

The page needs no login, for it says nothing about any organization: how seats are added, and who
adds them.
"""

from flask import Blueprint, render_template

from app.web.context import public_url

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


@blueprint.get("/seats")
def seats() -> str:
    """Explain how seats are added."""
    return render_template("seats.html", owner_url=f"{public_url()}/owner/v1")
