"""`/console/seats`: where a refusal leads its reader.

The page needs no login, for it says nothing about any organization: how seats are added, and by
which role.
"""

from flask import Blueprint, Response

from app.web.context import OWNER_PREFIX, public_url
from app.web.documents import rendered_page

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


@blueprint.get("/seats")
def seats() -> Response:
    """Explain how seats are added."""
    return rendered_page("seats.html", owner_url=public_url() + OWNER_PREFIX)
