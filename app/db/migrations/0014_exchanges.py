"""What identity providers asked and were answered, and when each last asked.

A name stands in a row as text and as its key; `user_id` is what the request named, and may be no
user's. So an exchange outlives neither its person nor 30 days, and refers to no user.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create

TABLES = """
CREATE TABLE exchange (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    at INSTANT NOT NULL,
    token_id KEY NOT NULL,
    provider KEY,
    request_id TEXT,
    method TEXT NOT NULL CHECK (method IN ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
    path TEXT NOT NULL,
    operation INTEGER CHECK (operation >= 0),
    action TEXT NOT NULL CHECK (action IN (
        'create_user', 'replace_user', 'change_user', 'activate_user', 'deactivate_user',
        'delete_user', 'create_group', 'replace_group', 'change_group', 'delete_group', 'bulk',
        'read', 'other')),
    status INTEGER NOT NULL CHECK (100 <= status AND status <= 599),
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'parked', 'refused')),
    code TEXT,
    purchased INTEGER CHECK (purchased >= 0),
    in_use INTEGER CHECK (in_use >= 0),
    user_id KEY,
    user_name TEXT,
    user_name_key KEY,
    request TEXT,
    request_size INTEGER NOT NULL CHECK (request_size >= 0),
    answer TEXT,
    answer_size INTEGER NOT NULL CHECK (answer_size >= 0),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, token_id) REFERENCES token (organization_id, id),
    CONSTRAINT exchange_refused_by_status CHECK ((outcome = 'refused') = (status >= 400)),
    CONSTRAINT exchange_name_with_key CHECK ((user_name IS NULL) = (user_name_key IS NULL)),
    CONSTRAINT exchange_figures_together CHECK ((purchased IS NULL) = (in_use IS NULL))
);
CREATE INDEX exchange_at ON exchange (at);
CREATE INDEX exchange_user ON exchange (organization_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX exchange_name ON exchange (organization_id, user_name_key, id)
    WHERE user_name_key IS NOT NULL;
CREATE INDEX exchange_outcome ON exchange (organization_id, outcome, id);

CREATE TABLE directory_contact (
    organization_id KEY NOT NULL REFERENCES organization (id),
    token_id KEY NOT NULL,
    provider KEY,
    first_at INSTANT NOT NULL,
    last_at INSTANT NOT NULL,
    refused_at INSTANT,
    refused_status INTEGER CHECK (400 <= refused_status AND refused_status <= 599),
    refused_code TEXT,
    refused_id KEY,
    untrimmed INTEGER NOT NULL CHECK (untrimmed >= 0),
    PRIMARY KEY (organization_id, token_id),
    FOREIGN KEY (organization_id, token_id) REFERENCES token (organization_id, id),
    CONSTRAINT directory_contact_in_order CHECK (first_at <= last_at),
    CONSTRAINT directory_contact_refusal_whole CHECK (
        (refused_at IS NULL) = (refused_status IS NULL))
);
CREATE INDEX directory_contact_untrimmed ON directory_contact (organization_id)
    WHERE untrimmed > 0
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables."""
    create(db, TABLES)
