"""Owners as people: who they are, how they sign in, and what they are signed in by."""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, engine_of

_ROLES = "role IN ('scim', 'sso', 'primary_owner', 'owner', 'billing', 'it')"

#: A token may be for the administrators of a directory, too.
_POSTGRESQL_TOKEN = f"""
ALTER TABLE token DROP CONSTRAINT token_role_check;
ALTER TABLE token ADD CONSTRAINT token_role_check CHECK ({_ROLES})
"""

#: SQLite changes no CHECK, so that the table is made anew. Nothing refers to it yet.
_SQLITE_TOKEN = f"""
CREATE TABLE new_token (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    role TEXT NOT NULL CHECK ({_ROLES}),
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
INSERT INTO new_token (organization_id, id, role, prefix, secret_hash, label, provider, created_at,
        expires_at, revoked_at, last_used_at)
    SELECT organization_id, id, role, prefix, secret_hash, label, provider, created_at,
        expires_at, revoked_at, last_used_at FROM token;
DROP TABLE token;
ALTER TABLE new_token RENAME TO token
"""  # noqa: S608  # texts of this file

TABLES = """
CREATE TABLE owner (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    address TEXT NOT NULL,
    address_key KEY NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('primary_owner', 'owner', 'billing', 'it')),
    language TEXT,
    user_id KEY,
    added_at INSTANT NOT NULL,
    removed_at INSTANT,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);
CREATE UNIQUE INDEX owner_address ON owner (organization_id, address_key)
    WHERE removed_at IS NULL;
CREATE INDEX owner_of_address ON owner (address_key, organization_id) WHERE removed_at IS NULL;
CREATE INDEX owner_user ON owner (organization_id, user_id) WHERE user_id IS NOT NULL;

CREATE TABLE owner_session (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    secret_hash KEY NOT NULL,
    owner_id KEY,
    token_id KEY,
    role TEXT NOT NULL CHECK (role IN ('primary_owner', 'owner', 'billing', 'it')),
    begun_at INSTANT NOT NULL,
    seen_at INSTANT NOT NULL CHECK (seen_at >= begun_at),
    expires_at INSTANT NOT NULL CHECK (expires_at > begun_at),
    ended_at INSTANT,
    ended_because TEXT CHECK (ended_because IN (
        'signed_out', 'owner_removed', 'role_changed', 'user_left')),
    PRIMARY KEY (organization_id, id),
    CHECK ((owner_id IS NULL) <> (token_id IS NULL)),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    FOREIGN KEY (organization_id, owner_id) REFERENCES owner (organization_id, id),
    FOREIGN KEY (organization_id, token_id) REFERENCES token (organization_id, id)
);
CREATE UNIQUE INDEX owner_session_secret ON owner_session (secret_hash);
CREATE INDEX owner_session_owner ON owner_session (organization_id, owner_id)
    WHERE ended_at IS NULL;
CREATE INDEX owner_session_over ON owner_session (expires_at);

CREATE TABLE owner_link (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    owner_id KEY NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'accept_ownership', 'invitation')),
    role TEXT NOT NULL CHECK (role IN ('primary_owner', 'owner', 'billing', 'it')),
    secret_hash KEY NOT NULL,
    code_hash TEXT,
    code_tries INTEGER NOT NULL CHECK (code_tries BETWEEN 0 AND 5),
    made_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL CHECK (expires_at > made_at),
    ended_at INSTANT,
    ended_because TEXT CHECK (ended_because IN (
        'used', 'replaced', 'tries', 'owner_removed', 'role_changed', 'user_left')),
    PRIMARY KEY (organization_id, id),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CHECK (code_hash IS NULL OR purpose = 'sign_in'),
    CHECK (code_tries < 5 OR ended_at IS NOT NULL),
    FOREIGN KEY (organization_id, owner_id) REFERENCES owner (organization_id, id)
);
CREATE UNIQUE INDEX owner_link_secret ON owner_link (secret_hash);
CREATE UNIQUE INDEX owner_link_live ON owner_link (organization_id, owner_id, purpose)
    WHERE ended_at IS NULL;
CREATE INDEX owner_link_over ON owner_link (expires_at);

CREATE TABLE ownership_offer (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    from_owner_id KEY NOT NULL,
    to_owner_id KEY NOT NULL,
    offered_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL CHECK (expires_at > offered_at),
    ended_at INSTANT,
    ended_because TEXT CHECK (ended_because IN (
        'accepted', 'replaced', 'owner_removed', 'role_changed', 'user_left')),
    PRIMARY KEY (organization_id, id),
    CHECK (from_owner_id <> to_owner_id),
    CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    FOREIGN KEY (organization_id, from_owner_id) REFERENCES owner (organization_id, id),
    FOREIGN KEY (organization_id, to_owner_id) REFERENCES owner (organization_id, id)
);
CREATE UNIQUE INDEX ownership_offer_from ON ownership_offer (organization_id, from_owner_id)
    WHERE ended_at IS NULL;
CREATE UNIQUE INDEX ownership_offer_to ON ownership_offer (organization_id, to_owner_id)
    WHERE ended_at IS NULL;

CREATE TABLE sign_in_attempt (
    subject KEY NOT NULL,
    id KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('link', 'sign_in')),
    at INSTANT NOT NULL,
    PRIMARY KEY (subject, id)
);
CREATE INDEX sign_in_attempt_at ON sign_in_attempt (at);

CREATE TABLE openid_provider (
    organization_id KEY PRIMARY KEY REFERENCES organization (id),
    issuer KEY NOT NULL,
    client_id TEXT NOT NULL,
    sealed_client_secret TEXT NOT NULL,
    allowed_hosts TEXT NOT NULL,
    set_at INSTANT NOT NULL
);

CREATE TABLE openid_login (
    organization_id KEY NOT NULL REFERENCES organization (id),
    issuer KEY NOT NULL,
    subject KEY NOT NULL,
    owner_id KEY NOT NULL,
    bound_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, issuer, subject),
    FOREIGN KEY (organization_id, owner_id) REFERENCES owner (organization_id, id)
);
CREATE UNIQUE INDEX openid_login_owner ON openid_login (organization_id, owner_id, issuer);

CREATE TABLE openid_request (
    organization_id KEY NOT NULL REFERENCES organization (id),
    state_hash KEY NOT NULL,
    issuer KEY NOT NULL,
    redirect_uri TEXT NOT NULL,
    next_path TEXT,
    begun_at INSTANT NOT NULL,
    expires_at INSTANT NOT NULL CHECK (expires_at > begun_at),
    PRIMARY KEY (organization_id, state_hash)
);
CREATE UNIQUE INDEX openid_request_state ON openid_request (state_hash);
CREATE INDEX openid_request_over ON openid_request (expires_at)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Let tokens have the new role, and create the tables."""
    create(db, _POSTGRESQL_TOKEN if engine_of(db) == "postgresql" else _SQLITE_TOKEN)
    create(db, TABLES)
