"""`seatgate db copy`: an installation moves to the other engine and back, whole or not at all."""

import sqlite3
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playhouse.migrations import Runner

from app.copies.contents import Fingerprint, read, tables
from app.copies.copying import CannotCopy, copy_installation
from app.db.connections import database, database_at, on_postgresql
from app.db.migrating import migrate
from app.models import InvoiceOriginal, InvoiceSeries
from tests.conftest import opened
from tests.support.auditing import THE_END, violations
from tests.support.builders import NOW, a_quote, an_organization, confirm
from tests.support.command_line import an_operator

#: Tables that no use case of the table leaves rows in. Their columns are of the same kinds.
EMPTY = {
    *("Alert", "AlertCursor", "ClockJump", "ClockSeen", "ContractRequest", "DirectoryContact"),
    *("Exchange", "IdempotencyKey", "IdentityMatch", "IdentityMismatch", "OpenidLogin"),
    *("OpenidRequest", "OverdueNotice", "PublishedRate", "RenewalHolder", "RenewalNotice"),
    *("Transfer", "VendorToken"),
}


class Steps:
    """Shows no progress, and may do something in its course."""

    def __init__(self, meanwhile=lambda: None):
        self.total = self.done = 0
        self._meanwhile = meanwhile

    @contextmanager
    def showing(self, total):
        self.total = total
        yield self

    def update(self, n_steps):
        self.done += n_steps
        self._meanwhile()


@pytest.fixture
def empty_sqlite(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/target.db"


@pytest.fixture
def empty_postgresql(postgresql) -> Iterator[str]:
    with postgresql.created("template1") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request) -> Iterator[str]:
    """Return the address of a database that was only migrated."""
    if request.param == "sqlite":
        databases = request.getfixturevalue("sqlite_databases")
    else:
        databases = request.getfixturevalue("postgresql")
    with databases.fresh() as url:
        yield url


def copied(source: str, target: str, steps: Steps | None = None):
    holder = database_at(target)
    try:
        with opened(source):
            return copy_installation(holder, (steps or Steps()).showing, at=THE_END)
    finally:
        holder.close_all()


def rows_of(url: str) -> dict[str, list]:
    """Return every row of a database as peewee reads it, by the name of its model."""
    with opened(url):
        return {
            model.__name__: list(model.select().order_by(*model._meta.get_primary_keys()).tuples())
            for model in tables()
        }


def connected(url: str) -> sqlite3.Connection:
    return closing(sqlite3.connect(url.removeprefix("sqlite:///")))


def test_an_installation_moves_to_the_other_engine_and_back(
    installation, empty_postgresql, empty_sqlite
):
    steps = Steps()

    there = copied(installation, empty_postgresql, steps)
    back = copied(empty_postgresql, empty_sqlite)

    before = rows_of(installation)
    assert {name for name, rows in before.items() if not rows} == EMPTY
    assert there == back
    assert there.rows == sum(map(len, before.values()))
    assert there.holds_sealed
    assert steps.done == steps.total == 2 * there.rows
    after = rows_of(empty_sqlite)
    assert [name for name in before if before[name] != after[name]] == []


def test_a_copy_goes_on_where_its_source_was(little, target):
    copied(little, target)

    with opened(target):
        acme = an_organization(5)
        last = InvoiceSeries.get(InvoiceSeries.series == "INV").counter
        confirm(acme, a_quote(acme, 1))
        assert InvoiceSeries.get(InvoiceSeries.series == "INV").counter == last + 1
        assert violations() == []


def test_the_one_number_that_a_database_counts_itself_goes_on(little, target, tmp_path):
    copied(little, target)
    (tmp_path / "0900_next.py").write_text("def up(migrator, db):\n    pass\n")

    with opened(target):
        counting = [
            f"{table}.{column.name}"
            for table in database.get_tables()
            for column in database.get_columns(table)
            if "nextval" in str(column.default)
        ]
        assert set(counting) <= {"schema_migration.id"}
        assert Runner(database.obj, str(tmp_path)).up() == ["0900_next"]


def test_a_target_that_holds_something_is_refused(little, target):
    copied(little, target)
    before = rows_of(target)

    with pytest.raises(CannotCopy, match=r"^The target is not empty: there are rows in audit"):
        copied(little, target)

    assert rows_of(target) == before


def test_tables_of_another_program_are_refused(little, empty_sqlite):
    with connected(empty_sqlite) as holder:
        holder.execute("CREATE TABLE theirs (id INTEGER)")

    with pytest.raises(CannotCopy, match="tables of another program"):
        copied(little, empty_sqlite)


def test_an_interrupted_copy_leaves_the_target_empty(little, target):
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copied(little, target, Steps(interrupt))

    assert copied(little, target).rows > 0


def test_a_copy_of_what_was_changed_meanwhile_is_refused(little, target):
    def change():
        with connected(little) as other, other:
            other.execute(
                "INSERT INTO seller_event VALUES"
                " (HEX(RANDOMBLOB(8)), '2026-03-01T09:00:00.000000Z', 'operator', '{}', '{}')"
            )

    with pytest.raises(CannotCopy, match=r"written to while it was copied. Stop the servers"):
        copied(little, target, Steps(change))

    assert rows_of(target)["Organization"] == []


def test_a_copy_that_is_not_equal_is_refused(little, empty_sqlite):
    with opened(empty_sqlite) as holder:
        migrate()
        holder.execute_sql(
            "CREATE TRIGGER spoiling AFTER INSERT ON scim_user_email"
            " BEGIN UPDATE scim_user_email SET display = 'x'; END"
        )

    with pytest.raises(CannotCopy, match="copy of scim_user_email is not equal to its source"):
        copied(little, empty_sqlite)


def test_a_copy_that_the_audit_finds_fault_with_is_refused(little, target):
    with connected(little) as holder, holder:
        holder.execute("UPDATE seat_pool SET in_use = 2")

    with pytest.raises(CannotCopy, match=r"audit finds \d+ violations .* mend them"):
        copied(little, target)

    assert rows_of(target)["Organization"] == []


def test_a_table_that_the_target_cannot_hold_is_named(little, empty_postgresql):
    with connected(little) as holder, holder:
        holder.execute("UPDATE organization SET name = 'a' || CHAR(0)")

    with pytest.raises(CannotCopy, match=r"^organization cannot be copied: "):
        copied(little, empty_postgresql)


@pytest.mark.usefixtures("unaudited_database")
def test_files_are_read_a_few_at_a_time():
    size, number = 2**18, 60
    unkeyed = "SET session_replication_role = replica"
    database.execute_sql(unkeyed if on_postgresql() else "PRAGMA foreign_keys = off")
    InvoiceOriginal.add_all(
        [
            {
                "organization_id": "org",
                "invoice_id": str(each),
                "content": bytes(size),
                "sha256": "0" * 64,
                "media_type": "application/pdf",
                "file_name": "invoice.pdf",
                "made_at": NOW,
            }
            for each in range(number)
        ]
    )

    with database.atomic():
        tracemalloc.start()
        files = sum(1 for _ in read(database.obj, InvoiceOriginal, Fingerprint()))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert files == number
    assert peak < number * size * 2 / 3


def test_the_command_says_what_was_copied_and_what_goes_along(installation, empty_sqlite):
    operator = an_operator(installation, THE_END)

    said = operator.says("db", "copy", empty_sqlite)

    assert "The audit of the copy is green." in said
    assert "take the file of SEATGATE_SECRET_KEY_FILE along" in said
    assert operator.refuses("db", "copy", empty_sqlite).startswith("The target is not empty")
    assert operator.refuses("db", "copy", installation).startswith("The target is the database")
    assert operator.refuses("db", "copy", "mysql://x").startswith("SEATGATE_DATABASE_URL must")
