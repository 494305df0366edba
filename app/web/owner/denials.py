"""Denials: who was refused a seat."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.models import Want
from app.people import denials
from app.seats import refusals
from app.seats.wants import RefusalReason
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, PageQuery, Text
from app.web.owner.surface import id_of, once, page, surface

DENIAL_STATES = ("open", "closed")


class DenialsQuery(PageQuery):
    """Which denials to list."""

    state = Choice(*DENIAL_STATES, load_default=None)


class DenialSchema(Schema):
    """A person refused for want of a seat."""

    id = Text()
    user_name = Text()
    reason = Choice(*RefusalReason)
    source = Choice("scim", "sso", allow_none=True)
    provider = Text(allow_none=True)
    attempts = Integer()
    first_seen_at = Instant()
    last_seen_at = Instant()
    state = Choice(*DENIAL_STATES)
    closed_at = Instant(allow_none=True)
    closed_because = Text(allow_none=True)


class DenialsSchema(Schema):
    """A page of denials, newest first."""

    denials = fields.List(fields.Nested(DenialSchema))
    next_cursor = Text(allow_none=True)


@surface.get("/denials")
@requires(Permission.READ_PEOPLE)
@surface.arguments(DenialsQuery, location="query")
@surface.response(200, DenialsSchema)
def list_denials(context: Context, query: dict[str, Any]) -> Any:
    """List who was refused for want of a seat."""
    rows = refusals.refusals_of(
        context.organization_id,
        state=query["state"],
        after=id_of("dnl", query["cursor"]),
        limit=query["count"] + 1,
    )
    listed = page("denials", rows, query["count"], lambda row: row.id)
    return {**listed, "denials": [_denial(row) for row in listed["denials"]]}


@surface.post("/denials/<denial_id>/dismissal")
@requires(Permission.MANAGE_SEATS)
@once(DenialSchema, lambda _context, want: _denial(want))
def dismiss_denial(context: Context, denial_id: str) -> Want:
    """Say that a refused person shall wait no longer."""
    return denials.dismiss_denial(context, denial_id)


def _denial(row: Want) -> dict[str, Any]:
    """Return a denial; once the person is erased, nothing says any more who asked."""
    state = "open" if row.closed_at is None else "closed"
    return {**row.__data__, "source": row.source, "provider": row.provider, "state": state}
