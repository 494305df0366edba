"""Adding owners, changing them and removing them."""

from dataclasses import dataclass

from peewee import IntegrityError

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Permission, Role
from app.access.trail import Change
from app.db.sql import violates
from app.errors import AlreadyExists, NotPermitted
from app.identifiers import new_id
from app.models import Owner
from app.owners import access, roster
from app.owners.refusals import LastPrimaryOwner
from scim.folding import fold


@dataclass(frozen=True, kw_only=True)
class NewOwner:
    """A person who shall be an owner, as given."""

    address: str
    name: str
    role: str
    language: str | None = None
    #: The id of the SCIM user that this person is.
    user_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class OwnerChanges:
    """What to change of an owner; None leaves a thing as it is, "" takes it away."""

    name: str | None = None
    role: str | None = None
    language: str | None = None
    user_id: str | None = None


@use_case()
def add_owner(context: Context, wanted: NewOwner) -> Owner:
    """Make a person an owner of the caller's organization.

    Raises:
        NotPermitted: the caller may not manage owners, or the role is above their own.
        NotFound: there is no such organization.
        InvalidInput: a value cannot be used.
        AlreadyExists: an owner has the address.
    """
    context.require(Permission.MANAGE_OWNERS)
    roster.lock_roster(context.organization_id)
    return insert_owner(context, wanted)


def insert_owner(context: Context, wanted: NewOwner) -> Owner:
    """Store a new owner. Call inside a transaction, with the roster locked. As `add_owner`."""
    role = roster.parse_owner_role(wanted.role)
    check_may_give(context, role)
    address = roster.parse_address(wanted.address)
    try:
        owner: Owner = Owner.create(
            organization_id=context.organization_id,
            id=new_id("own", context.at),
            address=address,
            address_key=fold(address),
            name=roster.parse_owner_name(wanted.name),
            role=role.value,
            language=roster.parse_owner_language(wanted.language),
            user_id=roster.parse_user_id(context.organization_id, wanted.user_id),
            added_at=context.at,
        )
    except IntegrityError as error:
        if not violates(error, "owner_address", ("owner.organization_id", "owner.address_key")):
            raise
        raise AlreadyExists(f"{address} is an owner already.") from None
    facts = {"role": owner.role, "user_id": owner.user_id}
    trail.record(context, Change("owner.added", owner.id, after=facts))
    return owner


@use_case()
def change_owner(context: Context, owner_id: str, changes: OwnerChanges) -> Owner:
    """Change an owner. A new role ends the sessions and links that came from the old one.

    Raises:
        NotPermitted: the caller may not manage owners, or a role is above their own.
        NotFound: the organization has no such owner.
        InvalidInput: a value cannot be used.
        LastPrimaryOwner: no other owner would be left to manage owners.
    """
    context.require(Permission.MANAGE_OWNERS)
    roster.lock_roster(context.organization_id)
    owner = roster.lock_owner(context.organization_id, owner_id)
    before = {"role": owner.role, "user_id": owner.user_id, "language": owner.language}
    if changes.name is not None:
        owner.name = roster.parse_owner_name(changes.name)
    if changes.language is not None:
        owner.language = roster.parse_owner_language(changes.language or None)
    if changes.user_id is not None:
        owner.user_id = roster.parse_user_id(context.organization_id, changes.user_id or None)
    if changes.role is not None:
        change_role(context, owner, roster.parse_owner_role(changes.role))
    attributes = sorted(field.name for field in owner.dirty_fields)
    owner.save()
    after = {name: getattr(owner, name) for name in before}
    changed = [name for name in before if before[name] != after[name]]
    if attributes:
        was, now = ({name: facts[name] for name in changed} for facts in (before, after))
        change = Change("owner.changed", owner.id, was, {"attributes": attributes, **now})
        trail.record(context, change)
    return owner


def change_role(context: Context, owner: Owner, role: Role) -> None:
    """Give an owner another role, unsaved. Call inside a transaction, with the roster locked."""
    if owner.role == role.value:
        return
    check_may_give(context, role)
    check_may_give(context, Role(owner.role))
    check_not_last(owner)
    owner.role = role.value
    access.end_all(owner, "role_changed", at=context.at)


@use_case()
def remove_owner(context: Context, owner_id: str) -> Owner:
    """Remove an owner, and end their sessions and links at once.

    Raises:
        NotPermitted: the caller may not manage owners, or the owner's role is above their own.
        NotFound: the organization has no such owner.
        LastPrimaryOwner: no other owner would be left to manage owners.
    """
    context.require(Permission.MANAGE_OWNERS)
    roster.lock_roster(context.organization_id)
    owner = roster.lock_owner(context.organization_id, owner_id)
    check_may_give(context, Role(owner.role))
    check_not_last(owner)
    owner.removed_at = context.at
    owner.save()
    access.end_all(owner, "owner_removed", at=context.at)
    trail.record(context, Change("owner.removed", owner.id, before={"role": owner.role}))
    return owner


def check_may_give(context: Context, role: Role) -> None:
    """Check that a role is not above the caller's own.

    Raises:
        NotPermitted: it is.
    """
    if not context.may_give(role):
        raise NotPermitted(f"The role {role} is above your own. Ask a primary owner.")


def check_not_last(owner: Owner) -> None:
    """Check that the organization keeps a primary owner without this one.

    Raises:
        LastPrimaryOwner: it would not.
    """
    if owner.role == Role.PRIMARY_OWNER.value and not roster.other_primary_owners(owner):
        raise LastPrimaryOwner(
            f"{owner.name} is the last primary owner. Hand the ownership over to another person "
            "first."
        )
