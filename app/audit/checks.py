"""A check: something that must be true of every row, and the query that finds where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.audit.findings import Violation
from app.db.streaming import stream


@dataclass(frozen=True)
class Check:
    """What breaks an invariant, and the query that finds it.

    The query yields (organization or NULL, the row's other keys, what was expected, what is there).
    """

    invariant: str
    what: str
    table: str
    query: str

    def violations(self) -> Iterator[Violation]:
        """Yield the rows that break the invariant."""
        for organization_id, *ids, expected, found in stream(self.query):
            yield self.violation(organization_id, *ids, expected=expected, found=found)

    def violation(
        self, organization_id: str | None, *ids: object, expected: object, found: object
    ) -> Violation:
        """Return that one row breaks the invariant."""
        keys = tuple(map(str, ids))
        return Violation(
            self.invariant, self.what, self.table, organization_id, keys, expected, found
        )
