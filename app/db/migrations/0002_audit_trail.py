"""Audit events: one for each change of anything, append-only."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, make_append_only

TABLES = """
CREATE TABLE audit_event (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    at INSTANT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    provider TEXT,
    request_id TEXT,
    kind TEXT NOT NULL,
    subject_id KEY NOT NULL,
    before DOCUMENT NOT NULL,
    after DOCUMENT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_event_subject ON audit_event (organization_id, subject_id, id)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the table."""
    create(db, TABLES)
    make_append_only(db, "audit_event")
