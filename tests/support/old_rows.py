"""Rows of an older schema, which the models no longer know."""

from datetime import datetime

from app.db.columns import instant_text
from app.db.connections import database, on_postgresql


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
