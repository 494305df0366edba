"""The seller's accounts, and invoices and payments by their days over all organizations."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import engine_of, execute

_DOCUMENT = {"sqlite": "TEXT", "postgresql": "JSONB"}


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the column; a seller of before has no accounts."""
    document = _DOCUMENT[engine_of(db)]
    execute(
        db,
        (
            f"ALTER TABLE seller ADD COLUMN accounts {document} NOT NULL DEFAULT '{{}}'",
            "CREATE INDEX invoice_issued ON invoice (issued_on, id)",
            "CREATE INDEX payment_received ON payment (received_on, id)",
            "CREATE INDEX refund_refunded ON refund (refunded_on, id)",
            "CREATE INDEX reversal_reversed ON reversal (reversed_at, id)",
        ),
    )
