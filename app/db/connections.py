"""Which database is open, and this thread's connection to it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit, urlunsplit

from peewee import Database, DatabaseProxy
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

#: How long a connection waits for another's lock before it gives up.
LOCK_TIMEOUT_SECONDS = 10

#: Enough for every thread of one worker process; a thread holds at most one connection.
CONNECTIONS_MAX = 64

#: How much of a file a connection to SQLite keeps in memory at most, and all of a process. The
#: machine's own cache of files stands behind them.
CACHE_KIB = 8 * 1024
PROCESS_CACHE_BYTES = 32 * 1024 * 1024

#: How often a connection to PostgreSQL runs a statement before it has the server prepare it, where
#: it may: a pooler that shares connections between transactions forbids it.
PREPARED_AFTER = 5

database = DatabaseProxy()


def open_database(url: str) -> Database:
    """Make the process use the database at `url`; connections open on first use.

    What `url` may be stands at `Config.database_url`.
    """
    opened: Database = database_at(url)
    database.initialize(opened)
    return opened


def database_at(url: str) -> PooledSqliteDatabase | PooledPostgresqlDatabase:
    """Return the database at `url`, which is not the one that the process uses."""
    if url.startswith("sqlite:///"):
        return PooledSqliteDatabase(
            url.removeprefix("sqlite:///"),
            pragmas={
                "journal_mode": "wal",
                "synchronous": "full",
                "foreign_keys": 1,
                "busy_timeout": LOCK_TIMEOUT_SECONDS * 1000,
                "cache_size": -CACHE_KIB,
                # Of the whole process, whatever its connections may hold each.
                "soft_heap_limit": PROCESS_CACHE_BYTES,
            },
            max_connections=CONNECTIONS_MAX,
            timeout=LOCK_TIMEOUT_SECONDS,
            field_types={"INSTANT": "TEXT", "KEY": "TEXT", "DOCUMENT": "TEXT"},
            returning_clause=True,
            # The pool hands a connection from thread to thread, and only one has it at a time.
            check_same_thread=False,
        )
    address, prepares = _postgresql(url)
    return PooledPostgresqlDatabase(
        address,
        prepare_threshold=PREPARED_AFTER if prepares else None,
        max_connections=CONNECTIONS_MAX,
        timeout=LOCK_TIMEOUT_SECONDS,
        field_types={"INSTANT": "TIMESTAMPTZ", "KEY": 'TEXT COLLATE "C"', "DOCUMENT": "JSONB"},
    )


@contextmanager
def using(other: Database) -> Iterator[None]:
    """Let the process use another database for the length of a `with`."""
    before = database.obj
    database.initialize(other)
    try:
        yield
    finally:
        database.initialize(before)


def _postgresql(url: str) -> tuple[str, bool]:
    """Return an address without our own `prepare=1`, and whether it was there."""
    parts = urlsplit(url)
    options = parts.query.split("&") if parts.query else []
    others = [option for option in options if option != "prepare=1"]
    return urlunsplit(parts._replace(query="&".join(others))), len(others) < len(options)


def on_postgresql() -> bool:
    """Return whether the open database is PostgreSQL."""
    return isinstance(database.obj, PooledPostgresqlDatabase)


def connection() -> AbstractContextManager[object]:
    """Hold this thread's connection for the length of a `with`; it then goes back to the pool."""
    opened: AbstractContextManager[object] = database.connection_context()
    return opened
