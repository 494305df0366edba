"""Audit events: who changed what."""

from typing import Any

from marshmallow import Schema, fields

from app.access import trail
from app.access.context import Context
from app.access.principal import Permission
from app.web.context import requires
from app.web.fields import Instant, PageQuery, PeriodQuery, Text, period_of
from app.web.owner.surface import id_of, page, surface


class AuditEventsQuery(PageQuery, PeriodQuery):
    """Which events to list."""

    subject_id = Text(
        load_default=None, metadata={"description": "Only those of this user, group, token…"}
    )


class AuditEventSchema(Schema):
    """One change. It holds ids, states and figures, never names or addresses of people."""

    id = Text()
    at = Instant()
    kind = Text(metadata={"description": "What was changed and how, such as user.created."})
    subject_id = Text()
    actor = Text()
    role = Text()
    provider = Text(allow_none=True)
    request_id = Text(
        allow_none=True, metadata={"description": "The X-Request-Id of the request's answer."}
    )
    before = fields.Dict()
    after = fields.Dict()


class AuditEventsSchema(Schema):
    """A page of audit events, newest first."""

    audit_events = fields.List(fields.Nested(AuditEventSchema))
    next_cursor = Text(allow_none=True)


@surface.get("/audit-events")
@requires(Permission.READ_SETTINGS)
@surface.arguments(AuditEventsQuery, location="query")
@surface.response(200, AuditEventsSchema)
def list_audit_events(context: Context, query: dict[str, Any]) -> Any:
    """List who changed what, newest first."""
    rows = trail.events_of(
        context.organization_id,
        subject_id=query["subject_id"],
        period=period_of(query),
        after=id_of("evt", query["cursor"]),
        limit=query["count"] + 1,
    )
    return page("audit_events", rows, query["count"], lambda row: row.id)
