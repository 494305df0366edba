"""On which ground an organization is taxed, rates that were published, and what invoices freeze.

An invoice that was issued before has none of it and goes on saying what it said.
"""

from peewee import Database
from playhouse.migrate import SchemaMigrator

from app.db.ddl import create, engine_of, execute, make_append_only

#: A ground is a closed set; its figures go with it. Without one, rate and reverse charge stand.
_GROUND = """CHECK (tax IS NULL OR (tax = 'reverse_charge' AND reverse_charge)
        OR (SUBSTR(tax, 1, 9) = 'domestic ' AND NOT reverse_charge AND {taxed})
        OR ((SUBSTR(tax, 1, 14) = 'outside_scope ' OR SUBSTR(tax, 1, 7) = 'exempt ')
            AND NOT reverse_charge AND {untaxed}))"""

_OF_ORGANIZATIONS = _GROUND.format(
    taxed="tax_rate_basis_points > 0", untaxed="tax_rate_basis_points = 0"
)
_OF_INVOICES = _GROUND.format(taxed="TRUE", untaxed="tax_minor = 0")

_DOCUMENT = {"sqlite": "TEXT", "postgresql": "JSONB"}

_TOGETHER = """CHECK ((euro_rate IS NULL) = (euro_rate_on IS NULL)
        AND (euro_rate IS NULL) = (euro_rate_source IS NULL))"""

TABLES = """
CREATE TABLE published_rate (
    id KEY PRIMARY KEY,
    code KEY NOT NULL,
    valid_on DATE NOT NULL,
    edition INTEGER NOT NULL CHECK (edition >= 1),
    rate TEXT NOT NULL CHECK (LENGTH(rate) BETWEEN 1 AND 30),
    source TEXT NOT NULL CHECK (source <> ''),
    recorded_at INSTANT NOT NULL
);
CREATE UNIQUE INDEX published_rate_edition ON published_rate (code, valid_on, edition);

CREATE TABLE vat_check (
    organization_id KEY NOT NULL REFERENCES organization (id),
    id KEY NOT NULL,
    vat_id TEXT NOT NULL CHECK (vat_id <> ''),
    checked_on DATE NOT NULL,
    consultation TEXT NOT NULL CHECK (consultation <> ''),
    recorded_at INSTANT NOT NULL,
    recorded_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
)
"""


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Add the columns and tables, and name the grounds that can be known."""
    document = _DOCUMENT[engine_of(db)]
    execute(
        db,
        (
            f"ALTER TABLE organization ADD COLUMN tax TEXT {_OF_ORGANIZATIONS}",
            "ALTER TABLE seller ADD COLUMN default_tax TEXT",
            "ALTER TABLE contract ADD COLUMN net_days_reason TEXT CHECK (net_days_reason <> '')",
            f"ALTER TABLE invoice ADD COLUMN tax TEXT {_OF_INVOICES}",
            f"ALTER TABLE invoice ADD COLUMN notes {document} NOT NULL DEFAULT '[]'",
            "ALTER TABLE invoice ADD COLUMN euro_rate TEXT",
            "ALTER TABLE invoice ADD COLUMN euro_rate_on DATE",
            f"ALTER TABLE invoice ADD COLUMN euro_rate_source TEXT {_TOGETHER}",
        ),
    )
    create(db, TABLES)
    make_append_only(db, "published_rate", "vat_check")
    _name_known_grounds(db)


def _name_known_grounds(db: Database) -> None:
    """Let a rate, or reverse charge, be the ground; a rate of nothing has none."""
    execute(db, ("UPDATE organization SET tax = 'reverse_charge' WHERE reverse_charge",))
    rates = (
        "SELECT DISTINCT tax_rate_basis_points FROM organization WHERE tax_rate_basis_points > 0"
    )
    for (basis_points,) in db.execute_sql(rates).fetchall():  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        ground = f"'domestic {basis_points / 100:g}'"
        execute(
            db,
            (
                f"UPDATE organization SET tax = {ground}"  # noqa: S608  # of an integer
                f" WHERE tax_rate_basis_points = {basis_points}",
            ),
        )
