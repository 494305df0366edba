"""Migrated databases for tests: copied from one, lent again once emptied, or emptied while in use.

What a test gets is always as the migrations left it. SQLite's is a file that is copied. PostgreSQL
takes long to make a database, so one is lent to the next test when what the last one wrote is gone
from it, unless that test touched the schema: then it is dropped.
"""

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary

import psycopg
from playhouse.pool import PooledPostgresqlDatabase

from app.db.connections import open_database
from app.db.migrating import migrate
from tests.support.auditing import AUDITORS

_numbers = count(1)

#: It lies in memory, where there is one; what is committed to it is on a disk at once.
_MEMORY = Path("/dev/shm")  # noqa: S108  # used for folders of unforeseeable names
_MEMORY_BYTES_MIN = 2 * 1024**3


def fast_folder() -> str | None:
    """Return a folder in memory for databases; None where there is none, or it is small."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _MEMORY_BYTES_MIN:
        return str(_MEMORY)
    return None


class Databases(Protocol):
    """What makes migrated databases on one engine; each method gives or takes an address."""

    def fresh(self) -> "contextmanager[str]":
        """Make a database for the length of a `with`."""

    def lent(self) -> "contextmanager[str]":
        """Give a database that is as good as fresh for the length of a `with`."""

    def empty(self, url: str) -> None:
        """Take all that was written to a database out of it; others may stay connected."""


class SqliteDatabases:
    """Copies of one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        _migrate(f"sqlite:///{self._template}")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        path = self._folder / f"test_{next(_numbers)}.db"
        shutil.copy(self._template, path)
        yield f"sqlite:///{path}"
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)

    lent = fresh

    def empty(self, url: str) -> None:
        with (
            closing(sqlite3.connect(self._template)) as template,
            closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as used,
        ):
            template.backup(used)


class PostgresqlDatabases:
    """Copies of one database, and those of them that nobody uses."""

    TEMPLATE = "template_seatgate"

    def __init__(self, url_of: Callable[[str], str]) -> None:
        self._url_of = url_of
        self._caretakers: dict[str, _Caretaker] = {}
        self._idle: list[str] = []
        self._admin = psycopg.connect(url_of("postgres"), autocommit=True)
        self._admin.execute(f"CREATE DATABASE {self.TEMPLATE}")
        _migrate(url_of(self.TEMPLATE))

    def close(self) -> None:
        for caretaker in self._caretakers.values():
            caretaker.close()
        self._admin.close()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        with self.created(self.TEMPLATE) as url:
            self._take_care(url)
            yield url

    @contextmanager
    def created(self, template: str) -> Iterator[str]:
        """Make a database from a template for the length of a `with`."""
        url = self._create(template)
        yield url
        self._drop(url)

    @contextmanager
    def lent(self) -> Iterator[str]:
        if not self._idle:
            self._idle.append(self._create(self.TEMPLATE))
            self._take_care(self._idle[-1])
        url = self._idle.pop()
        yield url
        caretaker = self._caretakers[url]
        caretaker.disconnect_others()
        if caretaker.has_its_schema():
            caretaker.empty()
            self._idle.append(url)
        else:
            self._drop(url)

    def empty(self, url: str, tables: Collection[str] | None = None) -> None:
        """As `Databases.empty`. Who knows in which tables it wrote may say so, and waits less."""
        self._caretakers[url].empty(tables)

    def tidy(self, url: str) -> None:
        """Take away what was deleted, past which those that follow would have to look."""
        self._caretakers[url].tidy()

    def keep(self, url: str) -> None:
        """Let `empty` bring back what is in a fresh database now, instead of nothing."""
        self._caretakers[url].close()
        self._take_care(url)

    def _take_care(self, url: str) -> None:
        self._caretakers[url] = _Caretaker(url)
        AUDITORS[url] = self._caretakers[url].database

    def _create(self, template: str) -> str:
        name = f"test_{next(_numbers)}"
        # Copying files is cheaper than writing them to the log, which nothing is recovered from.
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url_of(name)

    def _drop(self, url: str) -> None:
        if caretaker := self._caretakers.pop(url, None):
            del AUDITORS[url]
            caretaker.close()
        name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class _PlannedOnce(psycopg.Cursor):
    """A cursor that plans a query that is streamed again and again once for its connection."""

    _times: ClassVar[WeakKeyDictionary[psycopg.Connection, Counter]] = WeakKeyDictionary()

    def stream(self, query, params=None, **options):
        seen = self._times.setdefault(self.connection, Counter())
        seen[query] += 1
        name = f"planned_{list(seen).index(query)}"
        if seen[query] == 2:
            self.connection.execute(f"PREPARE {name} AS {query}")
        return super().stream(f"EXECUTE {name}" if seen[query] > 1 else query, params, **options)


class _Caretaker:
    """A connection to a database of PostgreSQL that audits it, and brings its rows back.

    It stays open from test to test, so that what it asks each time is planned once.
    """

    #: All that the guards are made of: whatever changes one of these rows gives it another xmin.
    _SCHEMA = """
        WITH ours AS (SELECT oid, xmin FROM pg_class
            WHERE relnamespace = 'public'::regnamespace)
        SELECT 'class', COUNT(*), MAX(xmin::text::bigint) FROM ours
        UNION ALL SELECT 'column', COUNT(*), MAX(xmin::text::bigint) FROM pg_attribute
            WHERE attrelid IN (SELECT oid FROM ours)
        UNION ALL SELECT 'default', COUNT(*), MAX(xmin::text::bigint) FROM pg_attrdef
            WHERE adrelid IN (SELECT oid FROM ours)
        UNION ALL SELECT 'index', COUNT(*), MAX(xmin::text::bigint) FROM pg_index
            WHERE indrelid IN (SELECT oid FROM ours)
        UNION ALL SELECT 'constraint', COUNT(*), MAX(xmin::text::bigint) FROM pg_constraint
        UNION ALL SELECT 'trigger', COUNT(*), MAX(xmin::text::bigint) FROM pg_trigger
        UNION ALL SELECT 'rule', COUNT(*), MAX(xmin::text::bigint) FROM pg_rewrite
        UNION ALL SELECT 'function', COUNT(*), MAX(xmin::text::bigint) FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT 'schema', COUNT(*), MAX(xmin::text::bigint) FROM pg_namespace
            WHERE nspname NOT LIKE 'pg\\_%'
        ORDER BY 1"""

    def __init__(self, url: str) -> None:
        self.database = PooledPostgresqlDatabase(url)
        self._connection = self.database.connection()
        self._connection.prepare_threshold = 0
        self._connection.cursor_factory = _PlannedOnce
        self._schema = self._schema_now()
        self._execute("SET session_replication_role = replica")  # neither triggers nor keys
        self._execute("SET lock_timeout = '10s'")
        self._execute("SET client_min_messages = error")
        self._make_emptying()

    def close(self) -> None:
        """Let go of the database, whatever the connection is at."""
        self._connection.close()

    def has_its_schema(self) -> bool:
        return self._schema_now() == self._schema

    def disconnect_others(self) -> None:
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def empty(self, tables: Collection[str] | None = None) -> None:
        written = None if tables is None else list(tables)
        self._connection.execute("SELECT pg_temp.empty(%s::text[])", (written,))

    def tidy(self) -> None:
        self._execute("VACUUM")

    def _make_emptying(self) -> None:
        """Keep the rows that are there, and make a function that leaves those alone."""
        tables = [
            name
            for (name,) in self._execute(
                "SELECT oid::regclass::text FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            )
        ]
        body = ""
        for table in tables:
            again = f"DELETE FROM {table};"  # noqa: S608  # our tables
            if self._execute(f"TABLE {table}"):
                self._execute(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}")
                again += f" INSERT INTO {table} TABLE pg_temp.kept_{table};"
            body += f"IF written IS NULL OR '{table}' = ANY(written) THEN {again} END IF;\n"
        self._execute(
            "CREATE FUNCTION pg_temp.empty(written text[]) RETURNS void"
            f" LANGUAGE plpgsql AS $$BEGIN\n{body}END$$"
        )

    def _schema_now(self) -> list[tuple]:
        return self._execute(self._SCHEMA)

    def _execute(self, statement: str) -> list[tuple]:
        cursor = self._connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def _migrate(url: str) -> None:
    database = open_database(url)
    migrate()
    # Who stays connected keeps PostgreSQL from copying the database, and SQLite from emptying its
    # log into the file.
    database.close_all()
