"""Pages of users and groups, and the resources in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from peewee import Expression

from app.directory import members, users
from app.directory.resources import representation
from app.directory.search.columns import group_scope, user_scope
from app.directory.search.filters import DocumentScope, condition
from app.directory.search.sorting import Order, SortKey
from app.models import Group, User
from scim.attributes import Document
from scim.cursors import LastKey
from scim.filters import Filter
from scim.projection import Projection
from scim.schemas import GROUP, USER

Row = TypeVar("Row", User, Group)


@dataclass(frozen=True)
class Window:
    """Which part of a result to read: by offset, or everything after a key."""

    count: int
    offset: int = 0
    after: LastKey | None = None


@dataclass(frozen=True)
class Found(Generic[Row]):
    """The rows of one window, and the key of the last of them."""

    rows: list[Row]
    last_key: LastKey | None
    #: Whether the result goes on behind the window.
    more: bool


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One organization's resources of one type, as a query has chosen them."""

    model: type[Row]
    here: Expression
    key: SortKey

    def read(self, window: Window) -> Found[Row]:
        """Return one window of the result, in its order.

        The ids are found first, in an index where the order has one, so that the rows that are
        skipped are not read.
        """
        order = self.key.order_by()
        chosen = self.here if window.after is None else self.here & self.key.after(window.after)
        ids = self.model.select(self.model.id).where(chosen).order_by(*order)
        page = ids.limit(window.count + 1).offset(window.offset)
        columns = self.model.select(self.model, *self.key.selected())
        rows = list(columns.where(self.here & self.model.id.in_(page)).order_by(*order))
        shown = rows[: window.count]
        last_key = self.key.key_of(shown[-1]) if shown else None
        return Found(shown, last_key, more=len(rows) > window.count)

    def total(self) -> int:
        """Return how many resources the result has in all."""
        count: int = self.model.select().where(self.here).count()
        return count


@dataclass(frozen=True)
class Directory:
    """One organization's users and groups, as seen from the address at which they are served."""

    organization_id: str
    base_url: str

    def users(self, tree: Filter | None = None, order: Order | None = None) -> Listing[User]:
        """Return the users that match a filter."""
        here = User.belongs_to(self.organization_id) & User.deleted_at.is_null()
        scope = user_scope(self.organization_id, self.base_url)
        return _listing(User, here, scope, tree, order)

    def groups(self, tree: Filter | None = None, order: Order | None = None) -> Listing[Group]:
        """Return the groups that match a filter."""
        here = Group.belongs_to(self.organization_id)
        scope = group_scope(self.organization_id, self.base_url)
        return _listing(Group, here, scope, tree, order)

    def user_documents(self, rows: Sequence[User], projection: Projection) -> list[Document]:
        """Return users as documents; memberships are read only where the projection shows them."""
        memberships: dict[str, list[Document]] = {}
        if rows and projection.includes("groups"):
            ids = [row.id for row in rows]
            memberships = users.groups_of(self.organization_id, ids, self.base_url)
        return [
            representation(row, USER, {"groups": memberships.get(row.id, [])}, self.base_url)
            for row in rows
        ]

    def group_documents(self, rows: Sequence[Group], projection: Projection) -> list[Document]:
        """Return groups as documents; members are read only where the projection shows them."""
        listed: dict[str, list[Document]] = {}
        if rows and projection.includes("members"):
            ids = [row.id for row in rows]
            named = projection.includes("members.display")
            listed = members.members_of(self.organization_id, ids, self.base_url, named=named)
        return [
            representation(row, GROUP, {"members": listed.get(row.id, [])}, self.base_url)
            for row in rows
        ]


def _listing(
    model: type[Row],
    here: Expression,
    scope: DocumentScope,
    tree: Filter | None,
    order: Order | None,
) -> Listing[Row]:
    chosen = here if tree is None else here & condition(tree, scope)
    return Listing(model, chosen, SortKey.of(order or Order(), scope, model.id))
