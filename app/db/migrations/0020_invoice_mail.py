"""What invoices, renewals and the vendor are mailed of, and which notices were given already."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, execute, make_append_only

CHANGES = (
    "ALTER TABLE organization ADD COLUMN overdue_notices BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE seller ADD COLUMN notify TEXT CHECK (notify <> '')",
    "ALTER TABLE owner ADD COLUMN notices BOOLEAN NOT NULL DEFAULT TRUE",
    "CREATE INDEX invoice_due ON invoice (due_on) WHERE credit_of IS NULL",
)

TABLES = """
ALTER TABLE outbox_message ADD COLUMN
    subject KEY;
CREATE INDEX outbox_message_subject ON outbox_message (organization_id, subject, id)
    WHERE subject IS NOT NULL;

CREATE TABLE renewal_notice (
    organization_id KEY NOT NULL,
    contract_id KEY NOT NULL,
    term_number INTEGER NOT NULL CHECK (term_number >= 1),
    audience TEXT NOT NULL CHECK (audience IN ('customer', 'vendor')),
    days_before INTEGER NOT NULL CHECK (days_before > 0),
    noticed_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, contract_id, term_number, audience, days_before),
    FOREIGN KEY (organization_id, contract_id) REFERENCES contract (organization_id, id)
);

CREATE TABLE overdue_notice (
    organization_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    noticed_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the columns and the tables."""
    execute(db, CHANGES)
    create(db, TABLES)
    make_append_only(db, "renewal_notice", "overdue_notice")
