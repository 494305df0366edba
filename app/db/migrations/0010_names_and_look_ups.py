"""The vendor's own number of a customer, and indexes for what is looked up by time."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create

CHANGES = """
ALTER TABLE organization ADD COLUMN
    external_id KEY;
CREATE UNIQUE INDEX organization_external_id ON organization (external_id)
    WHERE external_id IS NOT NULL;

CREATE INDEX idempotency_key_created ON idempotency_key (created_at);
CREATE INDEX invoice_issued_on ON invoice (organization_id, issued_on, id);
CREATE INDEX ledger_entry_at ON ledger_entry (organization_id, at, sequence)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column and the indexes."""
    create(db, CHANGES)
