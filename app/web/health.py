"""Whether this process can serve, for load balancers and supervisors.

`/live` says that the process answers, `/health` that its database does, and `/ready` that the clock
can be trusted, too.
"""

from flask import Blueprint, Response

from app.billing import timekeeping
from app.db.connections import database
from app.errors import ClockJumped
from app.web.context import seatgate
from app.web.responses import json_response

blueprint = Blueprint("health", __name__)

#: Where a process says that it lives. It asks the database nothing.
LIVE = "/live"

#: What load balancers ask every few seconds, and how long that may take.
ASKED_OFTEN = frozenset({"/health", "/ready"})
SECONDS = 5


@blueprint.get(LIVE)
def live() -> Response:
    """Say that the process answers."""
    return json_response({"status": "ok"})


@blueprint.get("/health")
def health() -> Response:
    """Say that the database answers; where it does not, the request fails like any other."""
    database.execute_sql("SELECT 1")
    return json_response({"status": "ok"})


@blueprint.get("/ready")
def ready() -> Response:
    """Say that everything can be done; a jump of the clock stops renewals and invoices.

    Raises:
        ClockJumped: it jumped, and that was not accepted yet.
    """
    jump = timekeeping.look(seatgate().watch)
    if jump is not None:
        raise ClockJumped(
            f"The clock jumped by {jump.ahead_seconds} seconds, so nothing is renewed or invoiced. "
            "Set it right, then run `seatgate clock accept`.",
            ahead_seconds=jump.ahead_seconds,
        )
    return json_response({"status": "ok"})
