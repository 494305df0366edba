"""Reading many rows in little memory."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from app.db.connections import database, on_postgresql
from app.db.transactions import assert_in_transaction

#: How many rows come over at once.
_ROWS_AT_ONCE = 2000

Row = tuple[Any, ...]

_numbers = count(1)


def stream(query: str) -> Iterator[Row]:
    """Yield the rows of a query, of which only a few are in memory at a time.

    Call inside a transaction, best a snapshot, and read it to its end. Nothing else may ask the
    database before that: see `streams`.

    Raises:
        RuntimeError: another stream is being read on PostgreSQL.
    """
    assert_in_transaction()
    if not on_postgresql():
        yield from database.connection().execute(query)
        return
    connection = database.connection()
    if connection.lock.locked():
        raise RuntimeError("another stream is being read: read several with `streams`")
    with connection.cursor() as cursor:
        yield from cursor.stream(query, size=_chunk())


def streams(*queries: str) -> tuple[Iterator[Row], ...]:
    """Return a stream for each query, which may be read side by side.

    On PostgreSQL each takes three more round trips than `stream`.
    """
    return tuple(map(_beside, queries))


def _beside(query: str) -> Iterator[Row]:
    if not on_postgresql():
        yield from stream(query)
        return
    assert_in_transaction()
    with database.connection().cursor(name=f"stream_{next(_numbers)}") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(query)
        yield from cursor


def _chunk() -> int:
    """Return how many rows come over at once: one, where libpq is older than version 17."""
    from psycopg import capabilities  # which an installation for SQLite does not have

    return _ROWS_AT_ONCE if capabilities.has_stream_chunked() else 1
