"""Who a person is: look-alike names, what logins said otherwise, and the vendor's own tokens.

Every userName gets the key under which look-alikes are found. The key of a person is made again
where today's rule gives another; one that another user has by now is left as it is, and the audit
trail of the organization says so.
"""

from collections.abc import Iterator, Sequence

from peewee import Database, IntegrityError
from playhouse.migrate import SchemaMigrator

from app.clock import Clock
from app.db.columns import instant_text
from app.db.ddl import create, engine_of
from app.identifiers import new_id
from scim.names import UserName

TABLES = """
ALTER TABLE scim_user ADD COLUMN
    skeleton_key KEY;
CREATE INDEX scim_user_skeleton ON scim_user (organization_id, skeleton_key, id)
    WHERE deleted_at IS NULL;

ALTER TABLE organization ADD COLUMN login_help TEXT;
ALTER TABLE organization ADD COLUMN login_by_email BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE identity_match (
    organization_id KEY PRIMARY KEY REFERENCES organization (id),
    user_id KEY NOT NULL,
    matched_at INSTANT NOT NULL,
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);

CREATE TABLE identity_mismatch (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    user_id KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN (
        'external_id', 'external_id_of_another', 'user_name_is_email', 'email_of_another')),
    denied BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 1),
    first_seen_at INSTANT NOT NULL,
    last_seen_at INSTANT NOT NULL,
    resolved_at INSTANT,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);
CREATE UNIQUE INDEX identity_mismatch_open ON identity_mismatch (organization_id, user_id, kind)
    WHERE resolved_at IS NULL;

CREATE TABLE vendor_token (
    id KEY PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('sso')),
    prefix TEXT NOT NULL,
    secret_hash KEY NOT NULL,
    label TEXT,
    provider TEXT,
    created_at INSTANT NOT NULL,
    expires_at INSTANT,
    revoked_at INSTANT,
    last_used_at INSTANT
);
CREATE UNIQUE INDEX vendor_token_secret ON vendor_token (secret_hash)
"""

_ROWS_AT_A_TIME = 1000

#: (organization id, id, userName, its key).
_Row = tuple[str, str, str, str]


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables, add the columns, and make the keys of every user."""
    create(db, TABLES)
    for rows in _pages(db):
        for row in rows:
            _make_keys(db, row)


def _pages(db: Database) -> Iterator[Sequence[_Row]]:
    after = ("", "")
    while rows := _run(
        db,
        """SELECT organization_id, id, user_name, user_name_key FROM scim_user
           WHERE organization_id > ? OR (organization_id = ? AND id > ?)
           ORDER BY organization_id, id LIMIT ?""",
        (after[0], after[0], after[1], _ROWS_AT_A_TIME),
    ).fetchall():
        yield rows
        after = rows[-1][0], rows[-1][1]


def _make_keys(db: Database, row: _Row) -> None:
    organization_id, user_id, user_name, key = row
    name = UserName.of(user_name)
    _run(
        db,
        "UPDATE scim_user SET skeleton_key = ? WHERE organization_id = ? AND id = ?",
        (name.skeleton_key, organization_id, user_id),
    )
    if name.key == key:
        return
    try:
        with db.atomic():
            _run(
                db,
                "UPDATE scim_user SET user_name_key = ? WHERE organization_id = ? AND id = ?",
                (name.key, organization_id, user_id),
            )
    except IntegrityError:
        _say_that_it_stays(db, organization_id, user_id)


def _say_that_it_stays(db: Database, organization_id: str, user_id: str) -> None:
    at = Clock().now()
    _run(
        db,
        """INSERT INTO audit_event
           (organization_id, id, at, actor, role, kind, subject_id, before, after)
           VALUES (?, ?, ?, 'migration', 'operator', 'user.key_kept', ?, '{}', ?)""",
        (
            organization_id,
            new_id("evt", at),
            instant_text(at),
            user_id,
            '{"repair": "Another user has this userName in another spelling. Give one of the two '
            'another userName."}',
        ),
    )


def _run(db: Database, statement: str, values: tuple[object, ...]):  # type: ignore[no-untyped-def]  # a cursor of either driver
    marks = statement.replace("?", "%s") if engine_of(db) == "postgresql" else statement
    return db.execute_sql(marks, values)  # type: ignore[no-untyped-call]  # the stubs leave it untyped
