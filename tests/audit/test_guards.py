"""The audit knows its guards: what the migrations make is what it expects, and nothing is lost."""

import json

import pytest

from app.audit.guards import POSTGRESQL_GUARDS, expected_guards, guards_there, recorded
from app.db.connections import on_postgresql
from app.db.transactions import snapshot
from tests.support.auditing import violations


def _rewritten(table, text, other):
    """Return the statements that change a table's definition behind SQLite's back."""
    return f"""PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = REPLACE(sql, '{text}', '{other}') WHERE name = '{table}';
        PRAGMA writable_schema = RESET;"""  # noqa: S608  # texts of this file


@pytest.mark.usefixtures("unaudited_database")
def test_the_guards_that_are_expected_are_those_that_the_migrations_make(record):
    with snapshot():
        there = guards_there()
    if record and on_postgresql():
        rows = [json.dumps([*key, text], ensure_ascii=False) for key, text in sorted(there.items())]
        POSTGRESQL_GUARDS.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
        recorded.cache_clear()

    assert expected_guards() == there


#: A sentence for each way to lose a guard, and the statements that do it, on each engine.
POSTGRESQL = {
    "a trigger that is dropped": (
        "DROP TRIGGER invoice_append_only ON invoice",
        "trigger invoice invoice_append_only",
    ),
    "a trigger that is disabled": (
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only",
        "trigger ledger_entry ledger_entry_append_only",
    ),
    "a trigger that refuses nothing any more": (
        "CREATE OR REPLACE FUNCTION seatgate_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'",
        "function  seatgate_refuse",
    ),
    "a CHECK that is dropped": (
        "ALTER TABLE seat_pool DROP CONSTRAINT seat_pool_in_use_within_purchased",
        "constraint seat_pool seat_pool_in_use_within_purchased",
    ),
    "a CHECK that is wider": (
        "ALTER TABLE seat_pool DROP CONSTRAINT seat_pool_in_use_within_purchased;"
        "ALTER TABLE seat_pool ADD CONSTRAINT seat_pool_in_use_within_purchased"
        " CHECK (0 <= in_use)",
        "constraint seat_pool seat_pool_in_use_within_purchased",
    ),
    "a CHECK that does not hold of old rows": (
        "ALTER TABLE quote DROP CONSTRAINT quote_quantity_check;"
        "ALTER TABLE quote ADD CONSTRAINT quote_quantity_check CHECK (quantity >= 1) NOT VALID",
        "constraint quote quote_quantity_check",
    ),
    "a unique index that is dropped": (
        "DROP INDEX seat_assignment_open",
        "index seat_assignment seat_assignment_open",
    ),
    "a unique index that covers less": (
        "DROP INDEX hold_live; CREATE UNIQUE INDEX hold_live"
        " ON hold (organization_id, user_name_key) WHERE ended_at IS NULL AND purpose = 'login'",
        "index hold hold_live",
    ),
    "a unique index that is invalid": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'scim_user_name'::regclass",
        "index scim_user scim_user_name",
    ),
    "a foreign key that is dropped": (
        "ALTER TABLE invoice_line DROP CONSTRAINT invoice_line_organization_id_invoice_id_fkey",
        "constraint invoice_line invoice_line_organization_id_invoice_id_fkey",
    ),
    "foreign keys that are not enforced": (
        "ALTER TABLE purchase DISABLE TRIGGER ALL",
        "constraint purchase purchase_organization_id_quote_id_fkey",
    ),
    "a column that may be empty": (
        "ALTER TABLE seat_pool ALTER COLUMN purchased DROP NOT NULL",
        "column seat_pool purchased",
    ),
}

SQLITE = {
    "a trigger that is dropped": (
        "DROP TRIGGER invoice_refuses_update",
        "trigger invoice invoice_refuses_update",
    ),
    "a trigger that refuses nothing any more": (
        "DROP TRIGGER invoice_refuses_update; CREATE TRIGGER invoice_refuses_update"
        " BEFORE UPDATE ON invoice BEGIN SELECT 1; END",
        "trigger invoice invoice_refuses_update",
    ),
    "a CHECK that is wider": (
        _rewritten("seat_pool", "AND in_use <= purchased", "AND in_use <= purchased + 1"),
        "table seat_pool seat_pool",
    ),
    "a foreign key that is dropped": (
        _rewritten("token", " REFERENCES organization (id)", ""),
        "table token token",
    ),
    "a unique index that is dropped": (
        "DROP INDEX seat_assignment_open",
        "index seat_assignment seat_assignment_open",
    ),
    "a unique index that covers less": (
        "DROP INDEX hold_live; CREATE UNIQUE INDEX hold_live"
        " ON hold (organization_id, user_name_key) WHERE ended_at IS NULL AND purpose = 'login'",
        "index hold hold_live",
    ),
}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
@pytest.mark.parametrize("lost", POSTGRESQL)
def test_the_audit_finds_on_postgresql(unaudited_database, lost):
    statements, guard = POSTGRESQL[lost]

    unaudited_database.execute_sql(statements)

    assert guard in [violation.where for violation in violations()]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("lost", SQLITE)
def test_the_audit_finds_on_sqlite(unaudited_database, lost):
    statements, guard = SQLITE[lost]

    unaudited_database.connection().executescript(statements)

    assert [violation.where for violation in violations()] == [guard]
