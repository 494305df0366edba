"""What an audit finds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

#: How many violations of one kind are named; further ones are counted.
NAMED_OF_EACH_KIND = 20


@dataclass(frozen=True)
class Violation:
    """One row that breaks an invariant.

    With its organization, where it belongs to one, `ids` are its key in `table`.
    """

    invariant: str
    what: str
    table: str
    organization_id: str | None
    ids: tuple[str, ...]
    expected: object
    found: object

    @property
    def where(self) -> str:
        """The row's key in one line."""
        return " ".join([self.organization_id, *self.ids] if self.organization_id else self.ids)


@dataclass
class Report:
    """The violations of an audit; `more` were found than are named."""

    violations: list[Violation] = field(default_factory=list)
    more: int = 0

    @classmethod
    def of(cls, found: Iterable[Violation]) -> Self:
        """Name the first of each kind and count the others."""
        report, counts = cls(), dict[str, int]()
        for violation in found:
            counts[violation.what] = counts.get(violation.what, 0) + 1
            if counts[violation.what] <= NAMED_OF_EACH_KIND:
                report.violations.append(violation)
            else:
                report.more += 1
        return report
