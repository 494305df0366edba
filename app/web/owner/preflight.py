"""Preflight: before people are provisioned, whether there are seats for them."""

from typing import Any

from flask import Request as FlaskRequest
from marshmallow import Schema, ValidationError, fields

from app.access.principal import Permission, Principal
from app.csv_text import read_rows
from app.errors import InvalidInput
from app.people.preflight import PEOPLE_MAX, check_people
from app.web.context import instant, requires
from app.web.fields import Integer, Request, Text
from app.web.openapi import Reader
from app.web.owner.foresight import EstimateSchema
from app.web.owner.surface import surface

CSV_TYPE = "text/csv"

#: What the first column may be called, should it be called anything.
_HEADERS = ("user_name", "username")


class PreflightRequestSchema(Request):
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


class _PeopleReader(Reader):
    """Reads people from JSON, or from the first column of a CSV."""

    def load_json(self, req: FlaskRequest, schema: Schema) -> Any:
        """Return the parsed body."""
        if req.mimetype != CSV_TYPE:
            return super().load_json(req, schema)
        return {"user_names": _people(_utf8(req.get_data()))}


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
@_PeopleReader().use_args(PreflightRequestSchema())
@surface.response(200, PreflightSchema)
def check_preflight(principal: Principal, body: dict[str, Any]) -> Any:
    """Tell who of these people has a seat, how many would be missing, and what those cost today.

    Nothing is changed. As CSV, the first column is read; a header that says user_name is left out.
    """
    return check_people(principal, body["user_names"], at=instant())


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput("body", f"Line {line} is not UTF-8. Save the file as UTF-8.") from None


def _people(text: str) -> list[str]:
    """Return the userNames in the first column.

    Raises:
        InvalidInput: a line is not CSV, or has no usable userName; the message names it.
    """
    rows = [(line, row[0]) for line, row in read_rows(text)]
    if rows and rows[0][1].strip().casefold() in _HEADERS:
        rows = rows[1:]
    return [_user_name(line, cell) for line, cell in rows]


def _user_name(line: int, cell: str) -> str:
    try:
        name: str = Text(required=True).deserialize(cell)
    except ValidationError as error:
        reason = "; ".join(map(str, error.messages))
        raise InvalidInput("body", f"Line {line} has no usable user_name: {reason}") from None
    return name
