"""The organization's owners."""

from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import OWNER_ROLES, Permission
from app.models import Owner, OwnershipOffer
from app.owners import handing_over, membership, roster
from app.owners.handing_over import Successor
from app.owners.membership import NewOwner, OwnerChanges
from app.web.context import requires
from app.web.fields import Choice, Instant, RequestSchema, Text
from app.web.owner.surface import once, surface


class OwnerRequestSchema(RequestSchema):
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


class OwnerChangesSchema(RequestSchema):
    """What to change of an owner; what is left out stays as it is."""

    name = Text()
    role = Choice(*OWNER_ROLES, metadata={"description": "It ends the owner's sessions."})
    language = Text(
        allow_none=True, metadata={"description": "The language that they chose; null is none."}
    )
    user_id = Text(
        allow_none=True, metadata={"description": "The SCIM user that they are; null is none."}
    )


class SuccessorSchema(RequestSchema):
    """The person who shall be a primary owner."""

    address = Text(required=True, metadata={"description": "Their e-mail address."})
    name = Text(
        load_default=None, metadata={"description": "Required of a person who is no owner yet."}
    )


class OfferSchema(Schema):
    """The ownership, as it is offered to a person who has not accepted yet."""

    id = Text()
    from_owner_id = Text()
    to_owner_id = Text()
    offered_at = Instant()
    expires_at = Instant(metadata={"description": "Until then the person can accept."})


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


@surface.patch("/owners/<owner_id>")
@requires(Permission.MANAGE_OWNERS)
@surface.arguments(OwnerChangesSchema)
@surface.response(200, OwnerSchema)
def change_owner(context: Context, body: dict[str, Any], owner_id: str) -> Owner:
    """Change an owner; a role that is not above the caller's own, which ends their sessions."""
    given = {name: "" if value is None else value for name, value in body.items()}
    changed = membership.change_owner(context, owner_id, OwnerChanges(**given))
    changed.shut_out = roster.has_left(changed)
    return changed


@surface.get("/owners/<owner_id>/transfer")
@requires(Permission.READ_PEOPLE)
@surface.response(200, OfferSchema)
def show_transfer(context: Context, owner_id: str) -> OwnershipOffer:
    """Show to which person a primary owner hands over, until that one has accepted."""
    return handing_over.offer_of(context.organization_id, owner_id)


@surface.post("/owners/<owner_id>/transfer")
@requires(Permission.MANAGE_OWNERS)
@surface.arguments(SuccessorSchema)
@once(OfferSchema)
def transfer_ownership(context: Context, body: dict[str, Any], owner_id: str) -> OwnershipOffer:
    """Hand a primary owner's ownership over to a person, who is mailed and accepts by a link."""
    return handing_over.offer_ownership(context, owner_id, Successor(**body))


@surface.delete("/owners/<owner_id>/transfer")
@requires(Permission.MANAGE_OWNERS)
@surface.response(204)
def withdraw_transfer(context: Context, owner_id: str) -> None:
    """Withdraw the offer of a primary owner's ownership, and end its links."""
    handing_over.withdraw_ownership(context, owner_id)


@surface.delete("/owners/<owner_id>")
@requires(Permission.MANAGE_OWNERS)
@surface.response(204)
def remove_owner(context: Context, owner_id: str) -> None:
    """Remove an owner, and end their sessions and links at once."""
    membership.remove_owner(context, owner_id)
