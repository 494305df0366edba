"""The verbs find the rows of one organization, in a database that is full of others'."""

import re
from collections.abc import Iterator

import pytest
from peewee import fn

from app import models
from app.access.context import acting
from app.access.principal import Role
from app.models import LedgerEntry, Organization, SeatPool
from app.models.rows import OrganizationRow, same_organization
from app.organizations.settings import OrganizationChanges, set_organization
from tests.conftest import opened
from tests.support.builders import NOW, a_group, a_user, an_organization, buy, deactivate, fill

TABLES = [getattr(models, name) for name in models.__all__]
OWNED = [kind for kind in TABLES if issubclass(kind, OrganizationRow)]

#: What a customer has rows of after some days.
FILLED = {
    *("AuditEvent", "Contract", "ContractTerm", "Group", "GroupMember"),
    *("Hold", "Invoice", "InvoiceLine", "LedgerEntry", "Organization", "Purchase", "Quote"),
    *("SeatAssignment", "SeatPool", "Token", "User", "UserEmail", "Want", "WantSource"),
}


@pytest.fixture(scope="module")
def house(fresh_database) -> Iterator[list[str]]:
    """Return the ids of three organizations to which the same things happened."""
    with fresh_database() as url, opened(url):
        yield [some_days(seats) for seats in (2, 3, 4)]


def some_days(seats: int) -> str:
    """Let a customer have rows of many tables; return its id."""
    customer = an_organization(seats)
    changes = OrganizationChanges(when_full="park")
    set_organization(acting(customer.operator, at=NOW), changes)
    customer.secret(Role.SCIM)
    ada = a_user(customer, "ada@example.com", emails=[{"value": "ada@example.com"}])
    a_group(customer, "Engineers", [ada])
    deactivate(customer, ada)
    fill(customer)
    a_user(customer, "waits@example.com")
    buy(customer)
    return customer.id


def organization_of(row):
    return getattr(row, row.organization_key)


def test_every_table_with_an_organization_has_the_verbs():
    keyed = [kind for kind in TABLES if "organization_id" in kind._meta.fields]

    assert {*keyed, Organization} == set(OWNED)


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.__name__)
def test_every_query_names_the_organization(house, kind):
    statement, parameters = kind.of(house[0]).sql()

    assert re.search(rf'WHERE \("t1"."{kind.organization_key}" = (\?|%s)\)$', statement)
    assert parameters == [house[0]]


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.__name__)
def test_an_organization_has_its_own_rows_alone(house, kind):
    mine = {each: list(kind.of(each)) for each in house}

    assert all(organization_of(row) == each for each, rows in mine.items() for row in rows)
    assert sum(map(len, mine.values())) == kind.select().count()
    assert all(mine.values()) is (kind.__name__ in FILLED)


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.__name__)
def test_a_row_of_another_organization_is_never_found(house, kind):
    names = [field.name for field in kind._meta.get_primary_keys()]
    for row in kind.select():
        this = [getattr(kind, name) == getattr(row, name) for name in names]
        others = [each for each in house if each != organization_of(row)]

        assert kind.find(organization_of(row), *this) == row
        assert [kind.find(other, *this) for other in others] == [None] * len(others)


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: kind.__name__)
def test_the_condition_meets_what_the_query_finds(house, kind):
    for each in house:
        assert kind.select().where(kind.belongs_to(each)).count() == kind.of(each).count()


def test_rows_are_joined_within_their_organization(house):
    joined = LedgerEntry.select(LedgerEntry.organization_id, SeatPool.organization_id).join(
        SeatPool, on=same_organization(LedgerEntry, SeatPool)
    )

    pairs = list(joined.tuples())

    assert {one for one, _ in pairs} == set(house)
    assert [(one, other) for one, other in pairs if one != other] == []
    assert len(pairs) == LedgerEntry.select().count()


def test_a_table_under_another_name_has_a_condition_of_its_own(house):
    lengths = {each: LedgerEntry.of(each).count() for each in house}
    longest, shortest = max(house, key=lengths.get), min(house, key=lengths.get)
    theirs = LedgerEntry.alias()
    last = theirs.select(fn.MAX(theirs.sequence)).where(theirs.belongs_to(shortest))

    further = LedgerEntry.of(longest, LedgerEntry.sequence > last).count()

    assert further == lengths[longest] - lengths[shortest] > 0
