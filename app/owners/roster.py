"""The owners of an organization: who they are and what they may do."""

from collections.abc import Collection
from datetime import datetime

from peewee import JOIN, Case, Expression

from app.access import trail
from app.access.context import Context
from app.access.principal import OWNER_ROLES, Principal, Role
from app.access.profiles import profile_of
from app.db.sql import among, locked
from app.errors import InvalidInput, NotFound
from app.i18n.languages import parse_language
from app.models import Organization, Owner, User
from app.models.rows import same_organization
from app.organizations.parties import parse_email
from app.text import line_of_text, required_line
from scim.folding import fold


def owners_of(organization_id: str) -> list[Owner]:
    """Return an organization's owners, in the order in which they were added.

    It is looked up with them who is shut out.
    """
    present = Owner.belongs_to(organization_id) & Owner.removed_at.is_null()
    owners = list(Owner.select().where(present).order_by(Owner.id))
    named = [owner.user_id for owner in owners if owner.user_id is not None]
    active = set(_active_of(organization_id, named))
    for owner in owners:
        owner.shut_out = owner.user_id is not None and owner.user_id not in active
    return owners


def find_owner(organization_id: str, owner_id: str) -> Owner:
    """Return an owner of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    return _present(owner_id, Owner.get_or_none(_is(organization_id, owner_id)))


def was_removed(organization_id: str, owner_id: str) -> bool:
    """Return whether the organization had an owner of this id, who was removed."""
    return (
        Owner.find(organization_id, Owner.id == owner_id, ~Owner.removed_at.is_null()) is not None
    )


def last_sign_ins(owners: Collection[Owner]) -> dict[str, datetime]:
    """Return when owners of an organization signed in last, by id; nothing for those who never did.

    It is read from the audit trail, since sessions are forgotten.
    """
    if not owners:
        return {}
    organization_id = next(iter(owners)).organization_id
    return trail.last_times(organization_id, "session.begun", [owner.id for owner in owners])


def lock_owner(organization_id: str, owner_id: str) -> Owner:
    """Return an owner, and keep others from changing it until the transaction ends.

    Raises:
        NotFound: the organization has none of this id.
    """
    query = Owner.select().where(_is(organization_id, owner_id))
    return _present(owner_id, locked(query).first())


def owner_at(organization_id: str, address: str) -> Owner | None:
    """Return the owner with an address, however it is written, or None."""
    owner: Owner | None = Owner.get_or_none(
        Owner.belongs_to(organization_id)
        & (Owner.address_key == fold(address.strip()))
        & Owner.removed_at.is_null()
    )
    return owner


def owners_at(address: str, organization_id: str | None = None) -> list[Owner]:
    """Return the owners with an address, of one organization or of all.

    It is looked up with them who is shut out.
    """
    active = User.active & User.deleted_at.is_null()
    theirs = same_organization(User, Owner) & (User.id == Owner.user_id)
    left = Owner.user_id.is_null(is_null=False) & (User.id.is_null() | ~active)
    query = (
        Owner.select(Owner, Case(None, [(left, True)], False).alias("shut_out"))  # noqa: FBT003
        .join(User, JOIN.LEFT_OUTER, on=theirs)
        .where((Owner.address_key == fold(address.strip())) & Owner.removed_at.is_null())
    )
    if organization_id is not None:
        query = query.where(Owner.belongs_to(organization_id))
    return list(query.order_by(Owner.organization_id).objects())


def owner_named(organization_id: str, text: str) -> Owner:
    """Return the owner of an id or an address.

    Raises:
        NotFound: the organization has none.
    """
    return owner_at(organization_id, text) or find_owner(organization_id, text)


def has_left(owner: Owner) -> bool:
    """Return whether the user that the owner names is no longer active, which shuts them out."""
    return owner.user_id is not None and not _is_active(owner.organization_id, owner.user_id)


def principal_of(owner: Owner) -> Principal:
    """Return the principal that an owner is."""
    organization = Organization.get_by_id(owner.organization_id)
    profile = profile_of(organization)
    role = Role(owner.role)
    return Principal(owner.organization_id, role, f"owner:{owner.id}", profile=profile)


def owner_of(context: Context) -> Owner | None:
    """Return the owner who is calling; None for a token and for the operator."""
    kind, _, owner_id = context.actor.partition(":")
    return find_owner(context.organization_id, owner_id) if kind == "owner" else None


def lock_roster(organization_id: str) -> None:
    """Keep others from adding, changing or removing owners until the transaction ends.

    Raises:
        NotFound: there is no such organization.
    """
    query = Organization.select(Organization.id).where(Organization.id == organization_id)
    if locked(query).first() is None:
        raise NotFound(f"There is no organization {organization_id}.")


def other_primary_owners(owner: Owner) -> bool:
    """Return whether another primary owner of the organization can sign in."""
    others = Owner.select().where(
        Owner.belongs_to(owner.organization_id)
        & (Owner.role == Role.PRIMARY_OWNER.value)
        & (Owner.id != owner.id)
        & Owner.removed_at.is_null()
    )
    return any(not has_left(other) for other in others)


def parse_address(text: str) -> str:
    """Return an owner's address as it is kept.

    Raises:
        InvalidInput: it is none.
    """
    return parse_email("address", line_of_text("address", text))


def parse_owner_name(text: str) -> str:
    """Return an owner's name as it is kept.

    Raises:
        InvalidInput: it is empty, or no line of text.
    """
    return required_line("name", text, wanted="Give the person's name.")


def parse_owner_role(text: str) -> Role:
    """Return the role of an owner.

    Raises:
        InvalidInput: it is none.
    """
    if text not in OWNER_ROLES:
        raise InvalidInput("role", f"An owner's role is one of {', '.join(OWNER_ROLES)}.")
    return Role(text)


def parse_owner_language(text: str | None) -> str | None:
    """Return the language that an owner chose; None where they chose none.

    Raises:
        InvalidInput: the pages are not written in it.
    """
    return None if text is None else parse_language(text)


def parse_user_id(organization_id: str, text: str | None) -> str | None:
    """Return the id of the user that an owner names.

    Raises:
        InvalidInput: the organization has no active user of this id.
    """
    if text is not None and not _is_active(organization_id, text):
        raise InvalidInput(
            "user_id",
            f"The organization has no active user {text}. Give the id of the user that this "
            "person is, or none.",
        )
    return text


def _is_active(organization_id: str, user_id: str) -> bool:
    return bool(_active_of(organization_id, [user_id]))


def _active_of(organization_id: str, user_ids: list[str]) -> list[str]:
    """Return which of these users are active."""
    active = User.select(User.id).where(
        User.belongs_to(organization_id)
        & among(User.id, user_ids)
        & User.active
        & User.deleted_at.is_null()
    )
    return [user.id for user in active]


def _is(organization_id: str, owner_id: str) -> Expression:
    is_it: Expression = (
        Owner.belongs_to(organization_id) & (Owner.id == owner_id) & Owner.removed_at.is_null()
    )
    return is_it


def _present(owner_id: str, owner: Owner | None) -> Owner:
    if owner is None:
        raise NotFound(f"There is no owner {owner_id}.")
    return owner
