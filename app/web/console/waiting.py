"""Waiting list: who waits for a seat, in the order in which seats are given."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing.overview import overview_of
from app.seats import waiting
from app.web.console.lists import SHEET, seen_last, sheet_of, time_zone_of
from app.web.console.refused import asked_by
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page


@blueprint.get("/<organization_id>/waiting")
@page(Permission.READ_PEOPLE)
def show_waiting(context: Context) -> Response:
    """List who waits, the next one first."""
    after = seen_last("dnl")
    rows = waiting.places_of(context.organization_id, after=after, limit=SHEET + 1)
    sheet = sheet_of(rows, "console.show_waiting", lambda row: str(row.id))
    return render(
        "waiting.html",
        sheet=sheet,
        begins_at=waiting.place_of(sheet.rows[0]) if after and sheet.rows else 1,
        overview=overview_of(context),
        asked_by=asked_by,
        dismisses=context.may(Permission.MANAGE_SEATS),
        time_zone=time_zone_of(context),
    )
