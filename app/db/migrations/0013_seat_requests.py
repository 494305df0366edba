"""Requests to buy: what people ask for who may not buy it themselves."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create

TABLES = """
CREATE TABLE seat_request (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    reason TEXT CHECK (reason <> ''),
    purchase_order TEXT CHECK (purchase_order <> ''),
    asked_by KEY,
    created_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL,
    priced_on DATE NOT NULL,
    currency TEXT NOT NULL,
    net_minor BIGINT NOT NULL CHECK (net_minor >= 0),
    ceiling_minor BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'bought', 'declined', 'replaced', 'expired')),
    ended_at INSTANT,
    ended_by TEXT,
    purchase_id KEY,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT seat_request_ceiling_has_the_price CHECK (ceiling_minor >= net_minor),
    CONSTRAINT seat_request_lives_a_while CHECK (expires_at > created_at),
    CONSTRAINT seat_request_ended_whole CHECK (
        (state = 'open') = (ended_at IS NULL)
        AND (state IN ('open', 'expired')) = (ended_by IS NULL)),
    CONSTRAINT seat_request_bought_has_its_purchase
        CHECK ((state = 'bought') = (purchase_id IS NOT NULL)),
    FOREIGN KEY (organization_id, asked_by) REFERENCES owner (organization_id, id),
    FOREIGN KEY (organization_id, purchase_id) REFERENCES purchase (organization_id, id)
);
CREATE UNIQUE INDEX seat_request_id ON seat_request (id);
CREATE UNIQUE INDEX seat_request_one_open ON seat_request (organization_id, asked_by)
    WHERE state = 'open';
CREATE UNIQUE INDEX seat_request_of_purchase ON seat_request (organization_id, purchase_id)
    WHERE purchase_id IS NOT NULL;
CREATE INDEX seat_request_open ON seat_request (organization_id, id) WHERE state = 'open';
CREATE INDEX seat_request_due ON seat_request (expires_at) WHERE state = 'open';

CREATE TABLE seat_request_quote (
    organization_id KEY NOT NULL REFERENCES organization (id),
    quote_id KEY NOT NULL,
    request_id KEY NOT NULL,
    PRIMARY KEY (organization_id, quote_id),
    FOREIGN KEY (organization_id, quote_id) REFERENCES quote (organization_id, id),
    FOREIGN KEY (organization_id, request_id) REFERENCES seat_request (organization_id, id)
);
CREATE INDEX seat_request_quote_request ON seat_request_quote (organization_id, request_id)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables."""
    create(db, TABLES)
