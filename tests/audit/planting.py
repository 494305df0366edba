"""Corruptions: what is planted in a house without rules, and what the audit must find of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from app.audit.findings import Violation
from app.db.connections import database
from tests.audit.house import LATER
from tests.support.auditing import violations


@dataclass(frozen=True)
class Corruption:
    """A sentence, the statements that make it true, and for each kind of finding the rows named.

    Statements and rows call the house's rows by the names in `house.ROWS`; a star stands for many.
    """

    sentence: str
    statements: Sequence[str]
    finds: Mapping[str, Sequence[str]]

    def found(self, facts: Mapping[str, object]) -> list[Violation]:
        """Return what the audit finds once the corruption is planted; it is gone afterwards."""
        with database.atomic() as transaction:
            for statement in self.statements:
                database.execute_sql(statement.format(**facts))
            found = violations(at=LATER)
            transaction.rollback()
        return [violation for violation in found if violation.table != "schema"]

    def explains(self, violation: Violation, facts: Mapping[str, object]) -> bool:
        """Tell whether a finding is one of those that the corruption leads to."""
        rows = self.finds.get(violation.what, ())
        return any(fnmatch(violation.where, row.format(**facts)) for row in rows)
