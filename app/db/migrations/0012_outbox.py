"""Mail that waits to be sent, and which refused people were written of already."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create

TABLES = """
CREATE TABLE outbox_message (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose <> ''),
    audience TEXT NOT NULL CHECK (audience IN ('owner', 'billing', 'vendor')),
    owner_id KEY,
    address TEXT,
    facts DOCUMENT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'dropped')),
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    next_attempt_at INSTANT NOT NULL,
    claimed_until INSTANT,
    last_error TEXT,
    created_at INSTANT NOT NULL,
    expires_at INSTANT CHECK (expires_at > created_at),
    gives_up_at INSTANT,
    sent_at INSTANT,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT outbox_message_has_one_recipient CHECK (
        (audience = 'owner') = (owner_id IS NOT NULL) AND (owner_id IS NULL) = (address IS NOT NULL)
    ),
    CONSTRAINT outbox_message_sent_has_its_instant CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT outbox_message_says_why_it_ended
        CHECK (state NOT IN ('failed', 'dropped') OR last_error IS NOT NULL),
    CHECK (claimed_until IS NULL OR state = 'pending'),
    CHECK ((attempts = 0) = (gives_up_at IS NULL)),
    FOREIGN KEY (organization_id, owner_id) REFERENCES owner (organization_id, id)
);
CREATE UNIQUE INDEX outbox_message_id ON outbox_message (id);
CREATE INDEX outbox_message_due ON outbox_message (next_attempt_at, id) WHERE state = 'pending';
CREATE INDEX outbox_message_over ON outbox_message (created_at);
CREATE INDEX outbox_message_purpose ON outbox_message (organization_id, purpose, id);
CREATE INDEX outbox_message_state ON outbox_message (organization_id, state, id);

ALTER TABLE want ADD COLUMN
    notice_id KEY;
CREATE INDEX want_without_notice ON want (organization_id)
    WHERE notice_id IS NULL AND closed_at IS NULL AND parked_at IS NULL AND reason = 'no_seat';
CREATE INDEX want_of_notice ON want (organization_id, notice_id) WHERE notice_id IS NOT NULL
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the table and add the column."""
    create(db, TABLES)
