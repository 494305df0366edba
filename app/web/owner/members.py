"""Seats between people: moving one, taking one back, and who waits for one."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from app.access.context import Context
from app.access.principal import Permission
from app.models import Reassignment, User, Want
from app.people import reassigning, waiting_list
from app.people.reassigning import Newcomer
from app.seats import waiting
from app.web.context import requires
from app.web.fields import Instant, PageQuery, Part, RequestSchema, Text
from app.web.owner.surface import id_of, once, page, surface

NOTICE = (
    "Take the person out of the application in your identity provider, too: "
    "it may activate them again."
)


class NewcomerSchema(RequestSchema):
    """A person who shall get the seat and may not be known yet."""

    user_name = Text(required=True)
    email = Text(load_default=None)


class ReassignmentRequestSchema(RequestSchema):
    """A user's seat that goes to another user, or to a newcomer."""

    from_user_id = Text(required=True)
    to_user_id = Text(load_default=None)
    to = Part(NewcomerSchema, load_default=None)

    @validates_schema
    def _one_of_both(self, data: dict[str, Any], **_kwargs: object) -> None:
        if (data["to_user_id"] is None) is (data["to"] is None):
            raise ValidationError("Send either to_user_id or to.", "to_user_id")


class ReassignmentSchema(Schema):
    """A seat that was moved."""

    id = Text()
    from_user_id = Text()
    to_user_id = Text()
    reassigned_at = Instant()
    notice = Text()


class ReleaseRequestSchema(RequestSchema):
    """The user who gives up a seat."""

    user_id = Text(required=True)


class ReleaseSchema(Schema):
    """A seat that was taken back."""

    user_id = Text()
    released_at = Instant()
    notice = Text()


class WaitingPlaceSchema(Schema):
    """A place on the waiting list."""

    id = Text()
    user_id = Text()
    user_name = Text()
    parked_at = Instant()


class WaitingListSchema(Schema):
    """A page of the waiting list, who comes next first."""

    waiting = fields.List(fields.Nested(WaitingPlaceSchema))
    next_cursor = Text(allow_none=True)


@surface.post("/reassignments")
@requires(Permission.MANAGE_SEATS)
@surface.arguments(ReassignmentRequestSchema)
@once(ReassignmentSchema, lambda _context, moved: _moved(moved))
def reassign_seat(context: Context, body: dict[str, Any]) -> Reassignment:
    """Move a seat from one person to another; this works when every seat is in use."""
    newcomer = body["to"]
    to = body["to_user_id"] if newcomer is None else Newcomer(**newcomer)
    return reassigning.reassign(context, body["from_user_id"], to)


@surface.post("/releases")
@requires(Permission.MANAGE_SEATS)
@surface.arguments(ReleaseRequestSchema)
@once(ReleaseSchema, lambda _context, user: _released(user))
def release_seat(context: Context, body: dict[str, Any]) -> User:
    """Take a person's seat back."""
    return reassigning.release_seat(context, body["user_id"])


@surface.get("/waiting")
@requires(Permission.READ_PEOPLE)
@surface.arguments(PageQuery, location="query")
@surface.response(200, WaitingListSchema)
def list_waiting(context: Context, query: dict[str, Any]) -> Any:
    """List who waits for a seat, in the order in which they will get one."""
    cursor = id_of("wtg", query["cursor"])
    rows = waiting.places_of(
        context.organization_id,
        after=None if cursor is None else cursor.replace("wtg_", "dnl_"),
        limit=query["count"] + 1,
    )
    return page("waiting", [_place(row) for row in rows], query["count"], lambda row: row["id"])


@surface.delete("/waiting/<user_id>")
@requires(Permission.MANAGE_SEATS)
@surface.response(204)
def remove_from_waiting(context: Context, user_id: str) -> None:
    """Take a person off the waiting list."""
    waiting_list.dismiss_waiter(context, user_id)


def _place(row: Want) -> dict[str, Any]:
    """Return a place on the waiting list, with an id that shows its kind."""
    return {**row.__data__, "id": row.id.replace("dnl_", "wtg_")}


def _moved(row: Reassignment) -> dict[str, Any]:
    return {**row.__data__, "notice": NOTICE}


def _released(user: User) -> dict[str, Any]:
    return {"user_id": user.id, "released_at": user.updated_at, "notice": NOTICE}
