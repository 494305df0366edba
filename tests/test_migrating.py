"""Migrations: an old database with its data comes through, and ends in a new one's schema."""

import pytest
from peewee import Field

from app import models
from app.audit.guards import guards_there
from app.db.connections import database
from app.db.migrating import migrate
from app.db.transactions import snapshot
from tests.conftest import opened
from tests.support.auditing import violations
from tests.support.old_rows import AT, fill_to


@pytest.fixture
def old_database(empty_database):
    """Open a database of the version before migration 0006 that was in use for a year."""
    with opened(empty_database):
        fill_to("0005_holds_and_waiting")
        yield database


@pytest.mark.usefixtures("old_database")
def test_an_old_database_keeps_every_invariant():
    migrate()

    assert violations(at=AT) == []


def test_an_old_database_ends_in_the_schema_of_a_new_one(empty_database, database_url):
    with opened(empty_database):
        fill_to("0005_holds_and_waiting")
        migrate()
        migrated = _schema()

    with opened(database_url):
        assert migrated == _schema()


@pytest.mark.usefixtures("old_database")
def test_an_old_database_loses_no_seat_and_no_money():
    before = _facts()

    migrate()

    assert _facts() == before


@pytest.mark.usefixtures("database")
def test_the_models_are_what_the_migrations_made():
    tables = [getattr(models, name)._meta for name in models.__all__]
    said = {table.table_name: set(map(_column, table.sorted_fields)) for table in tables}

    # SQLite lets a primary key of one column be empty, and calls it so.
    assert said == {
        table: {
            (column.name, column.null and not column.primary_key)
            for column in database.get_columns(table)
        }
        for table in database.get_tables()
        if table != "schema_migration"
    }


def _column(field: Field) -> tuple[str, bool]:
    return field.column_name, field.null


def _facts():
    """Return figures that no migration may change."""
    return [
        database.execute_sql(query).fetchall()
        for query in (
            "SELECT organization_id, state, purchased, in_use FROM seat_pool ORDER BY 1",
            "SELECT kind, COUNT(*), SUM(quantity) FROM ledger_entry GROUP BY 1 ORDER BY 1",
            "SELECT currency, COUNT(*), SUM(total_minor) FROM invoice GROUP BY 1 ORDER BY 1",
            "SELECT invoice_id, COUNT(*), SUM(amount_minor) FROM payment GROUP BY 1 ORDER BY 1",
            "SELECT user_name, active FROM scim_user ORDER BY 1, 2",
            "SELECT COUNT(*) FROM hold WHERE ended_at IS NULL",
            "SELECT COUNT(*) FROM audit_event",
        )
    ]


def _schema():
    """Return columns, indexes and guards of the open database."""
    with snapshot():
        guards = guards_there()
    tables = {
        table: (
            sorted(
                (column.name, column.data_type, column.null)
                for column in database.get_columns(table)
            ),
            sorted(
                (index.name, index.columns, index.unique) for index in database.get_indexes(table)
            ),
        )
        for table in database.get_tables()
    }
    return guards, tables
