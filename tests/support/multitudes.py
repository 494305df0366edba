"""An organization of so many people on SQLite: what use cases did for one is copied, row by row.

It is for reading. An audit of it would take longer than all that is read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import Expression

from app.access.context import acting
from app.db.connections import database
from app.models import (
    AuditEvent,
    Exchange,
    LedgerEntry,
    SeatAssignment,
    SeatPool,
    User,
    Want,
    WantSource,
)
from app.organizations.settings import OrganizationChanges, set_organization
from tests.support.builders import NOW, Customer, an_organization

#: The names of those who are copied: a copy has its number before it.
SEATED, REFUSED, PARKED = "seated@example.com", "refused@example.com", "parked@example.com"


def a_multitude(service, recorded, people: int) -> Customer:
    """Return an organization with so many who hold a seat, who are refused, and who wait.

    Each asked once, which is recorded, and has an event. `recorded` waits for the records.
    """
    customer = an_organization(people)
    idp = service.scim(customer, "okta")
    idp.create_user(SEATED)
    with _in_any_order():
        _seat(customer, people - 1)
    for choice, name in (("park", PARKED), ("reject", REFUSED)):
        set_organization(acting(customer.owner, at=NOW), OrganizationChanges(when_full=choice))
        idp.create_user(name)
    recorded()
    with _in_any_order():
        _let_want(customer, people - 1)
        for model in (Exchange, AuditEvent):
            _repeat(model, customer, people - 1)
    return customer


@contextmanager
def _in_any_order() -> Iterator[None]:
    """Let rows that refer to one another come in any order, which SQLite does not check then."""
    database.execute_sql("PRAGMA foreign_keys = 0")
    with database.atomic():
        yield
    database.execute_sql("PRAGMA foreign_keys = 1")


def _seat(customer: Customer, count: int) -> None:
    """Let so many more hold a seat."""
    user = User.get(User.belongs_to(customer.id) & (User.user_name == SEATED))
    entry = LedgerEntry.belongs_to(customer.id) & (LedgerEntry.user_id == user.id)
    last = SeatPool.get_by_id(customer.id).ledger_sequence
    copies = {"user_id": f"'u-' || n || '{user.id}'"}
    _copy(LedgerEntry, entry, count, sequence=f"{last} + n", **copies)
    _copy(
        SeatAssignment,
        SeatAssignment.belongs_to(customer.id),
        count,
        id="'a-' || n || id",
        assigned_sequence=f"{last} + n",
        **copies,
    )
    _copy_user(user, count, assignment_id="'a-' || n || assignment_id")
    SeatPool.update(in_use=count + 1, ledger_sequence=last + count).where(
        SeatPool.belongs_to(customer.id)
    ).execute()


def _let_want(customer: Customer, count: int) -> None:
    """Let so many more be refused, and so many more wait."""
    waiting = User.get(User.belongs_to(customer.id) & (User.user_name == PARKED))
    _copy_user(waiting, count)
    last = SeatPool.get_by_id(customer.id).want_sequence
    for number, name in enumerate((PARKED, REFUSED)):
        want = Want.get(Want.belongs_to(customer.id) & (Want.user_name == name))
        copied = _numbered(want.id)
        _copy(
            Want,
            Want.belongs_to(customer.id) & (Want.id == want.id),
            count,
            id=copied,
            sequence=f"{last + number * count} + n",
            user_id="'u-' || n || user_id",
            user_name="n || user_name",
            user_name_key="n || user_name_key",
        )
        sources = WantSource.belongs_to(customer.id) & (WantSource.want_id == want.id)
        _copy(WantSource, sources, count, want_id=copied)
    SeatPool.update(want_sequence=last + 2 * count).where(
        SeatPool.belongs_to(customer.id)
    ).execute()


def _copy_user(user: User, count: int, **changes: str) -> None:
    named = {
        name: f"replace({name}, '{user.user_name}', n || '{user.user_name}')"
        for name in ("user_name", "user_name_key", "skeleton_key", "document", "folded")
    }
    this = User.belongs_to(user.organization_id) & (User.id == user.id)
    _copy(User, this, count, id="'u-' || n || id", **named, **changes)


def _repeat(model: Any, customer: Customer, count: int) -> None:
    """Copy each row about people so often, as if each person had one."""
    for row in list(model.select().where(model.belongs_to(customer.id))):
        this = model.belongs_to(customer.id) & (model.id == row.id)
        _copy(model, this, count, id=_numbered(row.id))


def _numbered(row_id: str) -> str:
    """Return, in SQL, an id of the same millisecond that has the number of the copy in it."""
    return f"'{row_id[:16]}' || printf('%08x', n) || '{row_id[24:]}'"


def _copy(model: Any, which: Expression, count: int, **changes: str) -> None:
    """Insert so many copies of the rows; `changes` are the columns that differ, in SQL, by `n`."""
    columns = {each.name: each.column_name for each in model._meta.sorted_fields}
    values = ", ".join(changes.get(name, f'"{column}"') for name, column in columns.items())
    condition, parameters = model.select().where(which).sql()
    table = model._meta.table_name
    alias = condition.split(" WHERE ")[1].replace('"t1"', f'"{table}"')
    names = ", ".join(f'"{column}"' for column in columns.values())
    database.execute_sql(
        f'INSERT INTO "{table}" ({names}) '  # noqa: S608  # the names are the models' own
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "
        f'SELECT {values} FROM "{table}", numbers WHERE {alias}',
        (count, *parameters),
    )
