"""What puts invoices and payments right: partial credits, replacements, reversals and refunds."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, execute, make_append_only

TABLES = """
DROP INDEX invoice_credited_once;
CREATE INDEX invoice_credit_of ON invoice (organization_id, credit_of)
    WHERE credit_of IS NOT NULL;

CREATE TABLE credit_line (
    organization_id KEY NOT NULL,
    credit_note_id KEY NOT NULL,
    position INTEGER NOT NULL,
    invoice_id KEY NOT NULL,
    line_position INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    basis TEXT NOT NULL CHECK (basis IN ('seats', 'amount', 'rest')),
    seats INTEGER NOT NULL CHECK (seats >= 0),
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    seats_left INTEGER NOT NULL CHECK (seats_left >= 0),
    net_left_minor BIGINT NOT NULL CHECK (net_left_minor >= 0),
    PRIMARY KEY (organization_id, credit_note_id, position),
    CHECK (basis <> 'rest' OR (seats_left = 0 AND net_left_minor = 0)),
    CHECK (basis <> 'amount' OR seats = 0),
    FOREIGN KEY (organization_id, credit_note_id, position)
        REFERENCES invoice_line (organization_id, invoice_id, position),
    FOREIGN KEY (organization_id, invoice_id, line_position)
        REFERENCES invoice_line (organization_id, invoice_id, position)
);
CREATE UNIQUE INDEX credit_line_number
    ON credit_line (organization_id, invoice_id, line_position, number);

CREATE TABLE credit_tax (
    organization_id KEY NOT NULL,
    credit_note_id KEY NOT NULL,
    rate_basis_points INTEGER NOT NULL,
    net_minor BIGINT NOT NULL CHECK (net_minor <= 0),
    tax_minor BIGINT NOT NULL CHECK (tax_minor <= 0),
    PRIMARY KEY (organization_id, credit_note_id, rate_basis_points),
    FOREIGN KEY (organization_id, credit_note_id) REFERENCES invoice (organization_id, id)
);

CREATE TABLE replacement (
    organization_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    replacement_id KEY NOT NULL,
    replaced_at INSTANT NOT NULL,
    replaced_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, invoice_id),
    CHECK (invoice_id <> replacement_id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id),
    FOREIGN KEY (organization_id, replacement_id) REFERENCES invoice (organization_id, id)
);
CREATE UNIQUE INDEX replacement_of_one ON replacement (organization_id, replacement_id);

CREATE TABLE refund (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    amount_minor BIGINT NOT NULL CHECK (amount_minor >= 1),
    refunded_on DATE NOT NULL,
    reference TEXT NOT NULL,
    recorded_at INSTANT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
);
CREATE INDEX refund_invoice ON refund (organization_id, invoice_id, id);

CREATE TABLE reversal (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    payment_id KEY,
    refund_id KEY,
    reason TEXT NOT NULL,
    reversed_at INSTANT NOT NULL,
    reversed_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK ((payment_id IS NULL) <> (refund_id IS NULL)),
    FOREIGN KEY (organization_id, payment_id) REFERENCES payment (organization_id, id),
    FOREIGN KEY (organization_id, refund_id) REFERENCES refund (organization_id, id)
);
CREATE UNIQUE INDEX reversal_payment ON reversal (organization_id, payment_id)
    WHERE payment_id IS NOT NULL;
CREATE UNIQUE INDEX reversal_refund ON reversal (organization_id, refund_id)
    WHERE refund_id IS NOT NULL;

CREATE TABLE transfer (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    payment_id KEY,
    refund_id KEY,
    from_invoice_id KEY NOT NULL,
    to_invoice_id KEY NOT NULL,
    PRIMARY KEY (organization_id, id),
    CHECK ((payment_id IS NULL) <> (refund_id IS NULL)),
    FOREIGN KEY (organization_id, payment_id) REFERENCES payment (organization_id, id),
    FOREIGN KEY (organization_id, refund_id) REFERENCES refund (organization_id, id),
    FOREIGN KEY (organization_id, from_invoice_id)
        REFERENCES replacement (organization_id, invoice_id),
    FOREIGN KEY (organization_id, to_invoice_id)
        REFERENCES replacement (organization_id, replacement_id)
);
CREATE UNIQUE INDEX transfer_payment ON transfer (organization_id, payment_id, from_invoice_id)
    WHERE payment_id IS NOT NULL;
CREATE UNIQUE INDEX transfer_refund ON transfer (organization_id, refund_id, from_invoice_id)
    WHERE refund_id IS NOT NULL;
CREATE INDEX transfer_from ON transfer (organization_id, from_invoice_id);
CREATE INDEX transfer_to ON transfer (organization_id, to_invoice_id);

CREATE TABLE bank_line (
    organization_id KEY NOT NULL,
    entry_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    reference TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    booked_on DATE NOT NULL,
    twin INTEGER NOT NULL CHECK (twin >= 1),
    PRIMARY KEY (organization_id, entry_id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
);
CREATE UNIQUE INDEX bank_line_once ON bank_line
    (organization_id, invoice_id, direction, reference, amount_minor, booked_on, twin)
"""

#: Until now a credit note took back all of an invoice, which had lines of one rate.
_CREDITED_BEFORE = (
    """INSERT INTO credit_line (organization_id, credit_note_id, position, invoice_id,
           line_position, number, basis, seats, net_minor, seats_left, net_left_minor)
       SELECT l.organization_id, l.invoice_id, l.position, n.credit_of, l.position, 1, 'rest',
           -l.quantity, -l.net_minor, 0, 0
       FROM invoice_line l JOIN invoice n
           ON n.organization_id = l.organization_id AND n.id = l.invoice_id
       WHERE n.credit_of IS NOT NULL""",
    """INSERT INTO credit_tax (organization_id, credit_note_id, rate_basis_points, net_minor,
           tax_minor)
       SELECT l.organization_id, l.invoice_id, l.tax_rate_basis_points, SUM(l.net_minor),
           MIN(n.tax_minor)
       FROM invoice_line l JOIN invoice n
           ON n.organization_id = l.organization_id AND n.id = l.invoice_id
       WHERE n.credit_of IS NOT NULL
       GROUP BY l.organization_id, l.invoice_id, l.tax_rate_basis_points""",
)

#: A bank's line that was entered more than once stays entered so often.
_PAID_BEFORE = """INSERT INTO bank_line (organization_id, entry_id, invoice_id, direction,
        reference, amount_minor, booked_on, twin)
    SELECT organization_id, id, invoice_id, 'in', TRIM(reference), amount_minor, received_on,
        ROW_NUMBER() OVER (
            PARTITION BY organization_id, invoice_id, TRIM(reference), amount_minor, received_on
            ORDER BY id)
    FROM payment"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables, and give what was credited and paid before its rows in them."""
    create(db, TABLES)
    execute(db, (*_CREDITED_BEFORE, _PAID_BEFORE))
    make_append_only(
        db, "credit_line", "credit_tax", "replacement", "refund", "reversal", "transfer"
    )
