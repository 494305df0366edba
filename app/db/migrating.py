"""Brings a database to the schema that this version of the product needs."""

from pathlib import Path

from peewee import Database, SqliteDatabase
from playhouse.migrations import Runner

from app.db.connections import database, on_postgresql

MIGRATIONS = Path(__file__).parent / "migrations"

#: Serialises migrations that start at the same moment on several machines: the number of an
#: advisory lock of PostgreSQL.
_MIGRATION_LOCK = 7_225_474_283


def migrate() -> list[str]:
    """Apply what is missing and return the names of what was applied.

    Run twice, the second run applies nothing. PostgreSQL applies all of it or nothing: the lock is
    the transaction's, as a pooler that shares connections between transactions needs it.
    """
    with database.connection_context():
        if not on_postgresql():
            return list(_runner().up())
        with database.atomic():
            database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            return list(_runner().up())


def pending() -> list[str]:
    """Return the names of the migrations that the open database lacks."""
    with database.connection_context():
        return [migration.name for migration in _runner().status() if migration.applied is None]


def migrated_in_memory() -> SqliteDatabase:
    """Return an open SQLite database of this version's schema, which is gone when it is closed."""
    fresh = SqliteDatabase(":memory:")
    _runner(fresh).up()
    return fresh


def _runner(migrated: Database | None = None) -> Runner:
    return Runner(migrated or database.obj, str(MIGRATIONS))
