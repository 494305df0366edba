"""The audit: every check over one consistent snapshot of the database."""

from collections.abc import Iterator
from datetime import datetime

from app.audit import (
    corrections,
    crediting,
    days,
    guards,
    hand_overs,
    holders,
    invoices,
    money,
    originals,
    people,
    pools,
    purchases,
    settlement,
    wants,
)
from app.audit.findings import Report, Violation
from app.db.transactions import snapshot

#: What queries find.
QUERIES = (
    *pools.CHECKS,
    *holders.CHECKS,
    *wants.CHECKS,
    *invoices.CHECKS,
    *corrections.CHECKS,
    *settlement.CHECKS,
    *purchases.CHECKS,
    *days.CHECKS,
    *originals.CHECKS,
    *hand_overs.CHECKS,
)

#: All that the audit proves.
CHECKS = (
    *QUERIES,
    *people.RECOMPUTED,
    *money.RECOMPUTED,
    *crediting.RECOMPUTED,
    *days.RECOMPUTED,
    *originals.RECOMPUTED,
    *guards.RECOMPUTED,
)


def audit(*, at: datetime) -> Report:
    """Return what in the database breaks an invariant at the instant `at`."""
    with snapshot():
        return Report.of(_violations(at))


def _violations(at: datetime) -> Iterator[Violation]:
    yield from guards.guards()
    for check in QUERIES:
        yield from check.violations()
    yield from people.users()
    yield from people.groups()
    yield from money.invoices()
    yield from money.quotes()
    yield from crediting.lines()
    yield from crediting.taxes()
    yield from originals.originals()
    yield from days.terms(at)
    yield from days.pools()
    yield from days.invoices_ahead(at)
