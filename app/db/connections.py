"""Which database is open, and this thread's connection to it."""

from contextlib import AbstractContextManager

from peewee import Database, DatabaseProxy
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

from app.database_url import postgresql_address

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
    opened: Database
    if url.startswith("sqlite:///"):
        opened = PooledSqliteDatabase(
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
    else:
        address = postgresql_address(url)
        opened = PooledPostgresqlDatabase(
            address.conninfo,
            prepare_threshold=PREPARED_AFTER if address.prepares else None,
            max_connections=CONNECTIONS_MAX,
            timeout=LOCK_TIMEOUT_SECONDS,
            field_types={"INSTANT": "TIMESTAMPTZ", "KEY": 'TEXT COLLATE "C"', "DOCUMENT": "JSONB"},
        )
    database.initialize(opened)
    return opened


def on_postgresql() -> bool:
    """Return whether the open database is PostgreSQL."""
    return isinstance(database.obj, PooledPostgresqlDatabase)


def connection() -> AbstractContextManager[object]:
    """Hold this thread's connection for the length of a `with`; it then goes back to the pool."""
    opened: AbstractContextManager[object] = database.connection_context()
    return opened
