"""What stands in the tables of any database, in a form that does not depend on its engine.

A row's values are texts, numbers, booleans and bytes: an instant and a day are texts as SQLite
keeps them, and a document is its JSON. Rows come and go one by one, whatever their number.
"""

import json
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from graphlib import TopologicalSorter
from hashlib import sha256
from itertools import count
from typing import Any, NamedTuple

from peewee import BooleanField, Database, DateField, Field, PostgresqlDatabase

from app import models
from app.db.columns import BytesField, DocumentField, InstantField, instant_text
from app.db.migrating import migrated_in_memory
from app.json_text import json_text
from app.models.rows import Row

#: How many rows PostgreSQL hands over at a time, and of a table that holds files.
_ROWS_AT_ONCE = 2000
_FILES_AT_ONCE = 10

_MODULUS = 2**256

_numbers = count(1)

Values = tuple[Any, ...]
Convert = Callable[[Any], Any]


@dataclass
class Fingerprint:
    """How many rows there are, and a sum of their SHA-256 that knows no order."""

    rows: int = 0
    sum: int = 0

    def add(self, values: Values) -> None:
        """Take a row in."""
        digest = sha256(repr(values).encode()).digest()
        self.rows += 1
        self.sum = (self.sum + int.from_bytes(digest)) % _MODULUS


class _Column(NamedTuple):
    """A column, how it is asked for, and what is made of its values."""

    name: str
    selected: str
    read: Convert
    #: What is compared: documents are equal whatever the order of their members.
    compared: Convert


@lru_cache
def tables() -> tuple[type[Row], ...]:
    """Return the tables in an order in which their rows can be inserted."""
    by_name = {
        model._meta.table_name: model
        for model in (getattr(models, each) for each in models.__all__)
    }
    fresh = migrated_in_memory()
    needs = {
        name: {key.dest_table for key in fresh.get_foreign_keys(name)} for name in sorted(by_name)
    }
    fresh.close()
    return tuple(by_name[name] for name in TopologicalSorter(needs).static_order())


def count_rows(holder: Database, table: str) -> int:
    """Return how many rows a table has."""
    query = f'SELECT COUNT(*) FROM "{table}"'  # noqa: S608  # a table that is there
    number: int = holder.execute_sql(query).fetchone()[0]  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    return number


def read(holder: Database, model: type[Row], taken: Fingerprint) -> Generator[Values, None, None]:
    """Yield the rows of a table and take them into `taken`; call inside a transaction."""
    columns = _columns(holder, model)
    for row in _raw(holder, model, columns):
        values = tuple(
            None if value is None else column.read(value)
            for column, value in zip(columns, row, strict=True)
        )
        taken.add(
            tuple(
                None if value is None else column.compared(value)
                for column, value in zip(columns, values, strict=True)
            )
        )
        yield values


def write(holder: Database, model: type[Row], rows: Iterable[Values]) -> None:
    """Insert rows as `read` gives them, in the order of its columns; inside a transaction."""
    names = ", ".join(f'"{column.name}"' for column in _columns(holder, model))
    connection: Any = holder.connection()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    if isinstance(holder, PostgresqlDatabase):
        statement = f"COPY {_name(model)} ({names}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for values in rows:
                copy.write_row(values)
        return
    marks = ", ".join("?" * len(_columns(holder, model)))
    connection.executemany(
        f"INSERT INTO {_name(model)} ({names}) VALUES ({marks})",  # noqa: S608  # our own table
        rows,
    )


def _raw(holder: Database, model: type[Row], columns: list[_Column]) -> Iterator[Values]:
    selected = ", ".join(column.selected for column in columns)
    query = f"SELECT {selected} FROM {_name(model)}"  # noqa: S608  # our own table
    connection: Any = holder.connection()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    if not isinstance(holder, PostgresqlDatabase):
        for row in connection.execute(query):  # noqa: UP028  # which would close a closed cursor
            yield row
        return
    holds_files = any(isinstance(field, BytesField) for field in model._meta.sorted_fields)
    with connection.cursor(name=f"contents_{next(_numbers)}") as cursor:
        cursor.itersize = _FILES_AT_ONCE if holds_files else _ROWS_AT_ONCE
        cursor.execute(query)
        yield from cursor


def _name(model: type[Row]) -> str:
    return f'"{model._meta.table_name}"'


def _columns(holder: Database, model: type[Row]) -> list[_Column]:
    on_postgresql = isinstance(holder, PostgresqlDatabase)
    return [_column(field, on_postgresql=on_postgresql) for field in model._meta.sorted_fields]


def _column(field: Field, *, on_postgresql: bool) -> _Column:
    name = field.column_name
    selected = f'"{name}"'
    read: Convert = _same
    compared: Convert = _same
    match field:
        case DocumentField():
            # The driver would parse what PostgreSQL has as text.
            selected = f'"{name}"::text' if on_postgresql else selected
            read, compared = _json_of, _canonical
        case InstantField():
            read = instant_text
        case DateField():
            read = _day_of
        case BooleanField():
            read = bool
        case BytesField():
            read, compared = bytes, _digest
    return _Column(name, selected, read, compared)


def _same(value: Any) -> Any:
    return value


def _json_of(text: str) -> str:
    return json_text(json.loads(text))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _day_of(value: date | str) -> str:
    return value.isoformat() if isinstance(value, date) else value


def _canonical(text: str) -> str:
    """Return a document in the one form of all that are equal to it.

    >>> _canonical('{"b": 1.0, "a": [1e2]}') == _canonical('{"a":[100],"b":1}')
    True
    """
    return json.dumps(json.loads(text, parse_float=_number), sort_keys=True)


def _number(text: str) -> int | float:
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(text)
