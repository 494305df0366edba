"""Which elements of a multi-valued attribute a path means.

Each filter is evaluated once for each element: operations whose paths are equal share a filter, and
an element that no operation changed is the same object.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from scim.documents import folded_value
from scim.filters import Filter, clause_count, matches_element
from scim.patch.budget import Budget
from scim.paths import Path


@dataclass
class _Known:
    """What is known of one filter."""

    filter: Filter
    clauses: int
    #: By the identity of an element: the element, so that it stays, and whether it matches.
    elements: dict[int, tuple[Any, bool]] = field(default_factory=dict)


class Selection:
    """Selects elements for the operations of one request."""

    def __init__(self, budget: Budget) -> None:
        """Count what it takes."""
        self._budget = budget
        self._filters: dict[int, _Known] = {}

    def of(self, path: Path, elements: list[Any]) -> Collection[int]:
        """Return the indexes of the elements that the path means: without a filter, all.

        Raises:
            TooMany: the request has no more steps for it.
        """
        self._budget.spend(len(elements))
        if path.filter is None:
            return range(len(elements))
        matching = self._matching(path, path.filter, elements)
        return {index for index, element in enumerate(elements) if matching[id(element)][1]}

    def _matching(
        self, path: Path, tree: Filter, elements: list[Any]
    ) -> dict[int, tuple[Any, bool]]:
        known = self._filters.get(id(tree))
        if known is None:
            known = self._filters[id(tree)] = _Known(tree, clause_count(tree))
        new = [element for element in elements if id(element) not in known.elements]
        self._budget.spend(len(new) * known.clauses)
        for element in new:
            comparable = folded_value(path.attribute, element)
            known.elements[id(element)] = element, matches_element(tree, comparable)
        return known.elements
