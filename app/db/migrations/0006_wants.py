"""One record of a person's want of a seat, where denials and waiting places each kept their own.

A person who was refused, who waits, and for whom a seat is held becomes one want: under the
denial's id where there is one, at the oldest place. Holds name the want that they serve, and the
pool counts what is held for logins.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, execute

TABLES = """
CREATE TABLE want (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence >= 1),
    user_id KEY,
    user_name TEXT NOT NULL,
    user_name_key KEY NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('no_seat', 'organization_suspended', 'contract_ended',
                                           'contract_not_started')),
    refused_at INSTANT,
    parked_at INSTANT,
    attempts INTEGER NOT NULL CHECK (attempts >= 1),
    first_seen_at INSTANT NOT NULL,
    last_seen_at INSTANT NOT NULL,
    closed_at INSTANT,
    closed_because TEXT CHECK (closed_because IN ('seated', 'deactivated', 'deleted', 'dismissed',
                                                  'expired', 'merged')),
    alert_id KEY,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT want_is_refused_or_parked CHECK (refused_at IS NOT NULL OR parked_at IS NOT NULL),
    CONSTRAINT want_parked_is_a_user_without_a_seat
        CHECK (parked_at IS NULL OR (user_id IS NOT NULL AND reason = 'no_seat')),
    CHECK ((closed_at IS NULL) = (closed_because IS NULL)),
    FOREIGN KEY (organization_id, user_id) REFERENCES scim_user (organization_id, id)
);
CREATE UNIQUE INDEX want_sequence ON want (organization_id, sequence);
CREATE UNIQUE INDEX want_open ON want (organization_id, user_name_key) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX want_open_user ON want (organization_id, user_id)
    WHERE closed_at IS NULL AND user_id IS NOT NULL;
CREATE INDEX want_of_name ON want (organization_id, user_name_key);
CREATE INDEX want_of_user ON want (organization_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX want_parked ON want (organization_id, sequence)
    WHERE closed_at IS NULL AND parked_at IS NOT NULL;
CREATE INDEX want_without_alert ON want (organization_id, refused_at)
    WHERE alert_id IS NULL AND refused_at IS NOT NULL AND reason = 'no_seat';
CREATE INDEX want_unclosed ON want (last_seen_at) WHERE closed_at IS NULL;
CREATE INDEX want_closed ON want (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE want_source (
    organization_id KEY NOT NULL,
    want_id KEY NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('scim', 'sso')),
    provider KEY NOT NULL,
    attempts INTEGER NOT NULL CHECK (attempts >= 1),
    first_seen_at INSTANT NOT NULL,
    last_seen_at INSTANT NOT NULL,
    PRIMARY KEY (organization_id, want_id, source, provider),
    FOREIGN KEY (organization_id, want_id) REFERENCES want (organization_id, id)
);

ALTER TABLE hold ADD COLUMN
    want_id KEY CHECK (want_id IS NULL OR purpose <> 'login');
CREATE UNIQUE INDEX hold_of_want ON hold (organization_id, want_id)
    WHERE ended_at IS NULL AND want_id IS NOT NULL;
CREATE INDEX hold_of_name ON hold (organization_id, user_name_key);

ALTER TABLE seat_pool ADD COLUMN want_sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seat_pool ADD COLUMN held_for_login INTEGER NOT NULL DEFAULT 0
    CHECK (0 <= held_for_login AND held_for_login <= in_use)
"""

#: Who was refused: each denial is a want. It is closed where the person has got a seat since, and
#: takes the place of a person who waits as well.
_DENIALS = """
SELECT d.organization_id, d.id, u.id AS user_id, d.user_name, d.user_name_key,
    d.first_seen_at AS refused_at,
    w.parked_at,
    d.attempts + CASE WHEN w.id IS NOT NULL AND d.source = 'sso' THEN 1 ELSE 0 END AS attempts,
    CASE WHEN w.parked_at < d.first_seen_at THEN w.parked_at ELSE d.first_seen_at END
        AS first_seen_at,
    CASE WHEN w.parked_at > d.last_seen_at THEN w.parked_at ELSE d.last_seen_at END
        AS last_seen_at,
    CASE WHEN d.closed_at IS NULL AND u.active THEN d.last_seen_at ELSE d.closed_at END
        AS closed_at,
    CASE WHEN d.closed_at IS NULL AND u.active THEN 'seated' ELSE d.closed_because END
        AS closed_because,
    d.alert_id
FROM denial d
LEFT JOIN scim_user u ON u.organization_id = d.organization_id
    AND u.user_name_key = d.user_name_key AND u.deleted_at IS NULL
LEFT JOIN waiting_place w ON w.organization_id = u.organization_id AND w.user_id = u.id
    AND d.closed_at IS NULL AND NOT u.active
"""

#: Who waits and was not refused.
_PLACES = """
SELECT w.organization_id, 'dnl_' || substr(w.id, 5), u.id, u.user_name, u.user_name_key,
    NULL, w.parked_at, 1, w.parked_at, w.parked_at, NULL, NULL, NULL
FROM waiting_place w
JOIN scim_user u ON u.organization_id = w.organization_id AND u.id = w.user_id
    AND u.deleted_at IS NULL AND NOT u.active
WHERE NOT EXISTS (SELECT 1 FROM denial d WHERE d.organization_id = w.organization_id
    AND d.user_name_key = u.user_name_key AND d.closed_at IS NULL)
"""

#: Persons for whom a seat is held of whom nothing else is left.
_HOLDS = """
SELECT h.organization_id, 'dnl_' || substr(h.id, 5), u.id, h.user_name, h.user_name_key,
    h.held_at, NULL, 1, h.held_at, h.held_at, NULL, NULL, NULL
FROM hold h
LEFT JOIN scim_user u ON u.organization_id = h.organization_id
    AND u.user_name_key = h.user_name_key AND u.deleted_at IS NULL
WHERE h.ended_at IS NULL AND h.purpose <> 'login' AND (u.id IS NULL OR NOT u.active)
    AND NOT EXISTS (SELECT 1 FROM denial d WHERE d.organization_id = h.organization_id
        AND d.user_name_key = h.user_name_key AND d.closed_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM waiting_place w WHERE w.organization_id = h.organization_id
        AND w.user_id = u.id)
"""

#: The rows, in steps that both engines read alike.
MOVES = (
    f"""INSERT INTO want (organization_id, id, sequence, user_id, user_name, user_name_key, reason,
            refused_at, parked_at, attempts, first_seen_at, last_seen_at, closed_at,
            closed_because, alert_id)
        SELECT organization_id, id,
            ROW_NUMBER() OVER (PARTITION BY organization_id ORDER BY first_seen_at, id),
            user_id, user_name, user_name_key, 'no_seat', refused_at, parked_at, attempts,
            first_seen_at, last_seen_at, closed_at, closed_because, alert_id
        FROM ({_DENIALS} UNION ALL {_PLACES} UNION ALL {_HOLDS}) AS arrived""",  # noqa: S608
    """INSERT INTO want_source
        SELECT organization_id, id, source, COALESCE(provider, ''), attempts, first_seen_at,
            last_seen_at
        FROM denial""",
    # Only a directory can park: where no denial tells which, it goes without a label.
    """INSERT INTO want_source
        SELECT w.organization_id, w.id, 'scim', '', 1, COALESCE(w.parked_at, w.first_seen_at),
            COALESCE(w.parked_at, w.last_seen_at)
        FROM want w
        LEFT JOIN denial d ON d.organization_id = w.organization_id AND d.id = w.id
        WHERE d.id IS NULL OR (d.source = 'sso' AND w.parked_at IS NOT NULL)""",
    """UPDATE hold SET want_id =
            (SELECT w.id FROM want w WHERE w.organization_id = hold.organization_id
             AND w.user_name_key = hold.user_name_key AND w.closed_at IS NULL)
        WHERE ended_at IS NULL AND purpose <> 'login'""",
    """UPDATE seat_pool SET
        want_sequence = (SELECT COUNT(*) FROM want w
            WHERE w.organization_id = seat_pool.organization_id),
        held_for_login = (SELECT COUNT(*) FROM hold h
            WHERE h.organization_id = seat_pool.organization_id
            AND h.ended_at IS NULL AND h.purpose = 'login')""",
    "DROP TABLE waiting_place",
    "DROP TABLE denial",
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Create the tables, move what is known into them, and drop those that held it."""
    create(db, TABLES)
    execute(db, MOVES)
