"""Reading many rows in little memory."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from app.db.connections import database, on_postgresql
from app.db.transactions import assert_in_transaction

#: How many rows come over at once.
_ROWS_AT_ONCE = 2000

_numbers = count(1)


def stream(query: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, of which only a few are in memory at a time.

    Several streams may be read side by side. Call inside a transaction, best a snapshot.
    """
    assert_in_transaction()
    if not on_postgresql():
        yield from database.connection().execute(query)
        return
    with database.connection().cursor(name=f"stream_{next(_numbers)}") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        cursor.execute(query)
        yield from cursor
