"""An organization speaks any language that there are catalogues of, not only English and French.

SQLite changes no CHECK, so the column is made anew there.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import engine_of, execute

_CHECKED = "CHECK (LENGTH(language) BETWEEN 2 AND 35)"

CHANGES = {
    "sqlite": (
        "ALTER TABLE organization RENAME COLUMN language TO language_before",
        f"ALTER TABLE organization ADD COLUMN language TEXT NOT NULL DEFAULT 'en' {_CHECKED}",
        "UPDATE organization SET language = language_before",
        "ALTER TABLE organization DROP COLUMN language_before",
    ),
    "postgresql": (
        "ALTER TABLE organization DROP CONSTRAINT organization_language_check",
        f"ALTER TABLE organization ADD CONSTRAINT organization_language_check {_CHECKED}",
    ),
}


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Let the column have every tag of RFC 5646 that is not unreasonably long."""
    execute(db, CHANGES[engine_of(db)])
