"""Alerts: seats that run short."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.models import Alert
from app.seats.watching import alerts
from app.seats.watching.thresholds import AlertKind, AlertState
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, PageQuery, PeriodQuery, Text, period_of
from app.web.owner.surface import id_of, page, surface


class AlertsQuery(PageQuery, PeriodQuery):
    """Which alerts to list, by when they were raised."""

    state = Choice(*AlertState, load_default=None)


class AlertSchema(Schema):
    """One crossing of a threshold."""

    id = Text()
    kind = Choice(*AlertKind)
    state = Choice(*AlertState)
    threshold = Integer(metadata={"description": "At how many available seats it is raised."})
    available = Integer(metadata={"description": "How many were available at that moment."})
    sequence = Integer(metadata={"description": "The last ledger entry of that moment."})
    raised_at = Instant()
    cleared_at = Instant(allow_none=True)


class AlertsSchema(Schema):
    """A page of alerts, newest first."""

    alerts = fields.List(fields.Nested(AlertSchema))
    next_cursor = Text(allow_none=True)


@surface.get("/alerts")
@requires(Permission.READ_BILLING)
@surface.arguments(AlertsQuery, location="query")
@surface.response(200, AlertsSchema)
def list_alerts(context: Context, query: dict[str, Any]) -> Any:
    """List when seats ran short; those that were not cleared still do."""
    alerts.update_alerts(context.organization_id, at=context.at)
    rows = alerts.alerts_of(
        context.organization_id,
        state=AlertState(query["state"]) if query["state"] else None,
        period=period_of(query),
        after=id_of("alr", query["cursor"]),
        limit=query["count"] + 1,
    )
    listed = page("alerts", rows, query["count"], lambda row: row.id)
    return {**listed, "alerts": [_alert(row) for row in listed["alerts"]]}


def _alert(row: Alert) -> dict[str, Any]:
    state = AlertState.RAISED if row.cleared_at is None else AlertState.CLEARED
    return {**row.__data__, "state": state.value}
