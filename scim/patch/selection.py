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
    #: By the identity of an element: whether it matches.
    elements: dict[int, bool] = field(default_factory=dict)


class Selection:
    """Selects elements for the operations of one request."""

    def __init__(self, budget: Budget) -> None:
        """Count what it takes."""
        self.budget = budget
        self._filters: dict[int, _Known] = {}
        #: By the identity of an element: the element, so that it stays, and its comparable form.
        self._comparable: dict[int, tuple[Any, object]] = {}

    def of(self, path: Path, elements: list[Any]) -> Collection[int]:
        """Return the indexes of the elements that the path means: without a filter, all.

        Raises:
            TooMany: the request has no more steps for it.
        """
        self.budget.spend(len(elements))
        if path.filter is None:
            return range(len(elements))
        matching = self._matching(path, path.filter, elements)
        return {index for index, element in enumerate(elements) if matching[id(element)]}

    def _matching(self, path: Path, tree: Filter, elements: list[Any]) -> dict[int, bool]:
        known = self._filters.get(id(tree))
        if known is None:
            known = self._filters[id(tree)] = _Known(tree, clause_count(tree))
        new = [element for element in elements if id(element) not in known.elements]
        self.budget.spend(len(new) * known.clauses)
        for element in new:
            known.elements[id(element)] = matches_element(tree, self._folded(path, element))
        return known.elements

    def _folded(self, path: Path, element: Any) -> object:
        found = self._comparable.get(id(element))
        if found is None:
            found = self._comparable[id(element)] = element, folded_value(path.attribute, element)
        return found[1]
