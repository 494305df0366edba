"""Brings a database to the schema that this version of the product needs."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from peewee import Database, OperationalError, SqliteDatabase
from playhouse.migrations import Runner

from app.db.connections import database, on_postgresql

MIGRATIONS = Path(__file__).parent / "migrations"

#: The last migration that this version cannot do without: none later than the version before had.
#: What a newer one adds is used one release later, so that each serves on the other's schema.
NEEDED = "0023_balances"

#: Serialises migrations that start at the same moment on several machines: the number of an
#: advisory lock of PostgreSQL.
_MIGRATION_LOCK = 7_225_474_283

#: How often a process that waits for another's migrations asks whether they are done.
_TURN_SECONDS = 0.1


def migrate(waiting: Callable[[], object] = lambda: None) -> list[str]:
    """Apply what is missing and return the names of what was applied.

    Run twice, the second run applies nothing. One process at a time migrates a database: another
    waits until it is done, and calls `waiting` before it does. PostgreSQL applies all of it or
    nothing: the lock is the transaction's, as a pooler that shares connections between transactions
    needs it.
    """
    with _alone(waiting):
        return list(_runner().up())


@contextmanager
def _alone(waiting: Callable[[], object]) -> Iterator[None]:
    """Hold a connection to the open database, which no other process migrates meanwhile."""
    if on_postgresql():
        with database.connection_context(), database.atomic():
            _wait(_take_lock, waiting)
            yield
        return
    with _folder() as descriptor:
        _wait(partial(_take_folder, descriptor), waiting)
        # Who opens a new file while another sets its journal mode is refused: open it now.
        with database.connection_context():
            yield


def _wait(take: Callable[[], bool], waiting: Callable[[], object]) -> None:
    if not take():
        waiting()
        while not take():
            time.sleep(_TURN_SECONDS)


def _take_lock() -> bool:
    """Take the lock of migrations on PostgreSQL for this transaction, if no other has it."""
    taken = database.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
    return bool(taken.fetchone()[0])


@contextmanager
def _folder() -> Iterator[int]:
    """Open the folder of SQLite's file, whose lock leaves nothing behind when a process ends."""
    try:
        descriptor = os.open(Path(database.obj.database).parent, os.O_RDONLY)
    except OSError as error:  # SQLite could not open a file in it either
        raise OperationalError(str(error)) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _take_folder(descriptor: int) -> bool:
    """Take the lock of the folder, if no other process has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def pending() -> list[str]:
    """Return the names of the migrations that the open database lacks."""
    with database.connection_context():
        return [migration.name for migration in _runner().status() if migration.applied is None]


def lacking() -> list[str]:
    """Return the names of those that it lacks and that this version cannot do without."""
    return [name for name in pending() if name <= NEEDED]


def unknown() -> list[str]:
    """Return the names of migrations of the open database that this version does not know."""
    with database.connection_context():
        return [migration.name for migration in _runner().status() if migration.path is None]


def migrated_in_memory() -> SqliteDatabase:
    """Return an open SQLite database of this version's schema, which is gone when it is closed."""
    fresh = SqliteDatabase(":memory:")
    _runner(fresh).up()
    return fresh


def _runner(migrated: Database | None = None) -> Runner:
    return Runner(migrated or database.obj, str(MIGRATIONS))
