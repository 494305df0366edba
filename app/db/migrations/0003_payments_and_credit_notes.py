"""What follows an invoice: payments and credit notes; and who stood behind a renewal."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, make_append_only

TABLES = """
CREATE TABLE payment (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 1),
    received_on DATE NOT NULL,
    reference TEXT NOT NULL,
    recorded_at INSTANT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
);
CREATE INDEX payment_invoice ON payment (organization_id, invoice_id, id);

CREATE TABLE renewal_holder (
    organization_id KEY NOT NULL,
    contract_id KEY NOT NULL,
    term_number INTEGER NOT NULL,
    assignment_id KEY NOT NULL,
    user_id KEY NOT NULL,
    PRIMARY KEY (organization_id, contract_id, term_number, assignment_id),
    FOREIGN KEY (organization_id, contract_id, term_number)
        REFERENCES term (organization_id, contract_id, number),
    FOREIGN KEY (organization_id, assignment_id) REFERENCES seat_assignment (organization_id, id)
);

ALTER TABLE invoice ADD COLUMN
    credit_of KEY;
CREATE UNIQUE INDEX invoice_credited_once ON invoice (organization_id, credit_of)
    WHERE credit_of IS NOT NULL;

ALTER TABLE seller ADD COLUMN credit_note_series TEXT NOT NULL DEFAULT 'CN'
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables and add the columns."""
    create(db, TABLES)
    make_append_only(db, "payment", "renewal_holder")
