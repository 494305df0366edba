"""Logins hold few seats at a time: whoever asks the login page may be a stranger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError

from app.access.context import acting
from app.access.tokens import TokenUses
from app.housekeeping import run_housekeeping
from app.models import SeatPool
from app.people.sign_in import Login, LoginReason, Mode, decide
from app.seats.holds import LOGIN_HOLD
from app.seats.watching.demand import demand_of
from app.seats.watching.forecast import forecast
from tests.support.builders import NOW, a_user, an_organization

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(("seats", "held"), [(1, 1), (5, 1), (19, 1), (20, 2), (30, 3)])
def test_logins_together_hold_a_tenth_of_the_free_seats_and_one_in_any_case(seats, held):
    acme = an_organization(seats)

    decisions = [_check(acme, f"stranger-{n}@example.com") for n in range(5)]

    assert sum(decision.hold_expires_at is not None for decision in decisions) == held
    assert acme.counts == (seats, held)


def test_the_next_check_says_that_a_seat_is_free_without_holding_it():
    acme = an_organization(5)
    _check(acme, "first@example.com")

    decision = _check(acme, "next@example.com")

    assert (decision.reason, decision.claimable) == (LoginReason.SEAT_AVAILABLE, True)
    assert decision.hold_expires_at is None


def test_claims_and_the_directory_are_not_limited():
    acme = an_organization(5)
    _check(acme, "stranger@example.com")

    claims = [
        decide(acting(acme.sso, at=NOW), Login(f"new-{n}@example.com")).allow for n in range(2)
    ]
    a_user(acme)
    a_user(acme)

    assert claims == [True, True]
    assert acme.counts == (5, 5)


@pytest.mark.parametrize("end", ["a claim", "its time", "the directory"])
def test_a_login_whose_hold_has_ended_leaves_room_for_the_next(end):
    acme = an_organization(5)
    _check(acme, "first@example.com")
    if end == "a claim":
        decide(acting(acme.sso, at=NOW), Login("first@example.com"))
    elif end == "its time":
        run_housekeeping(TokenUses(), at=NOW + LOGIN_HOLD)
    else:
        a_user(acme, "first@example.com", active=False)

    decision = _check(acme, "next@example.com", at=NOW + LOGIN_HOLD)

    assert decision.hold_expires_at == NOW + 2 * LOGIN_HOLD
    assert SeatPool.get().held_for_login == 1


def test_foresight_counts_nobody_for_whom_a_login_holds_a_seat():
    acme = an_organization(5)
    before = demand_of(acme.id, at=NOW)

    _check(acme, "stranger@example.com")

    after = demand_of(acme.id, at=NOW)
    assert (after.kept, before.kept) == (1, 0)
    assert replace(after, kept=0) == before
    assert forecast(after, NOW.date(), None) == forecast(before, NOW.date(), None)


@pytest.mark.parametrize("wrong", [-1, 2])
def test_the_database_itself_refuses_more_held_for_logins_than_in_use(wrong):
    acme = an_organization(5)
    a_user(acme)

    with pytest.raises(IntegrityError):
        SeatPool.update(held_for_login=wrong).where(SeatPool.organization_id == acme.id).execute()


@settings(
    deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 40), st.lists(st.booleans(), max_size=8))
def test_the_limit_is_that_of_the_seats_that_are_free_without_the_holds(seats, steps):
    acme = an_organization(seats, invoiced_elsewhere="elsewhere")
    taken = held = 0

    for number, takes in enumerate(steps):
        if takes and taken + held < seats:
            a_user(acme)
            taken += 1
            continue
        limit = max(1, (seats - taken) // 10)
        expected = taken + held < seats and held < limit
        decision = _check(acme, f"stranger-{number}@example.com", at=NOW + timedelta(seconds=1))
        assert (decision.hold_expires_at is not None) is expected
        held += expected


def _check(customer, user_name, at=NOW):
    return decide(acting(customer.sso, at=at), Login(user_name, mode=Mode.CHECK, hold=True))
