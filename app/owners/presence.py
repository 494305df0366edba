"""Who is signed in, as the head of every page names them."""

from collections.abc import Collection
from dataclasses import dataclass

from app.db.sql import among
from app.models import Owner


@dataclass(frozen=True)
class Presence:
    """An organization and the owner who is signed in; a token has no name and no language."""

    organization_name: str
    organization_language: str
    person: str | None
    address: str | None
    language: str | None


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
        Owner.belongs_to(organization_id) & among(Owner.id, list(owner_ids))
    )
    return dict(owners.tuples().iterator())
