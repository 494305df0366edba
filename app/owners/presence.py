"""Who is signed in, as the head of every page names them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from app.access.context import Context
from app.db.sql import listed
from app.models import Organization, Owner
from app.models.rows import same_organization


@dataclass(frozen=True)
class Presence:
    """An organization and the owner who is signed in; a token has no name and no language."""

    organization_name: str
    organization_language: str
    person: str | None
    address: str | None
    language: str | None


def presence_of(context: Context) -> Presence:
    """Return who the caller is and for which organization, in one look."""
    kind, _, owner_id = context.actor.partition(":")
    row: Any = (
        Organization.select(
            Organization.name,
            Organization.language,
            Owner.name,
            Owner.address,
            Owner.language,
        )
        .join(
            Owner,
            JOIN.LEFT_OUTER,
            on=same_organization(Owner, Organization)
            & (Owner.id == (owner_id if kind == "owner" else "")),
        )
        .where(Organization.id == context.organization_id)
        .tuples()
        .get()
    )
    return Presence(*row)


def name_of(organization_id: str, actor: str) -> str | None:
    """Return the name of the owner that an actor is; None for tokens and the operator."""
    kind, _, owner_id = actor.partition(":")
    if kind != "owner":
        return None
    mine = Owner.belongs_to(organization_id) & (Owner.id == owner_id)
    name: str | None = Owner.select(Owner.name).where(mine).scalar()
    return name


def names_of_owners(organization_id: str, owner_ids: Collection[str]) -> dict[str, str]:
    """Return the names of those of these ids that are owners, or were."""
    owners = Owner.select(Owner.id, Owner.name).where(
        Owner.belongs_to(organization_id) & Owner.id.in_(listed(list(owner_ids)))
    )
    return dict(owners.tuples().iterator())
