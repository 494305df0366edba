"""Each ledger entry carries the figures after it, and the database holds the chain of them."""

from datetime import timedelta

import pytest
from peewee import IntegrityError

from app.access.context import acting
from app.db.connections import database
from app.models import LedgerEntry
from app.people.sign_in import Login, Mode, decide
from app.seats import history
from app.seats.rules import SeatCounts
from app.seats.watching.demand import demand_of
from tests.support.builders import NOW, SIGNED_AT, a_user, an_organization, buy, deactivate

pytestmark = pytest.mark.usefixtures("database")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def entries_of(customer) -> list[LedgerEntry]:
    return list(LedgerEntry.of(customer.id).order_by(LedgerEntry.sequence))


def checks(customer, name, at):
    decide(acting(customer.sso, at=at), Login(name, mode=Mode.CHECK, hold=True))


def test_an_entry_says_what_there_was_after_it():
    acme = an_organization(3)
    user = a_user(acme, at=NOW)
    checks(acme, "bob@example.com", NOW + HOUR)
    decide(acting(acme.sso, at=NOW + HOUR), Login("bob@example.com"))
    deactivate(acme, user, at=NOW + 2 * HOUR)
    buy(acme, 2, at=NOW + 3 * HOUR)

    figures = [(row.purchased_after, row.in_use_after, row.held_after) for row in entries_of(acme)]

    assert figures == [(3, 0, 0), (3, 1, 0), (3, 2, 1), (3, 2, 0), (3, 1, 0), (5, 1, 0)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"purchased_after": 4},
        {"in_use_after": 1},
        {"held_after": 1},
        {"sequence": 9},
        {"at": NOW - HOUR},
    ],
)
def test_the_database_refuses_an_entry_that_does_not_carry_on(wrong):
    acme = an_organization(3)
    a_user(acme, at=NOW)
    last = entries_of(acme)[-1]
    right = {**last.__data__, "sequence": 3, "in_use_after": 2}

    with pytest.raises(IntegrityError, match="carries on"), database.atomic():
        LedgerEntry.insert(**{**right, **wrong}).execute()


def test_many_instants_are_answered_in_one_look():
    acme = an_organization(5)
    users = [a_user(acme, at=NOW + hour * HOUR) for hour in range(3)]
    deactivate(acme, users[0], at=NOW + 3 * HOUR)
    instants = [SIGNED_AT - DAY, NOW, NOW + 1.5 * HOUR, NOW + 9 * HOUR]

    pools = history.pools_at(acme.id, instants)

    assert pools == [history.pool_at(acme.id, instant) for instant in instants]
    assert [(pool.counts.in_use, pool.sequence) for pool in pools] == [
        (0, 0),
        (1, 2),
        (2, 3),
        (2, 5),
    ]


def test_what_happened_while_the_clock_was_set_back_is_dated_no_earlier_than_what_came_before():
    acme = an_organization(5)
    a_user(acme, at=NOW)

    a_user(acme, at=NOW - HOUR)

    assert history.pool_at(acme.id, NOW - HOUR).counts == SeatCounts(5, 0)
    assert history.pool_at(acme.id, NOW).counts == SeatCounts(5, 2)


def test_demand_grows_by_those_who_were_seated_less_those_who_left_and_by_no_hold():
    acme = an_organization(9)
    early, *_ = [a_user(acme, at=NOW) for _ in range(3)]
    a_user(acme, at=NOW + 70 * DAY)
    deactivate(acme, early, at=NOW + 80 * DAY)
    checks(acme, "bob@example.com", NOW + 85 * DAY)

    demand = demand_of(acme.id, at=NOW + 85 * DAY)
    later = demand_of(acme.id, at=NOW + 90 * DAY)

    assert (demand.net_short, demand.net_long, demand.kept) == (0, 3, 1)
    assert (later.net_short, later.net_long) == (0, 0)
