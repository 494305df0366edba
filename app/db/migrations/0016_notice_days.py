"""A contract says how many days before its term's last an owner can decline its renewal."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import execute

CHANGES = (
    "ALTER TABLE contract ADD COLUMN notice_days INTEGER NOT NULL DEFAULT 0"
    " CHECK (notice_days BETWEEN 0 AND 365)",
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column; contracts that were signed before can be declined until the last day."""
    execute(db, CHANGES)
