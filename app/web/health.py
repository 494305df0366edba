"""`/health`: whether this process can serve, for load balancers and supervisors."""

from flask import Blueprint, Response

from app.db.connections import database
from app.web.responses import json_response

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def health() -> Response:
    """Say that the database answers; where it does not, the request fails like any other."""
    database.execute_sql("SELECT 1")
    return json_response({"status": "ok"})
