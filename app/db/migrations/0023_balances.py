"""Figures that need not be added up: of the pool after each ledger entry, and of who is refused.

The database holds the chain of entries: each begins where the one before it ended, in figures,
number and time. What was recorded before gets the figures that its ledger adds up to. A want says
itself whether a directory asks, and indexes have those who are refused and no others.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import engine_of, execute, make_append_only

_COLUMNS = (
    "ALTER TABLE seat_pool ADD COLUMN held INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE ledger_entry ADD COLUMN purchased_after INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE ledger_entry ADD COLUMN in_use_after INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE ledger_entry ADD COLUMN held_after INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE want ADD COLUMN by_directory BOOLEAN NOT NULL DEFAULT FALSE",
)

_INDEXES = (
    """CREATE INDEX want_refused ON want (organization_id, reason, sequence, by_directory)
        WHERE closed_at IS NULL AND parked_at IS NULL""",
    """CREATE INDEX want_refused_newest ON want (organization_id, id)
        WHERE closed_at IS NULL AND parked_at IS NULL AND refused_at IS NOT NULL""",
)

#: What an entry adds to each of the figures.
_PURCHASED = "CASE WHEN {e}kind IN ('granted', 'renewed') THEN {e}quantity ELSE 0 END"
_IN_USE = """CASE WHEN {e}kind IN ('assigned', 'held') THEN {e}quantity
            WHEN {e}kind IN ('released', 'hold_released', 'hold_expired')
                THEN -{e}quantity ELSE 0 END"""
_HELD = """CASE WHEN {e}kind = 'held' THEN {e}quantity
            WHEN {e}kind IN ('hold_assigned', 'hold_released', 'hold_expired')
                THEN -{e}quantity ELSE 0 END"""

_FILLED = (
    f"""UPDATE ledger_entry SET purchased_after = replay.purchased, in_use_after = replay.in_use,
            held_after = replay.held
        FROM (SELECT organization_id, sequence,
                SUM({_PURCHASED.format(e="")}) OVER upto AS purchased,
                SUM({_IN_USE.format(e="")}) OVER upto AS in_use,
                SUM({_HELD.format(e="")}) OVER upto AS held
            FROM ledger_entry WINDOW upto AS (PARTITION BY organization_id ORDER BY sequence)
        ) AS replay
        WHERE replay.organization_id = ledger_entry.organization_id
            AND replay.sequence = ledger_entry.sequence""",  # noqa: S608  # texts of this file
    """UPDATE seat_pool SET held = last.held_after FROM ledger_entry AS last
        WHERE last.organization_id = seat_pool.organization_id
            AND last.sequence = seat_pool.ledger_sequence""",
    """UPDATE want SET by_directory = TRUE WHERE EXISTS (SELECT 1 FROM want_source s
        WHERE s.organization_id = want.organization_id AND s.want_id = want.id
            AND s.source = 'scim')""",
)

_SAYS = "an entry carries on the figures, number and time of the one before it"

#: Whether an entry begins where the one before it ended; the first begins with nothing.
_CARRIES_ON = f"""SELECT 1 FROM (SELECT 1) AS one LEFT JOIN ledger_entry AS earlier
            ON earlier.organization_id = NEW.organization_id
            AND earlier.sequence = NEW.sequence - 1
        WHERE (NEW.sequence = 1 OR earlier.at <= NEW.at)
            AND NEW.purchased_after
                = COALESCE(earlier.purchased_after, 0) + {_PURCHASED.format(e="NEW.")}
            AND NEW.in_use_after = COALESCE(earlier.in_use_after, 0) + {_IN_USE.format(e="NEW.")}
            AND NEW.held_after = COALESCE(earlier.held_after, 0) + {_HELD.format(e="NEW.")}"""  # noqa: S608

_GUARD = {
    "sqlite": (
        f"""CREATE TRIGGER ledger_entry_carries_on BEFORE INSERT ON ledger_entry
        WHEN NOT EXISTS ({_CARRIES_ON})
        BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END""",
    ),
    "postgresql": (
        f"""CREATE FUNCTION seatgate_carries_on() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF NOT EXISTS ({_CARRIES_ON}) THEN
                RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
        """CREATE TRIGGER ledger_entry_carries_on BEFORE INSERT ON ledger_entry
        FOR EACH ROW EXECUTE FUNCTION seatgate_carries_on()""",
    ),
}

#: The guards of a table that is only added to, which stand aside while old entries are filled.
_APPEND_ONLY = {
    "sqlite": (
        "DROP TRIGGER ledger_entry_refuses_update",
        "DROP TRIGGER ledger_entry_refuses_delete",
    ),
    "postgresql": ("DROP TRIGGER ledger_entry_append_only ON ledger_entry",),
}


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the columns, fill them, and guard what comes."""
    engine = engine_of(db)
    execute(db, (*_COLUMNS, *_APPEND_ONLY[engine], *_FILLED, *_INDEXES))
    make_append_only(db, "ledger_entry")
    execute(db, _GUARD[engine])
