"""Mail: what the organization's owners and billing contacts were sent, and what still waits."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.models import OutboxMessage
from app.outbox.listing import OF_THE_CUSTOMER, messages_of
from app.outbox.messages import Purpose, State
from app.web.context import requires, seatgate
from app.web.fields import Choice, Instant, Integer, PageQuery, Text
from app.web.owner.surface import id_of, page, surface


class MailQuery(PageQuery):
    """Which mail to list."""

    state = Choice(*State, load_default=None)


class MessageSchema(Schema):
    """One mail to one recipient."""

    id = Text()
    purpose = Choice(*Purpose)
    audience = Choice(*(audience.value for audience in OF_THE_CUSTOMER))
    owner_id = Text(allow_none=True, metadata={"description": "The owner it goes to."})
    address = Text(allow_none=True, metadata={"description": "The address, where it is no owner."})
    state = Choice(*State)
    attempts = Integer()
    next_attempt_at = Instant(allow_none=True)
    last_error = Text(
        allow_none=True,
        metadata={"description": "Why it was not sent the last time, or will not be."},
    )
    created_at = Instant()
    sent_at = Instant(allow_none=True)


class MailSchema(Schema):
    """A page of mail, newest first."""

    mail_is_on = fields.Boolean(
        metadata={"description": "Whether the vendor has set up mail; else all of it waits."}
    )
    messages = fields.List(fields.Nested(MessageSchema))
    next_cursor = Text(allow_none=True)


@surface.get("/mail")
@requires(Permission.READ_SETTINGS)
@surface.arguments(MailQuery, location="query")
@surface.response(200, MailSchema)
def list_mail(context: Context, query: dict[str, Any]) -> Any:
    """List the mail to owners and billing contacts with its state, newest first."""
    rows = messages_of(
        context.organization_id,
        audiences=OF_THE_CUSTOMER,
        state=State(query["state"]) if query["state"] else None,
        after=id_of("mail", query["cursor"]),
        limit=query["count"] + 1,
    )
    listed = page("messages", rows, query["count"], lambda row: row.id)
    on = seatgate().config.outgoing is not None
    return {**listed, "mail_is_on": on, "messages": [_message(row) for row in listed["messages"]]}


def _message(row: OutboxMessage) -> dict[str, Any]:
    waits = row.state == State.PENDING.value
    return {**row.__data__, "next_attempt_at": row.next_attempt_at if waits else None}
