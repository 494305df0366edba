"""Which database is open, and this thread's connection to it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from peewee import Database, DatabaseProxy, ImproperlyConfigured, SqliteDatabase

from app.database_url import SQLITE, postgresql_address
from app.db.deadlines import REQUEST_SECONDS, lock_seconds
from app.db.sqlite import LOG_BYTES_MAX, Sqlite

if TYPE_CHECKING:
    from app.db.postgresql import Postgresql

#: Enough for every thread of one worker process; a thread holds at most one connection.
CONNECTIONS_MAX = 64

#: How much of a file a connection to SQLite keeps in memory at most, and all of a process. The
#: machine's own cache of files stands behind them.
CACHE_KIB = 2 * 1024
PROCESS_CACHE_BYTES = 32 * 1024 * 1024

#: How often a connection to PostgreSQL runs a statement before it has the server prepare it, where
#: it may: a pooler that shares connections between transactions forbids it.
PREPARED_AFTER = 5

database = DatabaseProxy()


def open_database(
    url: str, deadline_seconds: float = REQUEST_SECONDS, *, answer_seconds: float | None = None
) -> Database:
    """Make the process use the database at `url`; connections open on first use.

    What `url` may be stands at `Config.database_url`. `deadline_seconds` is how long a request may
    take: what waits for a lock gives up in time to say so. `answer_seconds` is how long PostgreSQL
    may take to answer what has no deadline, None for ever.
    """
    opened = database_at(url, deadline_seconds, answer_seconds=answer_seconds)
    database.initialize(opened)
    return opened


def database_at(
    url: str, deadline_seconds: float = REQUEST_SECONDS, *, answer_seconds: float | None = None
) -> "Sqlite | Postgresql":
    """Return the database at `url`, which is not the one that the process uses. As there."""
    patience = lock_seconds(deadline_seconds)
    if url.startswith(SQLITE):
        return _sqlite(url.removeprefix(SQLITE), patience)
    return _postgresql(url, patience, answer_seconds)


@contextmanager
def using(other: Database) -> Iterator[None]:
    """Let the process use another database for the length of a `with`."""
    before = database.obj
    database.initialize(other)
    try:
        yield
    finally:
        database.initialize(before)


def _sqlite(path: str, patience: float) -> Sqlite:
    return Sqlite(
        path,
        lock_seconds=patience,
        pragmas={
            "journal_mode": "wal",
            "journal_size_limit": LOG_BYTES_MAX,
            "synchronous": "full",
            "foreign_keys": 1,
            "busy_timeout": int(patience * 1000),
            "cache_size": -CACHE_KIB,
            # Of the whole process, whatever its connections may hold each.
            "soft_heap_limit": PROCESS_CACHE_BYTES,
        },
        max_connections=CONNECTIONS_MAX,
        field_types={"INSTANT": "TEXT", "KEY": "TEXT", "DOCUMENT": "TEXT"},
        returning_clause=True,
        # The pool hands a connection from thread to thread, and only one has it at a time.
        check_same_thread=False,
    )


def _postgresql(url: str, patience: float, answer_seconds: float | None) -> "Postgresql":
    try:
        from app.db.postgresql import Postgresql  # an installation for SQLite has no driver
    except ImportError:
        raise ImproperlyConfigured("the driver of PostgreSQL is not installed") from None
    address = postgresql_address(url)
    return Postgresql(
        address.conninfo,
        wait_seconds=patience,
        answer_seconds=answer_seconds,
        prepare_threshold=PREPARED_AFTER if address.prepares else None,
        max_connections=CONNECTIONS_MAX,
        field_types={"INSTANT": "TIMESTAMPTZ", "KEY": 'TEXT COLLATE "C"', "DOCUMENT": "JSONB"},
    )


def on_postgresql() -> bool:
    """Return whether the open database is PostgreSQL."""
    return database.obj is not None and not isinstance(database.obj, SqliteDatabase)


def connection() -> AbstractContextManager[object]:
    """Hold this thread's connection for the length of a `with`; it then goes back to the pool."""
    opened: AbstractContextManager[object] = database.connection_context()
    return opened
