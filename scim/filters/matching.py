"""Whether a document matches a filter."""

import operator
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, assert_never

from scim.attributes import Document
from scim.filters.tree import (
    And,
    Compare,
    Filter,
    Not,
    OneOf,
    Operator,
    Or,
    Present,
    ValuePath,
)
from scim.resource_types import AttributePath

#: Both sides are of the attribute's type: `parse` saw to the one, and documents to the other.
_RELATIONS: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    Operator.EQUAL: operator.eq,
    Operator.CONTAINS: operator.contains,
    Operator.STARTS_WITH: str.startswith,
    Operator.ENDS_WITH: str.endswith,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
}


def matches(tree: Filter, folded: Document) -> bool:
    """Return whether a document, in its folded form, matches the filter.

    A comparison holds if any value of a multi-valued attribute satisfies it, and fails where the
    attribute is missing; `not` reverses that. Text is ordered by code point. RFC 7644 3.4.2.2.
    """
    return _holds(tree, partial(_values, folded))


def matches_element(tree: Filter, folded_element: object) -> bool:
    """Return whether one element of an attribute matches the filter from behind its name."""
    return _holds(tree, partial(_element_values, folded_element))


def _holds(  # noqa: PLR0911  # one return for each kind of node
    tree: Filter, values: Callable[..., Iterator[object]]
) -> bool:
    match tree:
        case Compare(path, relation, value):
            unset = False if path.is_false_unless_set else None
            return any(_RELATIONS[relation](actual, value) for actual in values(path, unset))
        case Present(path):
            return any(actual != {} for actual in values(path))
        case OneOf(path, wanted):
            return any(actual in wanted for actual in values(path))
        case Not(inner):
            return not _holds(inner, values)
        case And(filters):
            return all(_holds(inner, values) for inner in filters)
        case Or(filters):
            return any(_holds(inner, values) for inner in filters)
        case ValuePath(path, inner):
            return any(matches_element(inner, element) for element in values(path))
    assert_never(tree)


def _values(document: Document, path: AttributePath, unset: object = None) -> Iterator[object]:
    """Yield the values at a path; `unset` stands for a sub-attribute that was left out."""
    container = document.get(path.schema.id, {}) if path.schema else document
    if path.attribute is None:
        yield container
        return
    for element in _each(container.get(path.attribute.name)):
        yield from _element_values(element, path, unset)


def _element_values(element: Any, path: AttributePath, unset: object = None) -> Iterator[object]:
    if path.sub_attribute is None:
        yield element
    else:
        yield from _each(element.get(path.sub_attribute.name, unset))


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
