"""How migrations are written for two engines at once.

Four words are spelt per engine: KEY (text compared byte by byte), INSTANT (an aware UTC instant),
DOCUMENT (JSON) and BYTES. They stand behind a column's name, on a line of its own.
"""

import re
from collections.abc import Iterable, Iterator

from peewee import Database, PostgresqlDatabase

_SPELLINGS = {
    "sqlite": {"KEY": "TEXT", "INSTANT": "TEXT", "DOCUMENT": "TEXT", "BYTES": "BLOB"},
    "postgresql": {
        "KEY": 'TEXT COLLATE "C"',
        "INSTANT": "TIMESTAMPTZ",
        "DOCUMENT": "JSONB",
        "BYTES": "BYTEA",
    },
}


def engine_of(db: Database) -> str:
    """Return `sqlite` or `postgresql`."""
    return "postgresql" if isinstance(db, PostgresqlDatabase) else "sqlite"


def create(db: Database, tables: str) -> None:
    """Run the statements of `tables`, spelt for the engine."""
    for word, spelling in _SPELLINGS[engine_of(db)].items():
        tables = re.sub(
            rf"^(    [a-z0-9_]+) {word}\b", rf"\1 {spelling}", tables, flags=re.MULTILINE
        )
    execute(db, (statement for statement in tables.split(";") if statement.strip()))


def execute(db: Database, statements: Iterable[str]) -> None:
    """Run statements as they are."""
    for statement in statements:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]  # the stubs leave it untyped


def make_append_only(db: Database, *tables: str) -> None:
    """Let the database refuse to change or delete the rows of `tables`."""
    for table in tables:
        execute(db, _append_only(engine_of(db), table))


def _append_only(engine: str, table: str) -> Iterator[str]:
    if engine == "postgresql":
        yield f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION seatgate_refuse('{table} is append-only')"""
        return
    for change in ("UPDATE", "DELETE"):
        yield f"""CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
