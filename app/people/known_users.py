"""Of a user, what a login asks."""

from typing import NamedTuple

from peewee import BaseQuery, Expression, Node, fn

from app.db.compiled import compiled
from app.models import IdentityMismatch, User
from app.models.rows import same_organization
from scim.names import UserName


class KnownUser(NamedTuple):
    """A user of an organization whom a login names."""

    id: str
    external_id: str | None
    #: Who made the user: `scim`, or a login.
    origin: str
    active: bool
    inactive_because: str | None
    #: Whether a login contradicted the directory about the user, and none was clean since.
    is_contradicted: bool

    @classmethod
    def width(cls) -> int:
        """Return how many columns one is read from."""
        return len(cls._fields)

    @classmethod
    def columns(cls) -> list[Node]:
        """Return the columns of a query for users that one is read from, in their order."""
        contradictions = IdentityMismatch.select(IdentityMismatch.id).where(
            same_organization(IdentityMismatch, User)
            & (IdentityMismatch.user_id == User.id)
            & IdentityMismatch.resolved_at.is_null()
        )
        columns = User.id, User.external_id, User.origin, User.active, User.inactive_because
        return [*columns, fn.EXISTS(contradictions)]


def known_by_name(organization_id: str, name: UserName) -> KnownUser | None:
    """Return the user that a userName names, whatever its case, or None."""
    row = _of_name.first(organization_id, name.key)
    return None if row is None else KnownUser(*row)


def known_by_id(organization_id: str, user_id: str) -> KnownUser | None:
    """Return the user of an id, or None."""
    row = _of_id.first(organization_id, user_id)
    return None if row is None else KnownUser(*row)


@compiled
def _of_name(organization_id: str, user_name_key: str) -> BaseQuery:
    return _known(organization_id, User.user_name_key == user_name_key)


@compiled
def _of_id(organization_id: str, user_id: str) -> BaseQuery:
    return _known(organization_id, User.id == user_id)


def _known(organization_id: str, is_meant: Expression) -> BaseQuery:
    here = User.belongs_to(organization_id) & is_meant & User.deleted_at.is_null()
    return User.select(*KnownUser.columns()).where(here).limit(1).tuples()
