"""The guards: each trigger, CHECK, unique index and foreign key that the invariants lean on.

What must be there is read from a schema that the migrations make. SQLite makes it in memory; for
PostgreSQL it stands in a file, which a test holds to the migrations.
"""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from app.audit.checks import Check
from app.audit.findings import Violation
from app.db.connections import on_postgresql
from app.db.migrating import migrated_in_memory
from app.db.streaming import stream

POSTGRESQL_GUARDS = Path(__file__).with_name("postgresql_guards.json")

_MISSING = Check("I6", "a guard of the database is missing", "schema", "")
_ALTERED = Check("I6", "a guard of the database was altered, or does not act", "schema", "")

#: What is compared with a fresh schema.
RECOMPUTED = (_MISSING, _ALTERED)

#: (kind, table, name) -> how the engine writes it.
Guards = dict[tuple[str, str, str], str]

_SQLITE = """SELECT type, tbl_name, name, sql FROM sqlite_master
    WHERE sql IS NOT NULL AND tbl_name <> 'schema_migration'"""

_POSTGRESQL = """
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(t.oid, true)
    || CASE WHEN tgenabled IN ('O', 'A') THEN '' ELSE ' DISABLED' END
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(k.oid, true)
    || CASE WHEN EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid
        AND t.tgenabled NOT IN ('O', 'A')) THEN ' DISABLED' ELSE '' END
FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid
WHERE contype IN ('c', 'f', 'p', 'u') AND relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'index', indrelid::regclass::text, c.relname, pg_get_indexdef(indexrelid, 0, true)
    || CASE WHEN indisvalid AND indisready THEN '' ELSE ' INVALID' END
FROM pg_index JOIN pg_class c ON c.oid = indexrelid
WHERE indisunique AND relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'column', attrelid::regclass::text, attname, 'NOT NULL'
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
WHERE attnotnull AND attnum > 0 AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'function', '', proname, prosrc FROM pg_proc
WHERE pronamespace = current_schema()::regnamespace
"""


def guards() -> Iterator[Violation]:
    """Yield the guards that are not as the migrations made them."""
    there = guards_there()
    for (kind, table, name), definition in expected_guards().items():
        found = there.get((kind, table, name))
        if found != definition:
            check = _MISSING if found is None else _ALTERED
            yield check.violation(None, kind, table, name, expected=definition, found=found)


def guards_there() -> Guards:
    """Return the guards of the open database."""
    if not on_postgresql():
        return _sqlite_guards(stream(_SQLITE))
    return {
        (kind, table, name): _one_line(text)
        for kind, table, name, text in stream(_POSTGRESQL)
        if table != "schema_migration"
    }


def expected_guards() -> Guards:
    """Return the guards of a fresh schema of the open database's engine."""
    return recorded() if on_postgresql() else _made_in_memory()


@lru_cache
def recorded() -> Guards:
    """Return the guards that stand in the file for PostgreSQL."""
    rows = json.loads(POSTGRESQL_GUARDS.read_text(encoding="utf-8"))
    return {(kind, table, name): text for kind, table, name, text in rows}


@lru_cache
def _made_in_memory() -> Guards:
    fresh = migrated_in_memory()
    try:
        rows = fresh.connection().execute(_SQLITE)  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        return _sqlite_guards(rows)
    finally:
        fresh.close()


def _sqlite_guards(rows: Iterable[tuple[str, str, str, str]]) -> Guards:
    """Return tables, whose text holds their CHECKs and keys, unique indexes, and triggers."""
    return {
        (kind, table, name): _one_line(sql)
        for kind, table, name, sql in rows
        if kind != "index" or sql.upper().startswith("CREATE UNIQUE")
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
