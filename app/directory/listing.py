"""Pages of users and groups, and the resources in them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, NamedTuple, TypeVar

from peewee import SQL, Node, fn

from app.db.compiled import Statement
from app.db.transactions import bounded
from app.directory import members, users
from app.directory.memberships import come_along, groups_columns, groups_of
from app.directory.rendering import Renderer, ShownRow
from app.directory.search.budget import INDEXED, check_scan, scanned
from app.directory.search.columns import group_scope, user_scope
from app.directory.search.filters import DocumentScope, condition
from app.directory.search.shapes import filled, lifted
from app.directory.search.sorting import Order, SortKey
from app.models import Group, User
from scim.cursors import LastKey
from scim.filters import Filter
from scim.projection import Projection
from scim.resource_types import ResourceType

Row = TypeVar("Row", User, Group)

#: The forms of query whose texts are kept. There is one for each form of filter, which clients
#: choose.
_FORMS_MAX = 512


@dataclass(frozen=True)
class Window:
    """Which part of a result to read: by offset, or everything after a key."""

    count: int
    offset: int = 0
    after: LastKey | None = None


class Found(NamedTuple):
    """The rows of one window, and the key of the last of them."""

    rows: list[ShownRow]
    last_key: LastKey | None
    #: Whether the result goes on behind the window.
    more: bool


class _Form(NamedTuple):
    """A query without its values: of which resources, by which filter, in which order."""

    model: type[User] | type[Group]
    #: The filter, lifted.
    tree: Filter | None
    order: Order
    #: Of each part of the key after which a page begins, whether it is missing; None for no key.
    after: tuple[bool, ...] | None = None
    #: Whether the page begins behind others, which are skipped.
    deep: bool = False
    #: Whether the groups of users come with them.
    with_groups: bool = False

    def scope(self, given: Mapping[str, Any]) -> DocumentScope:
        scope_of = user_scope if self.model is User else group_scope
        return scope_of(given["organization_id"], given["base_url"])

    def here(self, given: Mapping[str, Any]) -> list[Node]:
        """Return the conditions on the result's rows."""
        conditions: list[Node] = [self.model.belongs_to(given["organization_id"])]
        if self.model is User:
            conditions.append(User.deleted_at.is_null())
        if self.tree is not None:
            conditions.append(condition(filled(self.tree, given), self.scope(given)))
        return conditions

    def key(self, given: Mapping[str, Any]) -> SortKey:
        return SortKey.of(self.order, self.scope(given), self.model.id)

    def shown(self, given: Mapping[str, Any]) -> list[Node]:
        """Return the columns that `ShownRow` takes."""
        groups = groups_columns(given["organization_id"], wanted=self.with_groups)
        return [*ShownRow.columns(self.model), *groups]


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One organization's resources of one type, as a query chooses them."""

    model: type[Row]
    organization_id: str
    base_url: str
    tree: Filter | None
    order: Order
    #: How many comparisons the filter makes on each row; none where an index chooses them.
    scanned: int
    #: Whether to read the groups of users with them.
    with_groups: bool = False

    def read(self, window: Window) -> Found:
        """Return one window of the result, in its order."""
        tree, values = lifted(self.tree)
        after = None if window.after is None else tuple(part is None for part in window.after)
        along = self.with_groups and come_along(in_one_go=self._is_gapless())
        form = _Form(self.model, tree, self.order, after, window.offset > 0, along)
        statement = _page(form, tuple(values))
        with self._bounds():
            rows = statement.raw(
                self.organization_id,
                self.base_url,
                window.count + 1,
                window.offset,
                *values.values(),
                *(window.after or ()),
            )
        width = len(rows[0]) - self.order.width if rows else 0
        shown = [ShownRow(*row[:width]) for row in rows[: window.count]]
        last_key = self.order.key_of(shown[-1].id, *rows[len(shown) - 1][width:]) if shown else None
        return Found(shown, last_key, more=len(rows) > window.count)

    def total(self) -> int:
        """Return how many resources the result has in all."""
        if self.tree is None and self.model is User:
            return users.count_present(self.organization_id)
        tree, values = lifted(self.tree)
        statement = _count(_Form(self.model, tree, Order()), tuple(values))
        with self._bounds():
            count: int = statement.value(self.organization_id, self.base_url, *values.values())
        return count

    def cost(self) -> int:
        """Return how many comparisons the filter makes that no index answers, unless too many.

        Raises:
            scim.errors.TooMany: more than may be.
        """
        return check_scan(self.model, self.organization_id, self.scanned) if self.scanned else 0

    def _is_gapless(self) -> bool:
        """Return whether a page has all resources whose ids lie between those of two of its own."""
        return self.tree is None and self.order.path is None

    def _bounds(self) -> AbstractContextManager[None]:
        """Return under what to read: the server's timeouts, where no index chooses the rows."""
        return bounded() if self.scanned else nullcontext()


@dataclass(frozen=True)
class Directory:
    """One organization's users and groups, as seen from the address at which they are served."""

    organization_id: str
    base_url: str

    def users(
        self,
        tree: Filter | None = None,
        order: Order | None = None,
        *,
        with_groups: bool = False,
    ) -> Listing[User]:
        """Return the users that match a filter."""
        return self._listing(User, tree, order, with_groups=with_groups)

    def groups(self, tree: Filter | None = None, order: Order | None = None) -> Listing[Group]:
        """Return the groups that match a filter."""
        return self._listing(Group, tree, order)

    def _listing(
        self,
        model: type[Row],
        tree: Filter | None,
        order: Order | None,
        *,
        with_groups: bool = False,
    ) -> Listing[Row]:
        on_each = 0 if tree is None else scanned(tree, INDEXED[model])
        order = order or Order()
        return Listing(
            model, self.organization_id, self.base_url, tree, order, on_each, with_groups
        )

    def shown_users(
        self,
        rows: Sequence[ShownRow],
        kind: ResourceType,
        projection: Projection,
        *,
        are_new: bool = False,
    ) -> list[str]:
        """Return users as JSON texts; groups are read only where the projection shows them.

        New ones, which the request made, are in no group yet.
        """
        memberships: dict[str, list[str]] = {}
        if rows and not are_new and projection.includes("groups"):
            memberships = groups_of(self.organization_id, rows, self.base_url)
        return Renderer(kind, self.base_url, projection).texts(rows, "groups", memberships)

    def shown_groups(
        self, rows: Sequence[ShownRow], kind: ResourceType, projection: Projection
    ) -> list[str]:
        """Return groups as JSON texts; members are read only where the projection shows them."""
        listed: dict[str, list[str]] = {}
        if rows and projection.includes("members"):
            ids = [row.id for row in rows]
            named = projection.includes("members.display")
            listed = members.members_of(self.organization_id, ids, self.base_url, named=named)
        return Renderer(kind, self.base_url, projection).texts(rows, "members", listed)


@lru_cache(maxsize=_FORMS_MAX)
def _page(form: _Form, values: tuple[str, ...]) -> Statement[..., Any]:
    """Return the statement that reads a page.

    Where rows are skipped, the ids of the page are found first, in an index where the order has
    one, so that the rows that are skipped are not read.
    """
    after = tuple(f"after_{number}" for number in range(len(form.after or ())))

    def build(**given: Any) -> Any:
        key, model = form.key(given), form.model
        chosen = form.here(given)
        if form.after is not None:
            missing = zip(after, form.after, strict=True)
            last = tuple(None if is_missing else given[name] for name, is_missing in missing)
            chosen.append(key.after(last))
        rows = model.select(*form.shown(given), *key.selected())
        rows = rows.order_by(*key.order_by()).tuples()
        if not form.deep:
            return rows.where(*chosen).limit(given["limit"]).offset(given["offset"])
        skipping = model.select(model.id).where(*chosen).order_by(*key.order_by())
        page = skipping.limit(given["limit"]).offset(given["offset"]).alias("page")
        here = model.belongs_to(given["organization_id"])
        return rows.join(page, on=(model.id == page.c.id)).where(here)

    fixed = ("organization_id", "base_url", "limit", "offset")
    return Statement(build, names=(*fixed, *values, *after))


@lru_cache(maxsize=_FORMS_MAX)
def _count(form: _Form, values: tuple[str, ...]) -> Statement[..., Any]:
    """Return the statement that counts a result."""

    def build(**given: Any) -> Any:
        return form.model.select(fn.COUNT(SQL("*"))).where(*form.here(given)).tuples()

    return Statement(build, names=("organization_id", "base_url", *values))
