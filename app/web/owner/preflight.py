"""Preflight: before people are provisioned, whether there are seats for them."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.people.name_lists import people_in
from app.people.preflight import PEOPLE_MAX, check_people
from app.web.arguments import reads
from app.web.context import requires
from app.web.current import current_request
from app.web.fields import Integer, RequestSchema, Text
from app.web.owner.forecast import EstimateSchema
from app.web.owner.surface import surface
from app.web.responses import json_body

CSV_TYPE = "text/csv"
TABLE_TYPES = frozenset({CSV_TYPE, "text/tab-separated-values"})


class PreflightRequestSchema(RequestSchema):
    """Who is about to be provisioned."""

    user_names = fields.List(
        Text(required=True),
        required=True,
        metadata={"description": f"At most {PEOPLE_MAX:,} userNames.", "maxItems": PEOPLE_MAX},
        error_messages={
            "required": "This field is required.",
            "null": "This field needs a value.",
            "invalid": "Send an array of userNames.",
        },
    )


class PreflightSchema(Schema):
    """What would happen."""

    seated = fields.List(Text(), metadata={"description": "Who holds a seat already."})
    inactive = fields.List(Text(), metadata={"description": "Who is known and holds none."})
    not_known = fields.List(
        Text(),
        attribute="unknown",
        data_key="unknown",
        metadata={"description": "Who would be new."},
    )
    held = Integer(metadata={"description": "For how many of those a seat is held."})
    available = Integer()
    missing = Integer(metadata={"description": "Seats to buy before all of them can be seated."})
    cost_today = fields.Nested(EstimateSchema, attribute="estimate", allow_none=True)


def _people() -> Any:
    """Return the body: JSON, or a table whose column that names people is read."""
    sent = current_request()
    if sent.mimetype in TABLE_TYPES:
        return {"user_names": people_in(sent.get_data())}
    return json_body()


@surface.post("/preflight")
@requires(Permission.READ_PEOPLE)
@surface.doc(
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": PreflightRequestSchema},
            CSV_TYPE: {
                "schema": {"type": "string"},
                "example": "user_name\r\nalice@example.com\r\n",
            },
        },
    }
)
@reads(PreflightRequestSchema(), _people)
@surface.response(200, PreflightSchema)
def check_preflight(context: Context, body: dict[str, Any]) -> Any:
    """Tell who of these people has a seat, how many would be missing, and what those cost today.

    Nothing is changed. In a table the column is found by its heading, such as userName, upn, login
    or e-mail; without headings, a list of userNames or the first column of addresses is read.
    """
    return check_people(context, body["user_names"])
