"""Pieces of queries that the engines write differently."""

from collections.abc import Sequence
from typing import Any, TypeVar

from peewee import SQL, Expression, Function, Select, fn

from app.db.compiled import through
from app.db.connections import database, on_postgresql
from app.json_text import json_text

Q = TypeVar("Q", bound=Select)


def locked(query: Q, strength: str = "FOR NO KEY UPDATE") -> Q:
    """Lock the rows that `query` reads until the transaction ends.

    On SQLite the transaction, begun IMMEDIATE, holds the whole database already.
    """
    if not on_postgresql():
        return query
    return query.for_update(strength)  # type: ignore[arg-type]  # it takes the clause as well


def lock_name(name: str) -> None:
    """Let one transaction at a time go on from here that gives the same name, until it ends.

    For what has no row to lock. On SQLite there is one transaction at a time already.
    """
    if on_postgresql():
        database.execute_sql("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))


def violates(error: Exception, constraint: str, columns: Sequence[str]) -> bool:
    """Return whether `error` is a violation of the unique index `constraint` over `columns`.

    PostgreSQL names the index, SQLite its columns (`table.column`).
    """
    cause = getattr(error, "orig", None)
    named = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return named == constraint if named else str(cause).endswith(": " + ", ".join(columns))


def greatest(*values: object) -> Function:
    """Return the greatest of `values`, none of them NULL, as an SQL expression."""
    return fn.GREATEST(*values) if on_postgresql() else fn.MAX(*values)


def least(*values: object) -> Function:
    """Return the least of `values`, none of them NULL, as an SQL expression."""
    return fn.LEAST(*values) if on_postgresql() else fn.MIN(*values)


def instant_written(column: Any) -> Any:
    """Return what an instant reads in an answer (`app.db.columns.instant_text`), as an expression.

    It is what SQLite keeps. PostgreSQL writes it in a fraction of the time that it takes to make an
    instant of Python's of it, and text of that.
    """
    if not on_postgresql():
        return column
    return fn.TO_CHAR(fn.TIMEZONE("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')


def among(column: Any, values: Any) -> Expression:
    """Return the condition that a column is one of `values`, however many: they are one parameter.

    PostgreSQL knows how many they are when it plans, and looks each up in an index.
    """
    if on_postgresql():
        listed = SQL("CAST(%s AS TEXT[])", [through(list, values)])
        return Expression(column, "=", fn.ANY(listed))
    return Expression(
        column, "IN", SQL("(SELECT value FROM json_each(?))", [through(json_text, values)])
    )


def found_in(column: Any, rows: Select) -> Expression:
    """Return the condition that a column is one of the values that a query of its own finds.

    PostgreSQL finds them first, and looks each up. It would rather go through all rows in their
    order, and look at each whether the query has it, where it knows nothing of the tables.
    """
    if on_postgresql():
        return Expression(column, "=", fn.ANY(fn.ARRAY(rows)))
    return Expression(column, "IN", rows)
