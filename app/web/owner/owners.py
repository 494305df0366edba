"""The organization's owners."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import OWNER_ROLES, Permission
from app.models import Owner
from app.owners import membership, roster
from app.owners.membership import NewOwner
from app.web.context import requires
from app.web.fields import Choice, Instant, Request, Text
from app.web.owner.surface import once, surface


class OwnerRequestSchema(Request):
    """A person who shall be an owner."""

    address = Text(required=True, metadata={"description": "Their e-mail address."})
    name = Text(required=True)
    role = Choice(*OWNER_ROLES, required=True)
    language = Text(load_default=None, metadata={"description": "The language that they chose."})
    user_id = Text(
        load_default=None,
        metadata={
            "description": "The SCIM user that they are: while that one is inactive, they are shut "
            "out."
        },
    )


class OwnerSchema(Schema):
    """An owner."""

    id = Text()
    address = Text()
    name = Text()
    role = Text()
    language = Text(allow_none=True)
    user_id = Text(allow_none=True)
    shut_out = fields.Boolean(
        metadata={"description": "Whether the user that they name is inactive."}
    )
    added_at = Instant()


class OwnersSchema(Schema):
    """The organization's owners, in the order in which they were added."""

    owners = fields.List(fields.Nested(OwnerSchema))


@surface.get("/owners")
@requires(Permission.READ_PEOPLE)
@surface.response(200, OwnersSchema)
def list_owners(context: Context) -> Any:
    """List the owners."""
    return {"owners": roster.owners_of(context.organization_id)}


@surface.post("/owners")
@requires(Permission.MANAGE_OWNERS)
@surface.arguments(OwnerRequestSchema)
@once(OwnerSchema)
def add_owner(context: Context, body: dict[str, Any]) -> Owner:
    """Make a person an owner, of a role that is not above the caller's own."""
    return membership.add_owner(context, NewOwner(**body))


@surface.delete("/owners/<owner_id>")
@requires(Permission.MANAGE_OWNERS)
@surface.response(204)
def remove_owner(context: Context, owner_id: str) -> None:
    """Remove an owner, and end their sessions and links at once."""
    membership.remove_owner(context, owner_id)
