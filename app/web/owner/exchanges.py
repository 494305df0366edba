"""What the identity provider asked and was answered, and when it last asked."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.exchanges import records
from app.exchanges.reading import Action, Outcome
from app.exchanges.records import Wanted
from app.exchanges.redaction import CUT
from app.exchanges.wording import describe
from app.i18n.languages import ENGLISH
from app.models import Exchange
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, PageQuery, Text
from app.web.owner.surface import id_of, page, surface


class ExchangesQuery(PageQuery):
    """Which exchanges to list."""

    person = Text(
        load_default=None,
        metadata={"description": "Only those about this person: a userName, or a user's id."},
    )
    status = Choice(*Outcome, load_default=None)


class ExchangeSchema(Schema):
    """One thing that an identity provider asked, with its answer."""

    id = Text()
    at = Instant()
    token_id = Text()
    provider = Text(allow_none=True)
    request_id = Text(allow_none=True)
    method = Text()
    path = Text()
    operation = Integer(
        allow_none=True, metadata={"description": "Which operation of a Bulk, counted from 0."}
    )
    action = Choice(*Action)
    status = Choice(*Outcome)
    http_status = Integer()
    code = Text(allow_none=True)
    purchased = Integer(allow_none=True)
    in_use = Integer(allow_none=True)
    user_id = Text(allow_none=True)
    user_name = Text(allow_none=True)
    description = Text(metadata={"description": "The exchange in plain words."})
    request = Text(
        allow_none=True,
        metadata={"description": "The body as JSON, without passwords, cut at 8 KiB."},
    )
    request_size = Integer(metadata={"description": "The size of the body, in bytes."})
    request_is_cut = fields.Boolean()
    answer = Text(allow_none=True)
    answer_size = Integer()
    answer_is_cut = fields.Boolean()


class ExchangesSchema(Schema):
    """A page of exchanges, newest first."""

    exchanges = fields.List(fields.Nested(ExchangeSchema))
    next_cursor = Text(allow_none=True)


class ContactSchema(Schema):
    """When the program that uses one token last asked."""

    token_id = Text()
    provider = Text(allow_none=True)
    first_at = Instant()
    last_at = Instant()
    refused_at = Instant(allow_none=True)
    refused_status = Integer(allow_none=True)
    refused_code = Text(allow_none=True)
    refused_id = Text(allow_none=True, metadata={"description": "The exchange, while it is kept."})


class ContactsSchema(Schema):
    """Every token that last asked, the last first."""

    contacts = fields.List(fields.Nested(ContactSchema))


@surface.get("/exchanges")
@requires(Permission.READ_PEOPLE)
@surface.arguments(ExchangesQuery, location="query")
@surface.response(200, ExchangesSchema)
def list_exchanges(context: Context, query: dict[str, Any]) -> Any:
    """List what the identity provider asked and was answered: writes and refusals of 30 days."""
    status = query["status"]
    rows = records.exchanges_of(
        context.organization_id,
        Wanted(query["person"], None if status is None else Outcome(status)),
        after=id_of("exc", query["cursor"]),
        limit=query["count"] + 1,
    )
    listed = page("exchanges", rows, query["count"], lambda row: row.id)
    return {**listed, "exchanges": [_exchange(row) for row in listed["exchanges"]]}


@surface.get("/directory-contacts")
@requires(Permission.READ_PEOPLE)
@surface.response(200, ContactsSchema)
def list_contacts(context: Context) -> Any:
    """Show when each token of the directory last asked first and last, and its last refusal."""
    return {"contacts": records.contacts_of(context.organization_id)}


def _exchange(row: Exchange) -> dict[str, Any]:
    return {
        **row.__data__,
        "status": row.outcome,
        "http_status": row.status,
        "description": describe(row, ENGLISH),
        "request_is_cut": (row.request or "").endswith(CUT),
        "answer_is_cut": (row.answer or "").endswith(CUT),
    }
