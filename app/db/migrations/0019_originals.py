"""The originals of invoices: each is made once, and its bytes are served ever after."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, make_append_only

TABLES = """
CREATE TABLE invoice_original (
    organization_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    content BYTES NOT NULL CHECK (LENGTH(content) > 0),
    sha256 KEY NOT NULL CHECK (LENGTH(sha256) = 64),
    media_type TEXT NOT NULL CHECK (media_type <> ''),
    file_name TEXT NOT NULL CHECK (file_name <> ''),
    without_data TEXT CHECK (without_data <> ''),
    made_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the table, whose rows are never changed."""
    create(db, TABLES)
    make_append_only(db, "invoice_original")
