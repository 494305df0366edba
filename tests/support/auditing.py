"""The audit as tests ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from peewee import Database, fn

from app.audit.findings import Violation
from app.audit.proving import audit
from app.db.connections import database
from app.directory import users
from app.models import Organization, User

#: After whatever happens in a test, so that nothing lies ahead.
THE_END = datetime(9000, 1, 1, tzinfo=UTC)


#: The databases that are kept open to be audited, by their address: one who asked the same before
#: is answered sooner.
AUDITORS: dict[str, Database] = {}


def violations(*, at: datetime = THE_END) -> list[Violation]:
    """Return what the open database breaks of the invariants, as of an instant."""
    with _looking_from_aside():
        return audit(at=at).violations


def miscounted() -> list[str]:
    """Return the organizations of which a list says another total than it has users."""
    present = User.select(fn.COUNT(User.id)).where(User.deleted_at.is_null())
    return [
        organization.id
        for organization in Organization.select(Organization.id)
        if present.where(User.belongs_to(organization.id)).scalar()
        != users.count_present(organization.id)
    ]


@contextmanager
def _looking_from_aside() -> Iterator[None]:
    """Let the auditor of the open database look at it, if it has one and all is committed."""
    opened = database.obj
    auditor = AUDITORS.get(opened.database)
    if auditor is None or opened.in_transaction():
        yield
        return
    database.initialize(auditor)
    try:
        yield
    finally:
        database.initialize(opened)
