"""The first schema. Frozen: a later change is a later migration.

Written as the engines read it, for the rules that matter stand in it: every CHECK, every unique
index, every trigger. Three words are spelt per engine: KEY (text compared byte by byte), INSTANT
(an aware UTC instant) and DOCUMENT (JSON). Every table is keyed by organization first, so that rows
of different organizations can live on different machines, and composite foreign keys make it
impossible to point from one organization's row to another's.
"""

import secrets
from collections.abc import Iterator

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, engine_of, execute, make_append_only

TABLES = """
CREATE TABLE organization (
    id KEY PRIMARY KEY,
    name TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr')),
    seat_refusal_status INTEGER NOT NULL DEFAULT 403 CHECK (seat_refusal_status IN (400, 403)),
    tax_rate_basis_points INTEGER NOT NULL DEFAULT 0
        CHECK (tax_rate_basis_points BETWEEN 0 AND 10000),
    reverse_charge BOOLEAN NOT NULL DEFAULT FALSE
        CHECK (NOT reverse_charge OR tax_rate_basis_points = 0),
    strict BOOLEAN NOT NULL DEFAULT FALSE,
    extensions TEXT NOT NULL DEFAULT '[]',
    party DOCUMENT NOT NULL,
    created_at INSTANT NOT NULL
);

CREATE TABLE seller (
    id KEY PRIMARY KEY CHECK (id = 'seller'),
    series TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    party DOCUMENT NOT NULL
);

CREATE TABLE installation (
    id KEY PRIMARY KEY CHECK (id = 'installation'),
    cursor_key TEXT NOT NULL
);

CREATE TABLE token (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('scim', 'sso', 'primary_owner', 'owner', 'billing')),
    prefix TEXT NOT NULL,
    secret_hash KEY NOT NULL UNIQUE,
    label TEXT,
    provider TEXT,
    created_at INSTANT NOT NULL,
    expires_at INSTANT,
    revoked_at INSTANT,
    last_used_at INSTANT,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE contract (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    starts_on DATE NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    renewal_unit_price_minor BIGINT CHECK (renewal_unit_price_minor >= 0),
    billing_interval TEXT NOT NULL CHECK (billing_interval IN ('annual', 'monthly')),
    collection_method TEXT NOT NULL CHECK (collection_method IN ('invoice', 'card')),
    auto_renew BOOLEAN NOT NULL,
    minimum_seats INTEGER NOT NULL CHECK (minimum_seats >= 1),
    net_days INTEGER NOT NULL CHECK (net_days >= 0),
    grace_days INTEGER NOT NULL CHECK (grace_days >= 0),
    buyer_role TEXT NOT NULL CHECK (buyer_role IN ('primary_owner', 'owner', 'billing')),
    invoiced_elsewhere TEXT,
    signed_at INSTANT NOT NULL,
    ended_at INSTANT,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX contract_running ON contract (organization_id) WHERE ended_at IS NULL;

CREATE TABLE term (
    organization_id KEY NOT NULL,
    contract_id KEY NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL CHECK (ends_on > starts_on),
    unit_price_minor BIGINT NOT NULL CHECK (unit_price_minor >= 0),
    opened_with INTEGER NOT NULL CHECK (opened_with >= 0),
    opened_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, contract_id, number),
    FOREIGN KEY (organization_id, contract_id) REFERENCES contract (organization_id, id)
);

CREATE TABLE seat_pool (
    organization_id KEY PRIMARY KEY REFERENCES organization (id),
    state TEXT NOT NULL CHECK (state IN ('unsigned', 'open', 'ended')),
    contract_id KEY,
    term_number INTEGER,
    term_starts_at INSTANT,
    term_ends_at INSTANT,
    suspended_at INSTANT,
    purchased INTEGER NOT NULL,
    in_use INTEGER NOT NULL,
    ledger_sequence BIGINT NOT NULL,
    ledger_at INSTANT NOT NULL,
    CONSTRAINT seat_pool_in_use_within_purchased CHECK (0 <= in_use AND in_use <= purchased),
    CHECK (state = 'unsigned' OR
           (contract_id IS NOT NULL AND term_number IS NOT NULL
            AND term_starts_at IS NOT NULL AND term_ends_at IS NOT NULL)),
    FOREIGN KEY (organization_id, contract_id, term_number)
        REFERENCES term (organization_id, contract_id, number)
);
CREATE INDEX seat_pool_due ON seat_pool (term_ends_at) WHERE state = 'open';

CREATE TABLE ledger_entry (
    organization_id KEY NOT NULL REFERENCES organization (id),
    sequence BIGINT NOT NULL CHECK (sequence >= 1),
    kind TEXT NOT NULL
        CHECK (kind IN ('granted', 'assigned', 'released', 'held', 'hold_assigned', 'hold_released',
                        'hold_expired', 'renewed')),
    quantity INTEGER NOT NULL,
    user_id KEY,
    hold_id KEY,
    at INSTANT NOT NULL,
    actor TEXT NOT NULL,
    cause TEXT NOT NULL,
    contract_id KEY,
    term_number INTEGER,
    PRIMARY KEY (organization_id, sequence),
    CHECK (kind = 'renewed' OR quantity >= 1),
    CHECK (kind NOT IN ('granted', 'renewed') OR user_id IS NULL),
    CHECK (kind NOT IN ('assigned', 'released', 'hold_assigned') OR user_id IS NOT NULL),
    CHECK ((kind IN ('held', 'hold_assigned', 'hold_released', 'hold_expired'))
           = (hold_id IS NOT NULL))
);
CREATE UNIQUE INDEX ledger_entry_one_increase_per_cause ON ledger_entry (organization_id, cause)
    WHERE kind IN ('granted', 'renewed');

CREATE TABLE scim_user (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    user_name TEXT NOT NULL,
    user_name_key KEY NOT NULL,
    display_name TEXT,
    external_id KEY,
    active BOOLEAN NOT NULL,
    assignment_id KEY,
    origin TEXT NOT NULL CHECK (origin IN ('scim', 'sso', 'owner')),
    adopted_at INSTANT,
    document TEXT NOT NULL,
    folded DOCUMENT NOT NULL,
    version BIGINT NOT NULL,
    created_at INSTANT NOT NULL,
    updated_at INSTANT NOT NULL,
    deleted_at INSTANT,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT scim_user_active_holds_a_seat CHECK (active = (assignment_id IS NOT NULL)),
    CONSTRAINT scim_user_deleted_is_inactive CHECK (deleted_at IS NULL OR NOT active)
);
CREATE UNIQUE INDEX scim_user_name ON scim_user (organization_id, user_name_key)
    WHERE deleted_at IS NULL;
CREATE INDEX scim_user_external_id ON scim_user (organization_id, external_id)
    WHERE deleted_at IS NULL AND external_id IS NOT NULL;
CREATE INDEX scim_user_present ON scim_user (organization_id, id) WHERE deleted_at IS NULL;

CREATE TABLE scim_user_email (
    organization_id KEY NOT NULL,
    user_id KEY NOT NULL,
    position INTEGER NOT NULL,
    value KEY,
    type KEY,
    display KEY,
    is_primary BOOLEAN,
    PRIMARY KEY (organization_id, user_id, position),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);
CREATE INDEX scim_user_email_value ON scim_user_email (organization_id, value, user_id);

CREATE TABLE seat_assignment (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    user_id KEY NOT NULL,
    assigned_at INSTANT NOT NULL,
    assigned_sequence BIGINT NOT NULL,
    released_at INSTANT,
    released_sequence BIGINT,
    PRIMARY KEY (organization_id, id),
    CHECK ((released_at IS NULL) = (released_sequence IS NULL)),
    CHECK (released_sequence > assigned_sequence),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);
CREATE UNIQUE INDEX seat_assignment_open ON seat_assignment (organization_id, user_id)
    WHERE released_at IS NULL;
CREATE INDEX seat_assignment_sequence ON seat_assignment (organization_id, assigned_sequence);

CREATE TABLE scim_group (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    display_name TEXT NOT NULL,
    display_name_key KEY NOT NULL,
    external_id KEY,
    document TEXT NOT NULL,
    folded DOCUMENT NOT NULL,
    version BIGINT NOT NULL,
    created_at INSTANT NOT NULL,
    updated_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX scim_group_display_name ON scim_group (organization_id, display_name_key);
CREATE INDEX scim_group_external_id ON scim_group (organization_id, external_id)
    WHERE external_id IS NOT NULL;

CREATE TABLE scim_group_member (
    organization_id KEY NOT NULL,
    group_id KEY NOT NULL,
    member_id KEY NOT NULL,
    user_id KEY,
    nested_group_id KEY,
    PRIMARY KEY (organization_id, group_id, member_id),
    CONSTRAINT scim_group_member_is_one_resource CHECK (
        (user_id IS NOT NULL AND nested_group_id IS NULL AND member_id = user_id)
        OR (user_id IS NULL AND nested_group_id IS NOT NULL AND member_id = nested_group_id)),
    FOREIGN KEY (organization_id, group_id) REFERENCES scim_group (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id),
    FOREIGN KEY (organization_id, nested_group_id) REFERENCES scim_group (organization_id, id)
);
CREATE INDEX scim_group_member_of ON scim_group_member (organization_id, member_id, group_id);
CREATE INDEX scim_group_member_nested ON scim_group_member (organization_id, nested_group_id)
    WHERE nested_group_id IS NOT NULL;

CREATE TABLE denial (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    user_name TEXT NOT NULL,
    user_name_key KEY NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('scim', 'sso')),
    provider TEXT,
    attempts INTEGER NOT NULL CHECK (attempts >= 1),
    first_seen_at INSTANT NOT NULL,
    last_seen_at INSTANT NOT NULL,
    closed_at INSTANT,
    closed_because TEXT
        CHECK (closed_because IN ('seated', 'deactivated', 'deleted', 'dismissed', 'expired')),
    PRIMARY KEY (organization_id, id),
    CHECK ((closed_at IS NULL) = (closed_because IS NULL))
);
CREATE UNIQUE INDEX denial_open ON denial (organization_id, user_name_key) WHERE closed_at IS NULL;

CREATE TABLE quote (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    contract_id KEY NOT NULL,
    term_number INTEGER NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    purchased_before INTEGER NOT NULL,
    effective_on DATE NOT NULL,
    term_ends_on DATE NOT NULL,
    months_remaining TEXT NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_rate_basis_points INTEGER NOT NULL,
    reverse_charge BOOLEAN NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor = net_minor + tax_minor),
    purchase_order TEXT,
    cost_centre TEXT,
    created_at INSTANT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, contract_id, term_number)
        REFERENCES term (organization_id, contract_id, number)
);

CREATE TABLE invoice_series (
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    counter INTEGER NOT NULL CHECK (counter >= 1),
    last_issued_on DATE NOT NULL,
    PRIMARY KEY (series, year)
);

CREATE TABLE invoice (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    contract_id KEY NOT NULL,
    term_number INTEGER NOT NULL,
    cause KEY NOT NULL,
    series TEXT NOT NULL,
    year INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    number KEY NOT NULL UNIQUE,
    issued_on DATE NOT NULL,
    issued_at INSTANT NOT NULL,
    due_on DATE NOT NULL,
    language TEXT NOT NULL,
    currency TEXT NOT NULL,
    seller DOCUMENT NOT NULL,
    buyer DOCUMENT NOT NULL,
    purchase_order TEXT,
    cost_centre TEXT,
    reverse_charge BOOLEAN NOT NULL,
    net_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor = net_minor + tax_minor),
    PRIMARY KEY (organization_id, id),
    UNIQUE (series, year, counter),
    FOREIGN KEY (organization_id, contract_id, term_number)
        REFERENCES term (organization_id, contract_id, number)
);
CREATE UNIQUE INDEX invoice_one_per_cause ON invoice (organization_id, cause);

CREATE TABLE invoice_line (
    organization_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('signing', 'addition', 'renewal')),
    quantity INTEGER NOT NULL,
    unit_price_minor BIGINT NOT NULL,
    months_remaining TEXT NOT NULL,
    tax_rate_basis_points INTEGER NOT NULL,
    net_minor BIGINT NOT NULL,
    service_starts_on DATE NOT NULL,
    service_ends_on DATE NOT NULL,
    PRIMARY KEY (organization_id, invoice_id, position),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
);

CREATE TABLE purchase (
    organization_id KEY NOT NULL,
    id KEY NOT NULL,
    quote_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    purchased_after INTEGER NOT NULL,
    confirmed_at INSTANT NOT NULL,
    confirmed_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, quote_id) REFERENCES quote (organization_id, id),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
);
CREATE UNIQUE INDEX purchase_one_per_quote ON purchase (organization_id, quote_id);

CREATE TABLE idempotency_key (
    organization_id KEY NOT NULL REFERENCES organization (id),
    route KEY NOT NULL,
    key KEY NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER,
    answer TEXT,
    created_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, route, key)
);
"""

#: Rows that are written once: the database refuses to change or delete them (I6).
APPEND_ONLY = ("ledger_entry", "invoice", "invoice_line", "purchase")

#: The total allocation never falls inside a term (I3).
PURCHASED_FALLS = """OLD.state = 'open' AND NEW.state = 'open' AND OLD.contract_id = NEW.contract_id
    AND OLD.term_number = NEW.term_number AND NEW.purchased < OLD.purchased"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create every table, index and trigger, and the two rows that every installation has."""
    create(db, TABLES)
    execute(db, _POSTGRESQL_TRIGGERS if engine_of(db) == "postgresql" else _SQLITE_TRIGGERS)
    make_append_only(db, *APPEND_ONLY)
    execute(db, _rows())


_POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION seatgate_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            RAISE EXCEPTION '%%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
    f"""CREATE TRIGGER seat_pool_purchased_never_falls BEFORE UPDATE ON seat_pool
        FOR EACH ROW WHEN ({PURCHASED_FALLS})
        EXECUTE FUNCTION seatgate_refuse('purchased never falls inside a term')""",
)

_SQLITE_TRIGGERS = (
    f"""CREATE TRIGGER seat_pool_purchased_never_falls BEFORE UPDATE ON seat_pool
        WHEN {PURCHASED_FALLS}
        BEGIN SELECT RAISE(ABORT, 'purchased never falls inside a term'); END""",
)


def _rows() -> Iterator[str]:
    yield "INSERT INTO seller (id, series, time_zone, party) VALUES ('seller', 'INV', 'UTC', '{}')"
    # Nobody but this line chooses the text, which is hexadecimal.
    yield f"INSERT INTO installation VALUES ('installation', '{secrets.token_hex(32)}')"  # noqa: S608
