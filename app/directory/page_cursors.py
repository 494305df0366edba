"""The key that signs the cursors of pages, which any worker of the installation reads."""

from peewee import BaseQuery

from app.db.compiled import compiled
from app.models import Installation


def cursor_key() -> bytes:
    """Return the installation's key."""
    return bytes.fromhex(_key.value())


@compiled
def _key() -> BaseQuery:
    return Installation.select(Installation.cursor_key).tuples()
