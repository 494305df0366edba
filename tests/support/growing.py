"""A schema of a later version: all that a migration may do to one that is served meanwhile."""

from app.audit.findings import Violation
from app.db.connections import database
from tests.support.auditing import violations

#: Names of their own, which no version uses.
COLUMN, TABLE, MIGRATION = "grown", "grown_table", "9000_grown"

#: A migration without which a version serves.
ADDING_AN_INDEX = """
def up(_migrator, db):
    db.execute_sql("CREATE INDEX grown_name ON organization (name)")
"""


def grow(*tables: str) -> None:
    """Add columns and a look-up index to tables of the open database, and a table beside them."""
    for table in tables or sorted(set(database.get_tables()) - {"schema_migration"}):
        database.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN {COLUMN} TEXT')
        database.execute_sql(
            f'ALTER TABLE "{table}" ADD COLUMN {COLUMN}_number INTEGER NOT NULL DEFAULT 7'
        )
        database.execute_sql(f'CREATE INDEX {COLUMN}_{table} ON "{table}" ({COLUMN})')
    database.execute_sql(f"CREATE TABLE {TABLE} (id TEXT PRIMARY KEY)")
    database.execute_sql(
        f"INSERT INTO schema_migration (name, applied) VALUES ('{MIGRATION}', '2027-01-01')"  # noqa: S608  # our own name
    )


def broken() -> list[Violation]:
    """Return what the audit finds, but for the guards, of which the later version knows more."""
    return [each for each in violations() if not each.what.startswith("a guard")]
