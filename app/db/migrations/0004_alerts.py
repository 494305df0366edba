"""Alerts about seats that run short, and how far the ledger has been read for them."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, make_append_only

TABLES = """
CREATE TABLE alert (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('few_left', 'none_left', 'denied')),
    rule KEY NOT NULL,
    threshold INTEGER NOT NULL,
    available INTEGER NOT NULL,
    sequence BIGINT NOT NULL,
    raised_at INSTANT NOT NULL,
    cleared_at INSTANT CHECK (cleared_at >= raised_at),
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX alert_raised ON alert (organization_id, rule) WHERE cleared_at IS NULL;

CREATE TABLE alert_cursor (
    organization_id KEY PRIMARY KEY REFERENCES organization (id),
    sequence BIGINT NOT NULL,
    purchased INTEGER NOT NULL,
    in_use INTEGER NOT NULL,
    thresholds TEXT NOT NULL
);

ALTER TABLE organization ADD COLUMN alert_thresholds TEXT NOT NULL DEFAULT '[]';
ALTER TABLE denial ADD COLUMN
    alert_id KEY;
CREATE INDEX denial_without_alert ON denial (organization_id) WHERE alert_id IS NULL;

CREATE TABLE seller_event (
    id KEY PRIMARY KEY,
    at INSTANT NOT NULL,
    actor TEXT NOT NULL,
    before DOCUMENT NOT NULL,
    after DOCUMENT NOT NULL
)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables and add the columns."""
    create(db, TABLES)
    make_append_only(db, "seller_event")
