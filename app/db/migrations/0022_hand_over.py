"""Invoices are handed over to a platform: which one, and how far each invoice is.

A step's number follows from its state, so that one invoice has each step once, and is either
deposited or rejected. A step stands behind the one that it follows from.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, engine_of, execute, make_append_only

_SELLER = (
    "ALTER TABLE seller ADD COLUMN platform TEXT CHECK (platform <> '')",
    "ALTER TABLE seller ADD COLUMN platform_form TEXT NOT NULL DEFAULT 'factur-x'"
    " CHECK (platform_form IN ('factur-x', 'cii', 'ubl'))",
)

TABLES = """
CREATE TABLE hand_over_step (
    organization_id KEY NOT NULL,
    invoice_id KEY NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    happened_at INSTANT NOT NULL,
    recorded_at INSTANT NOT NULL,
    recorded_by TEXT NOT NULL,
    form TEXT,
    sha256 KEY,
    reason TEXT CHECK (reason <> ''),
    PRIMARY KEY (organization_id, invoice_id, number),
    CONSTRAINT hand_over_step_is_in_its_place CHECK (
        number = CASE state WHEN 'to_hand_over' THEN 1 WHEN 'handed_over' THEN 2
            WHEN 'deposited' THEN 3 WHEN 'rejected' THEN 3 WHEN 'refused' THEN 4 ELSE 0 END
    ),
    CONSTRAINT hand_over_step_names_its_file CHECK (
        (state = 'handed_over') = (sha256 IS NOT NULL)
        AND (state = 'handed_over') = (form IS NOT NULL)
    ),
    CHECK (sha256 IS NULL OR LENGTH(sha256) = 64),
    FOREIGN KEY (organization_id, invoice_id) REFERENCES invoice (organization_id, id)
)
"""

#: What a step may follow: the one before it, and a refusal nothing but a deposit before it.
_FOLLOWS = """NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM hand_over_step
        WHERE organization_id = NEW.organization_id AND invoice_id = NEW.invoice_id
            AND number = NEW.number - 1 AND state <> 'rejected'
            AND (NEW.number < 4 OR happened_at <= NEW.happened_at))"""

_REFUSES = "a step of a hand-over stands behind the one that it follows from"

_SQLITE = (
    f"""CREATE TRIGGER hand_over_step_follows BEFORE INSERT ON hand_over_step WHEN {_FOLLOWS}
        BEGIN SELECT RAISE(ABORT, '{_REFUSES}'); END""",
)

_POSTGRESQL = (
    f"""CREATE FUNCTION seatgate_hand_over_step() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF {_FOLLOWS} THEN
                RAISE EXCEPTION '{_REFUSES}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
    """CREATE TRIGGER hand_over_step_follows BEFORE INSERT ON hand_over_step
        FOR EACH ROW EXECUTE FUNCTION seatgate_hand_over_step()""",
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the seller's platform and the steps, each of which follows from another."""
    execute(db, _SELLER)
    create(db, TABLES)
    execute(db, _POSTGRESQL if engine_of(db) == "postgresql" else _SQLITE)
    make_append_only(db, "hand_over_step")
