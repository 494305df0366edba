"""Sorting as SQL: by any attribute that has an order, missing values last (RFC 7644 3.4.2.3).

The id comes last in every order, so that no two resources are equal in it and pages neither repeat
nor skip.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from peewee import SQL, Case, ColumnBase, Expression, Field, Node, Ordering, Select, Value

from app.db.columns import instant_text
from app.directory.search import json_sql
from app.directory.search.filters import DocumentScope
from scim.attributes import Returned, Type
from scim.cursors import LastKey
from scim.errors import InvalidValue
from scim.resource_types import AttributePath, ResourceType

_ORDERED = frozenset(Type) - {Type.COMPLEX, Type.BINARY}

#: What the value that rows are sorted by is called in the rows.
_SORT_VALUE = "sort_value"


@dataclass(frozen=True)
class Order:
    """By which attribute to sort, if not by id alone."""

    path: AttributePath | None = None
    descending: bool = False

    @classmethod
    def parse(
        cls, resource_type: ResourceType, sort_by: str | None, *, descending: bool
    ) -> "Order":
        """Return the order that `sortBy` and `sortOrder` ask for.

        A complex attribute that has values is sorted by its `value`.

        Raises:
            InvalidValue: `sortBy` names nothing, or something that has no order.
        """
        if sort_by is None:
            return cls(descending=descending)
        path = resource_type.resolve(sort_by)
        if path is None or path.attribute is None:
            raise InvalidValue(f"sortBy: a {resource_type.name} has no attribute {sort_by[:100]}.")
        attribute = path.attribute
        if path.sub_attribute is None and (value := attribute.sub_attribute("value")):
            path = AttributePath(path.schema, attribute, value)
        target = path.sub_attribute or attribute
        hidden = Returned.NEVER in (attribute.returned, target.returned)
        if hidden or target.type not in _ORDERED or {attribute.name, str(path)} & _APART:
            raise InvalidValue(
                f"sortBy: {path} has no order. Sort by an attribute such as userName."
            )
        return cls(path, descending)

    @property
    def width(self) -> int:
        """How many columns of a row `key_of` takes beside the id."""
        return 0 if self.path is None else 1

    def key_of(self, row_id: str, *values: Any) -> LastKey:
        """Return the key of a row, given its id and what `SortKey.selected` says."""
        return (*map(_plain, values), row_id)


#: What is kept apart from the document, or is the same for all: nothing to sort by.
_APART = frozenset(
    {"schemas", "groups", "members", "meta.location", "meta.resourceType", "meta.version"}
)


@dataclass(frozen=True)
class SortKey:
    """An order as columns of a query."""

    id: Field
    descending: bool
    #: The attribute's value; None where resources are sorted by id alone.
    value: ColumnBase | Select | None = None

    @classmethod
    def of(cls, order: Order, scope: DocumentScope, id_field: Field) -> "SortKey":
        """Return the columns by which `order` sorts the resources of `scope`."""
        value = None if order.path is None else _value_at(order.path, scope)
        return cls(id_field, order.descending, value)

    def order_by(self) -> list[Node]:
        """Return the terms of ORDER BY."""
        columns: list[Node] = [self.id]
        if self.value is not None:
            columns.insert(0, self.value)
            if not self._is_always_there:
                columns.insert(0, _missing(self.value))
        direction = "DESC" if self.descending else "ASC"
        return [Ordering(column, direction) for column in columns]

    @property
    def _is_always_there(self) -> bool:
        """Whether every resource has the value: an index over it then serves the order."""
        return isinstance(self.value, Field) and not self.value.null

    def after(self, last: LastKey) -> Node:
        """Return the condition that a resource comes after the one with the key `last`."""
        beyond = "<" if self.descending else ">"
        *values, last_id = last
        later_id = Expression(self.id, beyond, Value(last_id, converter=False))
        if self.value is None:
            return later_id
        (last_value,) = values
        missing = _missing(self.value)
        if last_value is None:
            same = Expression(Expression(missing, "=", SQL("1")), "AND", later_id)
            return _or(same, Expression(missing, beyond, SQL("1")))
        bound = Value(last_value, converter=False)
        # Said so, an index over the value is entered where the page begins.
        there = Expression(self.value, f"{beyond}=", bound)
        later = _or(Expression(self.value, beyond, bound), later_id)
        among_present = Expression(there, "AND", later)
        if self.descending or self._is_always_there:
            return among_present
        return _or(among_present, Expression(missing, "=", SQL("1")))

    def selected(self) -> Sequence[Node]:
        """Return what a query selects beside the row, for `Order.key_of` to read."""
        return [] if self.value is None else [self.value.alias(_SORT_VALUE)]


def _value_at(path: AttributePath, scope: DocumentScope) -> ColumnBase | Select:
    column = scope.columns.get(str(path))
    if column is not None:
        return column
    attribute, sub_attribute = path.attribute, path.sub_attribute
    target = sub_attribute or attribute
    if attribute is None or target is None:
        raise InvalidValue(f"sortBy: {path} has no order.")
    container = [path.schema.id] if path.schema else []
    inner = [sub_attribute.name] if sub_attribute else []
    if attribute.multi_valued:
        keys = [*container, attribute.name]
        return json_sql.primary_or_first(scope.document, keys, inner, target.type)
    return json_sql.scalar(scope.document, [*container, attribute.name, *inner], target.type)


def _missing(value: Node) -> Node:
    """Return 1 where there is no value and 0 where there is one."""
    return Case(None, [(Expression(value, "IS", SQL("NULL")), SQL("1"))], SQL("0"))


def _or(left: Node, right: Node) -> Node:
    return Expression(left, "OR", right)


def _plain(value: object) -> str | int | float | bool | None:
    """Return a value as a cursor can carry it and the database compares it again."""
    match value:
        case datetime():
            return instant_text(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case str() | int() | float() | None:
            return value
        case _:
            raise TypeError(f"{type(value)} does not sort")
