"""A version and the one before it serve one database: migrations only add, and each is at ease.

What goes, goes one release after the last version that uses it: `RELEASED` moves with a release.
"""

import shutil
from typing import NamedTuple

import pytest
from playhouse.migrations import Runner

from app.access.context import acting
from app.audit.guards import guards_there
from app.db import migrating
from app.db.connections import database
from app.db.migrating import MIGRATIONS, NEEDED, lacking, migrate, pending, unknown
from app.people.sign_in import Login, decide
from tests.conftest import opened
from tests.support import every_owner_use_case as every_owner_use_case
from tests.support.auditing import violations
from tests.support.builders import NOW, a_quote, a_user, an_organization, confirm
from tests.support.command_line import an_operator
from tests.support.every_use_case import WRITINGS
from tests.support.growing import ADDING_AN_INDEX, MIGRATION, broken, grow
from tests.support.kept_texts import trusted_texts

#: The last migration of the version before this one.
RELEASED = "0023_balances"

#: What a migration may not do while the version before it serves, and what is found.
BREAKING = {
    "DROP TABLE owner_link": "the table owner_link is gone",
    "ALTER TABLE owner RENAME TO proprietor": "the table owner is gone",
    "ALTER TABLE quote DROP COLUMN cost_centre": "the column quote.cost_centre is gone",
    "ALTER TABLE quote RENAME COLUMN cost_centre TO cost": "the column quote.cost_centre is gone",
    "CREATE UNIQUE INDEX one_name ON organization (name)": "guarded by another index one_name",
    "DROP INDEX seat_assignment_open": "the index seat_assignment_open is gone",
}
BREAKING_POSTGRESQL = {
    "ALTER TABLE owner ADD COLUMN rank INTEGER NOT NULL": "owner.rank must be given",
    "ALTER TABLE owner ALTER COLUMN language SET NOT NULL": "owner.language is of another kind",
    "ALTER TABLE quote ALTER COLUMN quantity TYPE BIGINT": "quote.quantity is of another kind",
    "ALTER TABLE owner ADD CHECK (name <> '')": "constraint owner_name_check",
}

#: What it may do.
ADDING = (
    "CREATE TABLE proprietor (id TEXT PRIMARY KEY CHECK (id <> ''))",
    "CREATE INDEX by_name ON organization (name)",
    "ALTER TABLE owner ADD COLUMN rank INTEGER",
    "ALTER TABLE owner ADD COLUMN rank INTEGER NOT NULL DEFAULT 0 CHECK (rank >= 0)",
    "DROP INDEX scim_user_person",
)


class Schema(NamedTuple):
    """The open database's columns by table and name, and its guards."""

    tables: dict[str, dict]
    guards: dict


def schema() -> Schema:
    with database.atomic():
        guards = {
            (kind, table, name): text
            for (kind, table, name), text in guards_there().items()
            if kind not in {"table", "column"}
        }
    tables = {
        table: {column.name: column for column in database.get_columns(table)}
        for table in database.get_tables()
    }
    return Schema(tables, guards)


def breaks(before: Schema, after: Schema) -> list[str]:
    """Return what of a schema a version that knows only the one before cannot work with."""
    found = [f"the table {name} is gone" for name in before.tables.keys() - after.tables.keys()]
    for table in before.tables.keys() & after.tables.keys():
        found += _breaks_of(table, before.tables[table], after.tables[table])
    for kind, _, name in before.guards.keys() - after.guards.keys():
        found.append(f"the {kind} {name} is gone")
    for kind, table, name in after.guards.keys() - before.guards.keys():
        added = after.tables.get(table, {}).keys() - before.tables.get(table, {}).keys()
        text = after.guards[kind, table, name]
        if table in before.tables and not any(column in text for column in added):
            found.append(f"{table} is guarded by another {kind} {name}")
    return sorted(found)


def _breaks_of(table: str, before: dict, after: dict):
    for name, column in before.items():
        if name not in after:
            yield f"the column {table}.{name} is gone"
        elif (column.data_type, column.null) != (after[name].data_type, after[name].null):
            yield f"{table}.{name} is of another kind"
    for name in after.keys() - before.keys():
        if not after[name].null and after[name].default is None:
            yield f"{table}.{name} must be given"


def test_migrations_since_the_last_release_only_add(empty_database):
    with opened(empty_database):
        Runner(database.obj, str(MIGRATIONS)).up(RELEASED)
        released = schema()
        migrate()

        assert breaks(released, schema()) == []


@pytest.mark.usefixtures("unaudited_database")
def test_what_breaks_the_version_before_is_found(engine):
    before = schema()
    breaking = BREAKING | (BREAKING_POSTGRESQL if engine == "postgresql" else {})

    found = {}
    for statement in (*breaking, *ADDING):
        with database.atomic() as undone:
            database.execute_sql(statement)
            found[statement] = " ".join(breaks(before, schema()))
            undone.rollback()

    assert {statement: found[statement] for statement in ADDING} == dict.fromkeys(ADDING, "")
    assert [each for each, what in breaking.items() if what not in found[each]] == []


@pytest.fixture
def grown(unaudited_database):
    """Return a database that a later version has migrated."""
    grow()
    return unaudited_database


def serve_everybody() -> None:
    """Buy, provision and sign in."""
    acme = an_organization(5)
    confirm(acme, a_quote(acme, 1))
    user = a_user(acme)
    decide(acting(acme.sso, at=NOW), Login(user.user_name))
    assert acme.counts == (6, 1)


@pytest.mark.usefixtures("grown")
def test_a_version_serves_a_database_that_the_next_one_has_migrated():
    assert pending() == []
    assert unknown() == [MIGRATION]

    serve_everybody()

    assert broken() == []
    grown_values = database.execute_sql("SELECT grown, grown_number FROM scim_user")
    assert grown_values.fetchall() == [(None, 7)]


@pytest.fixture
def released_database(empty_database, monkeypatch, tmp_path):
    """Return a database that the version before has migrated, and let this one have one more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"{MIGRATION}.py").write_text(ADDING_AN_INDEX)
    monkeypatch.setattr(migrating, "MIGRATIONS", folder)
    with opened(empty_database):
        Runner(database.obj, str(MIGRATIONS)).up(RELEASED)
    return empty_database


def test_what_a_version_adds_is_needed_by_the_next_one():
    assert NEEDED <= RELEASED


def test_a_version_serves_a_database_of_the_version_before(released_database):
    with opened(released_database):
        assert pending()[-1] == MIGRATION
        assert lacking() == []

        serve_everybody()
        migrate()

        assert violations() == []


def test_who_serves_such_a_database_is_told_what_to_do(released_database, monkeypatch):
    served = []
    monkeypatch.setattr("app.server.serve", lambda *_args, **_options: served.append("once"))
    operator = an_operator(released_database)

    before = operator.run("serve")
    operator.says("db", "migrate")
    after = operator.run("serve")

    assert (served, before.exit_code, after.exit_code) == (["once"] * 2, 0, 0)
    assert "lacks what this version adds" in before.stderr
    assert "run `seatgate db migrate`" in before.stderr
    assert "lacks" not in after.stderr


def test_what_needs_the_whole_schema_says_so(released_database, tmp_path):
    operator = an_operator(released_database)

    operator.says("organization", "list")
    assert "Run `seatgate db migrate`, then" in operator.refuses("seats", "audit")
    target = f"sqlite:///{tmp_path}/copy.db"
    assert "`seatgate db migrate` first" in operator.refuses("db", "copy", target)


def test_a_version_refuses_a_database_that_lacks_what_it_needs(released_database, monkeypatch):
    monkeypatch.setattr(migrating, "NEEDED", MIGRATION)

    said = an_operator(released_database).refuses("organization", "list")

    assert said == "The database lacks what this version needs. Run `seatgate db migrate` first."


def test_what_must_be_there_is_asked_of_the_newest_version(database_url):
    with opened(database_url):
        grow("owner")

    said = an_operator(database_url).refuses("seats", "audit")

    assert said.startswith(f"The database was migrated by a newer version of Seatgate ({MIGRATION}")


@pytest.mark.long
@pytest.mark.usefixtures("grown")
def test_every_use_case_works_on_a_database_that_the_next_version_has_migrated():
    with trusted_texts():
        for writing in WRITINGS:
            list(writing.act(an_organization(5, auto_renew=True)))

    assert broken() == []


@pytest.mark.long
def test_every_use_case_works_on_a_database_of_the_version_before(released_database):
    with opened(released_database), trusted_texts():
        for writing in WRITINGS:
            list(writing.act(an_organization(5, auto_renew=True)))
        migrate()

        assert violations() == []
