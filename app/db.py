"""The database: which one, its connections, and the one way to write to it.

A use case is a function decorated with `transaction`: returning commits, raising rolls back, and
there is never one inside another. SQLite and PostgreSQL run the same use cases; what differs
between them stands in this module.
"""

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from peewee import (
    SQL,
    Database,
    DatabaseProxy,
    Field,
    Function,
    OperationalError,
    Select,
    TextField,
    fn,
)
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

from app.errors import Busy

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Q = TypeVar("Q", bound=Select)

#: How often a transaction that lost a deadlock or a serialisation conflict is run before the caller
#: hears `Busy`.
ATTEMPTS_MAX = 4

#: How long a connection waits for another's lock before it gives up.
LOCK_TIMEOUT_SECONDS = 10

#: Enough for every thread of one worker process; a thread holds at most one connection.
CONNECTIONS_MAX = 64

database = DatabaseProxy()

#: What this thread's transaction has put off until it commits.
_put_off = threading.local()

#: SQLite lets one connection write at a time and makes the others poll; within a process a lock
#: queues them instead.
_sqlite_writer = threading.Lock()


class InstantField(Field):
    """An aware UTC datetime.

    It is `timestamptz` on PostgreSQL, and on SQLite text of fixed width that sorts by time.
    """

    field_type = "INSTANT"

    def db_value(self, value: datetime | None) -> str | None:
        """Return the instant as text that both engines read and SQLite compares rightly."""
        return None if value is None else instant_text(value)

    def python_value(self, value: str | datetime | None) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return instant.astimezone(UTC)


class KeyField(TextField):
    """Text that is compared byte by byte on every engine.

    For ids, folded names, and whatever else is looked up or sorted.
    """

    field_type = "KEY"


class DocumentField(Field):
    """A JSON document that queries look into: `jsonb` on PostgreSQL, text on SQLite."""

    field_type = "DOCUMENT"

    def db_value(self, value: object) -> str:
        """Return JSON text."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def python_value(self, value: object) -> object:
        """Return the document; PostgreSQL's driver has parsed it already."""
        return json.loads(value) if isinstance(value, str) else value


def instant_text(at: datetime) -> str:
    """Return `at` as `2026-03-01T09:00:00.000000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def open_database(url: str) -> Database:
    """Make the process use the database at `url`; connections open on first use.

    What `url` may be stands at `Config.database_url`.
    """
    opened: Database
    if url.startswith("sqlite:///"):
        opened = PooledSqliteDatabase(
            url.removeprefix("sqlite:///"),
            pragmas={
                "journal_mode": "wal",
                "synchronous": "full",
                "foreign_keys": 1,
                "busy_timeout": LOCK_TIMEOUT_SECONDS * 1000,
                "cache_size": -64 * 1024,
            },
            max_connections=CONNECTIONS_MAX,
            timeout=LOCK_TIMEOUT_SECONDS,
            field_types={"INSTANT": "TEXT", "KEY": "TEXT", "DOCUMENT": "TEXT"},
            returning_clause=True,
            # The pool hands a connection from thread to thread, and only one has it at a time.
            check_same_thread=False,
        )
    else:
        opened = PooledPostgresqlDatabase(
            url,
            max_connections=CONNECTIONS_MAX,
            timeout=LOCK_TIMEOUT_SECONDS,
            field_types={"INSTANT": "TIMESTAMPTZ", "KEY": 'TEXT COLLATE "C"', "DOCUMENT": "JSONB"},
        )
    database.initialize(opened)
    return opened


def on_postgresql() -> bool:
    """Tell whether the open database is PostgreSQL."""
    return isinstance(database.obj, PooledPostgresqlDatabase)


def connection() -> AbstractContextManager[object]:
    """Hold this thread's connection for the length of a `with`; it then goes back to the pool."""
    opened: AbstractContextManager[object] = database.connection_context()
    return opened


def transaction(use_case: Callable[P, R]) -> Callable[P, R]:
    """Make `use_case` one transaction: returning commits, raising rolls back.

    What the use case put off with `follow_up` is done once it has committed.

    A run that loses a deadlock or a serialisation conflict is rolled back and run again, so the use
    case must do nothing but read and write the database.

    Raises:
        Busy: it lost every time.
        RuntimeError: a transaction is open already; use cases do not call each other.
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            _put_off.work = []
            try:
                with _writing():
                    result = use_case(*args, **kwargs)
            except OperationalError as error:
                if not _lost_a_conflict(error):
                    raise
            else:
                _catch_up()
                return result
            time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311  # only spreads the rivals
        raise Busy("The server is busy with other changes to the same data. Try again in a moment.")

    return run


def follow_up(work: Callable[[], object]) -> None:
    """Do `work` after the transaction at hand has committed, in transactions of its own.

    It must be something that housekeeping would do otherwise: if it fails, that is logged, and what
    was committed stands.
    """
    assert_in_transaction()
    _put_off.work.append(work)


def _catch_up() -> None:
    work, _put_off.work = _put_off.work, []
    for piece in work:
        try:
            piece()
        except Exception:  # the request that it follows has been done
            log.exception("a follow-up failed and is left to housekeeping")


@contextmanager
def snapshot() -> Iterator[None]:
    """Read from one consistent state of the whole database, for as long as the `with` lasts."""
    with database.atomic("REPEATABLE READ" if on_postgresql() else "DEFERRED"):
        yield


def assert_in_transaction() -> None:
    """Fail where a function that writes part of a use case is called outside one."""
    if not database.in_transaction():
        raise RuntimeError("call this inside a transaction")


@contextmanager
def _writing() -> Iterator[None]:
    if database.in_transaction():
        raise RuntimeError("a transaction is open already")
    if on_postgresql():
        with database.atomic():
            yield
    else:
        with _sqlite_writer, database.atomic("IMMEDIATE"):
            yield


def _lost_a_conflict(error: OperationalError) -> bool:
    cause = getattr(error, "orig", None)
    return getattr(cause, "sqlstate", None) in {"40001", "40P01"} or "database is locked" in str(
        cause
    )


def locked(query: Q, strength: str = "FOR NO KEY UPDATE") -> Q:
    """Lock the rows that `query` reads until the transaction ends.

    On SQLite the transaction, begun IMMEDIATE, holds the whole database already.
    """
    if not on_postgresql():
        return query
    return query.for_update(strength)  # type: ignore[arg-type]  # it takes the clause as well


def violates(error: Exception, constraint: str, columns: Sequence[str]) -> bool:
    """Tell whether `error` is a violation of the unique index `constraint` over `columns`.

    PostgreSQL names the index, SQLite its columns (`table.column`).
    """
    cause = getattr(error, "orig", None)
    named = getattr(getattr(cause, "diag", None), "constraint_name", None)
    return named == constraint if named else str(cause).endswith(": " + ", ".join(columns))


def greatest(*values: object) -> Function:
    """Return the greatest of `values`, none of them NULL, as an SQL expression."""
    return fn.GREATEST(*values) if on_postgresql() else fn.MAX(*values)


def listed(values: Sequence[str]) -> SQL:
    """Return a one-column subquery of `values`, passed as one parameter however many they are."""
    text = json.dumps(values)
    if on_postgresql():
        return SQL('(SELECT jsonb_array_elements_text(CAST(%s AS jsonb)) COLLATE "C")', [text])
    return SQL("(SELECT value FROM json_each(?))", [text])
