"""The audit as tests ask for it."""

from datetime import UTC, datetime

from app.audit.findings import Violation
from app.audit.proving import audit

#: After whatever happens in a test, so that nothing lies ahead.
THE_END = datetime(9000, 1, 1, tzinfo=UTC)


def violations(*, at: datetime = THE_END) -> list[Violation]:
    """Return what the open database breaks of the invariants, as of an instant."""
    return audit(at=at).violations
