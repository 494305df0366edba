"""Identity mismatches: what logins say of people that the directory says otherwise."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.people import mismatches
from app.people.mismatches import REPAIRS, Kind
from app.web.context import requires
from app.web.fields import Choice, Instant, Integer, PageQuery, Text
from app.web.owner.surface import id_of, page, surface


class IdentityMismatchSchema(Schema):
    """One way in which logins contradict the directory about a user."""

    id = Text()
    user_id = Text()
    user_name = Text()
    kind = Choice(*Kind)
    denied = fields.Boolean(metadata={"description": "Whether the last login was refused for it."})
    attempts = Integer()
    first_seen_at = Instant()
    last_seen_at = Instant()
    state = Choice("open", "resolved")
    resolved_at = Instant(allow_none=True)
    repair = Text(metadata={"description": "What to do about it."})


class IdentityMismatchesSchema(Schema):
    """A page of identity mismatches, newest first."""

    identity_mismatches = fields.List(fields.Nested(IdentityMismatchSchema))
    next_cursor = Text(allow_none=True)


@surface.get("/identity-mismatches")
@requires(Permission.READ_PEOPLE)
@surface.arguments(PageQuery, location="query")
@surface.response(200, IdentityMismatchesSchema)
def list_identity_mismatches(context: Context, query: dict[str, Any]) -> Any:
    """List what logins say of people that the directory says otherwise, with its repair."""
    rows = mismatches.mismatches_of(
        context.organization_id, after=id_of("mis", query["cursor"]), limit=query["count"] + 1
    )
    listed = page("identity_mismatches", rows, query["count"], lambda row: row.id)
    shown = [_mismatch(row) for row in listed["identity_mismatches"]]
    return {**listed, "identity_mismatches": shown}


def _mismatch(row: Any) -> dict[str, Any]:
    return {
        **row.__data__,
        "user_name": row.user_name,
        "state": "open" if row.resolved_at is None else "resolved",
        "repair": REPAIRS[Kind(row.kind)],
    }
