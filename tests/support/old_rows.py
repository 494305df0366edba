"""Rows of an older schema, which the models no longer know."""

import json
from datetime import UTC, datetime
from pathlib import Path

from playhouse.migrations import Runner

from app.db.columns import instant_text
from app.db.connections import database, on_postgresql
from app.db.migrating import MIGRATIONS

#: What stood in a database of the version before migration 0006: every table, in the order in which
#: rows can be inserted.
ROWS = json.loads(Path("fixtures/migrations/0005.json").read_text(encoding="utf-8"))

#: The last instant of which it knows.
AT = datetime(2027, 1, 3, 9, tzinfo=UTC)


def fill_to(migration: str) -> None:
    """Make the open, empty database one of that migration, which was in use for a year."""
    runner = Runner(database.obj, str(MIGRATIONS))
    runner.up("0005_holds_and_waiting")
    _insert(ROWS)
    runner.up(migration)


def add(table: str, **columns: object) -> None:
    """Insert a row as it is."""
    values = [
        instant_text(value) if isinstance(value, datetime) else value for value in columns.values()
    ]
    marks = ", ".join(["%s" if on_postgresql() else "?"] * len(values))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # a test's
    database.execute_sql(insert, values)


def change(statement: str):
    """Run a statement as it is, and return its cursor."""
    return database.execute_sql(statement)


def _insert(rows):
    for table in ("seller", "installation"):
        database.execute_sql(f"DELETE FROM {table}")  # noqa: S608  # which every database has
    for table, content in rows.items():
        booleans = _booleans(table)
        columns = content["columns"]
        for row in content["rows"]:
            named = dict(zip(columns, row, strict=True))
            values = [
                bool(value) if name in booleans and value is not None else value
                for name, value in named.items()
            ]
            marks = ", ".join(["%s" if on_postgresql() else "?"] * len(values))
            statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  # names of the fixture
            database.execute_sql(statement, values)


def _booleans(table):
    return {column.name for column in database.get_columns(table) if column.data_type == "boolean"}
