"""Filters as SQL: a tree of `scim.filters` becomes one condition on the rows of a scope.

A scope says where an attribute is read from (`columns.py`). The condition is true or false, never
unknown, so that `not` means the same here as in `scim.filters.matches`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from peewee import SQL, ColumnBase, Expression, Field, Node, NodeList, Select, Value, fn

from app.db.compiled import through
from app.db.connections import on_postgresql
from app.db.sql import among, found_in
from app.directory.search import json_sql
from scim.attributes import Type
from scim.filters import And, Compare, Filter, Not, OneOf, Operator, Or, Present, ValuePath
from scim.resource_types import AttributePath

TRUE = SQL("(1 = 1)")


class Scope(Protocol):
    """What the paths of a filter are read from."""

    def any_value(self, path: AttributePath, holds: "Callable[[Node], Node]") -> Node:
        """Say that a value at `path` is there and that `holds` is true of it."""

    def any_element(self, path: AttributePath, holds: "Callable[[Scope], Node]") -> Node:
        """Say that an element of the attribute is there of which `holds` is true."""

    def present(self, path: AttributePath) -> Node:
        """Say that there is something at `path`."""


def condition(  # noqa: PLR0911  # one return for each kind of node
    tree: Filter, scope: Scope
) -> Node:
    """Return the SQL condition that a filter states about `scope`."""
    match tree:
        case Compare(path, operator, value):
            return scope.any_value(path, lambda actual: _RELATIONS[operator](actual, value))
        case OneOf(path, values):
            return scope.any_value(path, lambda actual: among(actual, through(sorted, values)))
        case Present(path):
            return scope.present(path)
        case ValuePath(path, inner):
            return scope.any_element(path, lambda element: condition(inner, element))
        case Not(inner):
            return _negation(inner, scope)
        case And(filters):
            return _joined("AND", [condition(inner, scope) for inner in _deepest_first(filters)])
        case Or(filters):
            return _joined("OR", [condition(inner, scope) for inner in _deepest_first(filters)])
    assert_never(tree)


def _negation(tree: Filter, scope: Scope) -> Node:
    """Return the condition that a filter does not hold, `not` moved inwards as far as it goes."""
    match tree:
        case Not(inner):
            return condition(inner, scope)
        case And(filters):
            return condition(Or(tuple(map(Not, filters))), scope)
        case Or(filters):
            return condition(And(tuple(map(Not, filters))), scope)
        case _:
            return NodeList((SQL("(NOT"), condition(tree, scope), SQL(")")))


def _deepest_first(filters: Sequence[Filter]) -> list[Filter]:
    """Return the filters in the order that takes least of the short stack of SQLite's parser."""
    return sorted(filters, key=_depth, reverse=True)


def _depth(tree: Filter) -> int:
    match tree:
        case And(filters) | Or(filters):
            return 1 + max(map(_depth, filters))
        case Not(inner) | ValuePath(_, inner):
            return 1 + _depth(inner)
        case _:
            return 0


@dataclass(frozen=True)
class SideTable:
    """A multi-valued attribute that is kept in rows.

    `rows` selects which resource each belongs to, `columns` are its sub-attributes.
    """

    owner: Field
    rows: Select
    columns: Mapping[str, Node]


@dataclass(frozen=True)
class DocumentScope:
    """A whole resource."""

    document: Field
    columns: Mapping[str, ColumnBase]
    tables: Mapping[str, SideTable]

    def any_value(self, path: AttributePath, holds: Callable[[Node], Node]) -> Node:
        """See `Scope`."""
        if (column := self.columns.get(str(path))) is not None:
            return _known(column, holds)
        if path.attribute is not None and path.attribute.multi_valued:
            return self.any_element(path, lambda element: element.any_value(path, holds))
        return _known(json_sql.scalar(self.document, _keys(path), _type(path)), holds)

    def any_element(self, path: AttributePath, holds: Callable[[Scope], Node]) -> Node:
        """See `Scope`. The one element of a singular attribute is the attribute itself."""
        if path.attribute is not None and not path.attribute.multi_valued:
            return _joined("AND", [self.present(path), holds(self)])
        keys = _keys(path)[: 2 if path.schema else 1]
        if (table := self.tables.get(keys[0])) is not None:
            return found_in(table.owner, table.rows.where(holds(RowScope(table.columns))))
        rows = Select([json_sql.elements(self.document, keys)], [SQL("1")])
        return fn.EXISTS(rows.where(holds(ElementScope())))

    def present(self, path: AttributePath) -> Node:
        """See `Scope`."""
        if (column := self.columns.get(str(path))) is not None:
            return Expression(column, "IS NOT", SQL("NULL"))
        if path.attribute is not None and path.attribute.multi_valued:
            return self.any_element(path, lambda element: element.present(path))
        return TRUE if str(path) == "meta" else json_sql.exists_at(self.document, _keys(path))


@dataclass(frozen=True)
class ElementScope:
    """One element of a multi-valued attribute, inside the document."""

    def any_value(self, path: AttributePath, holds: Callable[[Node], Node]) -> Node:
        """See `Scope`."""
        keys = [path.sub_attribute.name] if path.sub_attribute else []
        value = json_sql.scalar(json_sql.element(), keys, _type(path))
        return _known(_false_unless_set(value, path), holds)

    def any_element(self, path: AttributePath, _holds: Callable[[Scope], Node]) -> Node:
        """Refuse: no attribute has complex elements inside complex elements (RFC 7643 2.3.8)."""
        raise AssertionError(f"{path} is inside an element")

    def present(self, path: AttributePath) -> Node:
        """See `Scope`."""
        return (
            json_sql.exists_at(json_sql.element(), [path.sub_attribute.name])
            if path.sub_attribute
            else TRUE
        )


@dataclass(frozen=True)
class RowScope:
    """One element of a multi-valued attribute, in a row of a side table."""

    columns: Mapping[str, Node]

    def any_value(self, path: AttributePath, holds: Callable[[Node], Node]) -> Node:
        """See `Scope`."""
        column = self.columns[path.sub_attribute.name if path.sub_attribute else "value"]
        return _known(_false_unless_set(column, path), holds)

    def any_element(self, path: AttributePath, _holds: Callable[[Scope], Node]) -> Node:
        """Refuse: no attribute has complex elements inside complex elements (RFC 7643 2.3.8)."""
        raise AssertionError(f"{path} is inside an element")

    def present(self, path: AttributePath) -> Node:
        """See `Scope`."""
        if path.sub_attribute is None:
            return TRUE
        return Expression(self.columns[path.sub_attribute.name], "IS NOT", SQL("NULL"))


def _false_unless_set(actual: Node, path: AttributePath) -> Node:
    return fn.COALESCE(actual, SQL("FALSE")) if path.is_false_unless_set else actual


def _known(actual: Node, holds: Callable[[Node], Node]) -> Node:
    """Say that `actual` has a value and that `holds` is true of it.

    It is false, not unknown, where there is no value.
    """
    return _joined("AND", [Expression(actual, "IS NOT", SQL("NULL")), holds(actual)])


def _joined(word: str, conditions: list[Node]) -> Node:
    return NodeList(conditions, glue=f" {word} ", parens=True)


def _keys(path: AttributePath) -> list[str]:
    parts = (path.attribute, path.sub_attribute)
    return [*([path.schema.id] if path.schema else []), *(part.name for part in parts if part)]


def _type(path: AttributePath) -> Type:
    attribute = path.sub_attribute or path.attribute
    return attribute.type if attribute else Type.COMPLEX


def _compare(word: str) -> Callable[[Node, object], Node]:
    return lambda actual, value: Expression(actual, word, _plain(value))


def _plain(value: object) -> Node:
    """Return a parameter that no column converts."""
    return Value(value, converter=False)


def _contains(actual: Node, value: object) -> Node:
    position = fn.strpos if on_postgresql() else fn.instr
    return Expression(position(actual, _plain(value)), ">", SQL("0"))


def _starts_with(actual: Node, value: object) -> Node:
    """Ask for a range, which an index can answer."""
    after = through(_after_every_text_that_starts_with, value)
    bounds = [_compare(">=")(actual, value)] + ([_compare("<")(actual, after)] if after else [])
    return _joined("AND", bounds)


def _ends_with(actual: Node, value: object) -> Node:
    if not value:
        return TRUE
    tail = (
        fn.right(actual, through(len, value))
        if on_postgresql()
        else fn.substr(actual, through(_length_from_the_end, value))
    )
    return Expression(tail, "=", _plain(value))


def _length_from_the_end(text: str) -> int:
    return -len(text)


def _after_every_text_that_starts_with(text: str) -> str:
    """Return the least text, by code point, behind all that start with `text`.

    It is empty where there is none.

    >>> _after_every_text_that_starts_with("abc")
    'abd'
    """
    head = text.rstrip("\U0010ffff")
    if not head:
        return ""
    following = ord(head[-1]) + 1
    # Surrogates, from U+D800 to U+DFFF, are no characters.
    return head[:-1] + chr(0xE000 if following == 0xD800 else following)


_RELATIONS: Mapping[Operator, Callable[[Node, object], Node]] = {
    Operator.EQUAL: _compare("="),
    Operator.CONTAINS: _contains,
    Operator.STARTS_WITH: _starts_with,
    Operator.ENDS_WITH: _ends_with,
    Operator.GREATER: _compare(">"),
    Operator.GREATER_OR_EQUAL: _compare(">="),
    Operator.LESS: _compare("<"),
    Operator.LESS_OR_EQUAL: _compare("<="),
}
