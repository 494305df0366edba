"""A database that is lent to a test is as the migrations left it, whatever the last test did."""

import psycopg
import pytest

from app.db.connections import database as current
from app.db.connections import on_postgresql
from tests.conftest import opened
from tests.support.builders import a_user, an_organization

#: Statements that change what a database refuses, or what it fills in.
TOUCHING = {
    "a trigger that is made anew": (
        "DROP TRIGGER invoice_append_only ON invoice;"
        " CREATE TRIGGER invoice_append_only BEFORE UPDATE OR DELETE ON invoice"
        " FOR EACH ROW EXECUTE FUNCTION seatgate_refuse()"
    ),
    "a trigger that is disabled": (
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only"
    ),
    "a function": (
        "CREATE OR REPLACE FUNCTION seatgate_refuse() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END'"
    ),
    "a CHECK that is dropped": (
        "ALTER TABLE seat_pool DROP CONSTRAINT seat_pool_in_use_within_purchased"
    ),
    "a column that may be empty": "ALTER TABLE seat_pool ALTER COLUMN purchased DROP NOT NULL",
    "a default": "ALTER TABLE organization ALTER COLUMN language SET DEFAULT 'fr'",
    "an index": "DROP INDEX seat_assignment_open",
    "a table": "CREATE TABLE another (id INTEGER)",
    "a view": "CREATE VIEW another AS SELECT 1",
}


def _rows():
    return {
        table: sorted(map(repr, current.execute_sql(f"SELECT * FROM {table}")))  # noqa: S608
        for table in current.get_tables()
    }


def _write():
    a_user(an_organization(5), "alice@example.com")
    current.execute_sql("UPDATE seller SET series = 'OTHER'")


def test_a_lent_database_has_the_rows_of_a_fresh_one(databases):
    with databases.fresh() as url, opened(url):
        fresh = _rows()
        assert fresh
    with databases.lent() as first, opened(first):
        _write()
        assert _rows() != fresh
    with databases.lent() as second, opened(second):
        assert _rows() == fresh
        assert (second == first) is on_postgresql()


def test_a_database_is_emptied_under_those_who_are_connected(databases):
    with databases.fresh() as url, opened(url):
        fresh = _rows()
        _write()
        assert _rows() != fresh

        databases.empty(url)

        assert _rows() == fresh


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
@pytest.mark.parametrize("touched", TOUCHING)
def test_a_database_with_another_schema_is_not_lent_again(databases, touched):
    with databases.lent() as first, opened(first):
        current.execute_sql(TOUCHING[touched])
    with databases.lent() as second:
        assert second != first


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_nobody_stays_connected_to_a_database_that_is_lent_again(databases):
    with databases.lent() as url:
        left = psycopg.connect(url)
        left.execute("UPDATE seller SET series = 'OTHER'")
    with databases.lent() as again, opened(again):
        assert current.execute_sql("SELECT series FROM seller").fetchone() != ("OTHER",)
        with pytest.raises(psycopg.OperationalError):
            left.commit()
    left.close()
    assert again == url
