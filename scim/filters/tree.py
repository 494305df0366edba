"""The nodes of a filter.

A tree holds only what two evaluators need to agree on. What the grammar says in several ways is
said in one here: `ne` is `Not` of an equality, `eq null` is `Not` of a presence, and a bare complex
attribute (`members eq "x"`) is its `value`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, assert_never

from scim.resource_types import AttributePath


class Operator(StrEnum):
    """A comparison (RFC 7644 3.4.2.2, table 3); `ne` and `pr` are nodes of their own."""

    EQUAL = "eq"
    CONTAINS = "co"
    STARTS_WITH = "sw"
    ENDS_WITH = "ew"
    GREATER = "gt"
    GREATER_OR_EQUAL = "ge"
    LESS = "lt"
    LESS_OR_EQUAL = "le"


#: What an attribute is compared with. Text is folded unless the attribute is caseExact; a dateTime
#: is its UTC text of fixed width: the order of the texts is the order in time.
Value = str | bool | int | float


@dataclass(frozen=True)
class Compare:
    """Any value at the path stands in this relation to `value`; false where there is none."""

    path: AttributePath
    operator: Operator
    value: Value
    #: The value before folding: PATCH creates entries from it. None in a tree that was not sent.
    sent: Value | None = field(compare=False)


@dataclass(frozen=True)
class Present:
    """The path has a value. Its attribute is None where it asks for an extension as a whole."""

    path: AttributePath


@dataclass(frozen=True)
class OneOf:
    """Any value at the path is among these. Not in the grammar: PATCH removes lists with it."""

    path: AttributePath
    values: frozenset[str]


@dataclass(frozen=True)
class Not:
    """The filter does not hold."""

    filter: "Filter"


@dataclass(frozen=True)
class And:
    """All filters hold."""

    filters: tuple["Filter", ...]


@dataclass(frozen=True)
class Or:
    """Some filter holds."""

    filters: tuple["Filter", ...]


@dataclass(frozen=True)
class ValuePath:
    """Some one element of the attribute satisfies the whole filter.

    Paths inside are complete (`emails.type`), and are read off the element: a path without a
    sub-attribute is then the element itself.
    """

    path: AttributePath
    filter: "Filter"


Filter = Compare | Present | OneOf | Not | And | Or | ValuePath


def clause_count(tree: Filter) -> int:
    """Return how many comparisons a filter makes."""
    match tree:
        case Compare() | Present() | OneOf():
            return 1
        case Not(inner) | ValuePath(_, inner):
            return clause_count(inner)
        case And(filters) | Or(filters):
            return sum(map(clause_count, filters))
    assert_never(tree)


def with_values(  # noqa: PLR0911  # one return for each kind of node
    tree: Filter, value_of: Callable[[Compare | OneOf], Any]
) -> Filter:
    """Return a tree of the same form with other values: what `value_of` makes of each comparison.

    They are visited from left to right.
    """
    match tree:
        case Compare(path, operator):
            return Compare(path, operator, value_of(tree), sent=None)
        case OneOf(path):
            return OneOf(path, value_of(tree))
        case Not(inner):
            return Not(with_values(inner, value_of))
        case ValuePath(path, inner):
            return ValuePath(path, with_values(inner, value_of))
        case And(filters):
            return And(tuple(with_values(inner, value_of) for inner in filters))
        case Or(filters):
            return Or(tuple(with_values(inner, value_of) for inner in filters))
        case Present():
            return tree
    assert_never(tree)
