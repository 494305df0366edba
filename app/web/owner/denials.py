"""Denials: who was refused a seat."""

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from app.access.idempotency import Answer
from app.access.principal import Permission, Principal
from app.models import Want
from app.people import denials
from app.seats import refusals
from app.seats.wants import Reason
from app.web.context import instant, requires
from app.web.fields import Choice, Instant, Integer, PageQuery, Text
from app.web.owner.surface import IdempotencyHeader, answered, id_of, page, surface

DENIAL_STATES = ("open", "closed")


class DenialsQuery(PageQuery):
    """Which denials to list."""

    state = Choice(*DENIAL_STATES, load_default=None)


class DenialSchema(Schema):
    """A person refused for want of a seat."""

    id = Text()
    user_name = Text()
    reason = Choice(*Reason)
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
def list_denials(principal: Principal, query: dict[str, Any]) -> Any:
    """List who was refused for want of a seat."""
    rows = refusals.refusals_of(
        principal.organization_id,
        state=query["state"],
        after=id_of("dnl", query["cursor"]),
        limit=query["count"] + 1,
    )
    listed = page("denials", rows, query["count"], lambda row: row.id)
    return {**listed, "denials": [_denial(row) for row in listed["denials"]]}


@surface.post("/denials/<denial_id>/dismissal")
@requires(Permission.MANAGE_SEATS)
@surface.arguments(IdempotencyHeader, location="headers")
@surface.response(201, DenialSchema)
def dismiss_denial(principal: Principal, headers: dict[str, Any], denial_id: str) -> Response:
    """Say that a refused person shall wait no longer."""
    return answered(
        headers,
        lambda row: Answer(201, DenialSchema().dump(_denial(row))),
        lambda once: denials.dismiss_denial(principal, denial_id, once=once, at=instant()),
    )


def _denial(row: Want) -> dict[str, Any]:
    """Return a denial; once the person is erased, nothing says any more who asked."""
    state = "open" if row.closed_at is None else "closed"
    return {**row.__data__, "source": row.source, "provider": row.provider, "state": state}
