"""Seats kept for a named person, people who wait for one, and seats that owners move."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, make_append_only

TABLES = """
CREATE TABLE hold (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    user_name TEXT NOT NULL,
    user_name_key KEY NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('login', 'denial', 'waiting')),
    held_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    ended_at INSTANT,
    ended_as TEXT CHECK (ended_as IN ('assigned', 'released', 'expired')),
    PRIMARY KEY (organization_id, id),
    CHECK ((ended_at IS NULL) = (ended_as IS NULL))
);
CREATE UNIQUE INDEX hold_live ON hold (organization_id, user_name_key) WHERE ended_at IS NULL;
CREATE INDEX hold_due ON hold (expires_at) WHERE ended_at IS NULL;

CREATE TABLE waiting_place (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    user_id KEY NOT NULL,
    parked_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);
CREATE UNIQUE INDEX waiting_place_user ON waiting_place (organization_id, user_id);

CREATE TABLE reassignment (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    from_user_id KEY NOT NULL,
    to_user_id KEY NOT NULL,
    reassigned_at INSTANT NOT NULL,
    reassigned_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK (from_user_id <> to_user_id),
    FOREIGN KEY (organization_id, from_user_id) REFERENCES scim_user (organization_id, id),
    FOREIGN KEY (organization_id, to_user_id) REFERENCES scim_user (organization_id, id)
);

ALTER TABLE organization ADD COLUMN when_full TEXT NOT NULL DEFAULT 'reject'
    CHECK (when_full IN ('reject', 'park'));
ALTER TABLE organization ADD COLUMN reserve_for_denied BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE organization ADD COLUMN billing_contacts TEXT NOT NULL DEFAULT '[]';
ALTER TABLE scim_user ADD COLUMN inactive_because TEXT
    CHECK (inactive_because IN ('directory', 'released', 'reassigned', 'waiting'))
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables and add the columns."""
    create(db, TABLES)
    make_append_only(db, "reassignment")
