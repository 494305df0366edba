"""Filters without their values, for statements whose text is made once for each form of filter.

An identity provider sends the same few filters with ever other values.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.db.compiled import Placeholder
from scim.filters import CLAUSES_MAX, Compare, Filter, OneOf, Operator, with_values

#: No text begins with one of these, or ends with one, in the way that others do: the SQL differs.
_LAST = "\U0010ffff"


def lifted(tree: Filter | None) -> tuple[Filter | None, dict[str, Any]]:
    """Return a filter with placeholders for its values, and the values by their names.

    What the text of the SQL hangs on stays in the filter.
    """
    values: dict[str, Any] = {}

    def lift(comparison: Compare | OneOf) -> Any:
        value = comparison.value if isinstance(comparison, Compare) else comparison.values
        if _shapes_the_text(comparison):
            return value
        name = f"value_{len(values)}"
        values[name] = value
        return _placeholder(name)

    return (None if tree is None else with_values(tree, lift)), values


def filled(tree: Filter, values: Mapping[str, Any]) -> Filter:
    """Return a lifted filter with these values in the places of its placeholders."""

    def fill(comparison: Compare | OneOf) -> Any:
        held: Any = comparison.value if isinstance(comparison, Compare) else comparison.values
        return values[held.name] if isinstance(held, Placeholder) else held

    return with_values(tree, fill)


@lru_cache(maxsize=CLAUSES_MAX)
def _placeholder(name: str) -> Placeholder:
    """Return the same placeholder for the same name: forms of filter are compared sooner."""
    return Placeholder(name)


def _shapes_the_text(comparison: Compare | OneOf) -> bool:
    """Return whether a value decides how the SQL is written: an empty beginning or end does."""
    if not isinstance(comparison, Compare):
        return False
    if comparison.operator not in (Operator.STARTS_WITH, Operator.ENDS_WITH):
        return False
    return not str(comparison.value).rstrip(_LAST)
