"""Contracts signed ahead, what they are invoiced for and when, requests by name, clock jumps."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create

TABLES = """
ALTER TABLE contract ADD COLUMN
    takes_over_at INSTANT;
ALTER TABLE contract ADD COLUMN
    took_over_at INSTANT;
ALTER TABLE contract ADD COLUMN
    stops_renewal_of KEY;
ALTER TABLE contract ADD COLUMN
    renewal_ended_at INSTANT;
ALTER TABLE contract ADD COLUMN invoice_days_before INTEGER NOT NULL DEFAULT 0
    CHECK (invoice_days_before BETWEEN 0 AND 60);
ALTER TABLE contract ADD COLUMN purchase_order TEXT;
ALTER TABLE contract ADD COLUMN cost_centre TEXT;

DROP INDEX contract_running;
CREATE UNIQUE INDEX contract_running ON contract (organization_id)
    WHERE ended_at IS NULL AND (takes_over_at IS NULL OR took_over_at IS NOT NULL);
CREATE UNIQUE INDEX contract_scheduled ON contract (organization_id)
    WHERE ended_at IS NULL AND takes_over_at IS NOT NULL AND took_over_at IS NULL;
CREATE INDEX contract_taking_over ON contract (takes_over_at)
    WHERE ended_at IS NULL AND takes_over_at IS NOT NULL AND took_over_at IS NULL;

UPDATE contract SET renewal_ended_at =
    (SELECT MAX(e.at) FROM audit_event e WHERE e.organization_id = contract.organization_id
     AND e.subject_id = contract.id AND e.kind = 'contract.renewal_ended')
    WHERE ended_at IS NULL AND NOT auto_renew;

CREATE TABLE term_invoice (
    organization_id KEY NOT NULL,
    contract_id KEY NOT NULL,
    term_number INTEGER NOT NULL CHECK (term_number >= 1),
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    due_at INSTANT NOT NULL,
    invoice_id KEY,
    dropped_at INSTANT,
    PRIMARY KEY (organization_id, contract_id, term_number),
    CHECK (invoice_id IS NULL OR dropped_at IS NULL),
    FOREIGN KEY (organization_id, contract_id) REFERENCES contract (organization_id, id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
);
CREATE INDEX term_invoice_due ON term_invoice (due_at)
    WHERE invoice_id IS NULL AND dropped_at IS NULL;

CREATE TABLE contract_request (
    organization_id KEY NOT NULL REFERENCES organization (id),
    request_id KEY NOT NULL,
    content_hash TEXT NOT NULL,
    subject_id KEY NOT NULL,
    created_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, request_id)
);

CREATE TABLE clock_jump (
    id KEY PRIMARY KEY,
    noticed_at INSTANT NOT NULL,
    ahead_seconds BIGINT NOT NULL,
    accepted_at INSTANT
);
CREATE UNIQUE INDEX clock_jump_open ON clock_jump ((1)) WHERE accepted_at IS NULL;

CREATE TABLE clock_seen (
    id KEY PRIMARY KEY CHECK (id = 'clock'),
    seen_at INSTANT NOT NULL
)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the columns, replace the index of running contracts, and create the tables."""
    create(db, TABLES)
