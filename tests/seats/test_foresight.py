from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.seats.watching.forecast import Demand, forecast

TODAY = date(2026, 3, 1)
TERM_ENDS_ON = date(2027, 1, 1)

demands = st.builds(
    Demand,
    available=st.integers(0, 500),
    net_short=st.integers(-300, 300),
    net_long=st.integers(-900, 900),
    refused=st.integers(0, 50),
    waiting=st.integers(0, 50),
    reserved=st.integers(0, 20),
    refused_at_login=st.integers(0, 50),
)
ends = st.one_of(st.none(), st.dates(TODAY, date(2028, 1, 1)))


def test_a_steady_growth_runs_out_when_its_last_seat_is_taken():
    ahead = forecast(Demand(available=10, net_short=30, net_long=90), TODAY, TERM_ENDS_ON)

    assert ahead.runs_out_on == date(2026, 3, 11)
    assert (ahead.until, ahead.growth, ahead.suggested_quantity) == (date(2026, 5, 30), 90, 80)


@pytest.mark.parametrize(("short", "long"), [(0, 90), (30, 0), (-5, 90), (30, -5)])
def test_a_use_that_is_flat_or_falling_runs_out_of_nothing(short, long):
    ahead = forecast(Demand(available=1, net_short=short, net_long=long), TODAY, TERM_ENDS_ON)

    assert (ahead.runs_out_on, ahead.suggested_quantity) == (None, 0)


def test_an_import_of_last_week_counts_by_the_slower_rate():
    imported = Demand(available=20, net_short=90, net_long=90)

    assert imported.rate == 1


def test_where_somebody_has_no_seat_the_seats_have_run_out():
    ahead = forecast(Demand(available=0, net_short=0, net_long=0, refused=3), TODAY, TERM_ENDS_ON)

    assert (ahead.runs_out_on, ahead.suggested_quantity) == (TODAY, 3)


def test_whom_a_seat_is_held_for_is_not_counted_twice():
    held = Demand(available=0, net_short=0, net_long=0, waiting=3, reserved=2)

    assert forecast(held, TODAY, TERM_ENDS_ON).suggested_quantity == 1


def test_a_rate_too_slow_for_the_calendar_runs_out_in_no_sight():
    slow = Demand(available=10_000_000, net_short=1, net_long=1)

    assert forecast(slow, TODAY, TERM_ENDS_ON).runs_out_on is None


@given(demands, ends)
def test_strangers_at_the_login_are_suggested_no_seats(demand, ends_on):
    without = replace(demand, refused_at_login=0)

    assert forecast(demand, TODAY, ends_on) == forecast(without, TODAY, ends_on)


@given(demands, ends)
def test_nothing_is_suggested_once_the_suggestion_is_bought(demand, ends_on):
    bought = forecast(demand, TODAY, ends_on).suggested_quantity

    later = replace(demand, available=demand.available + bought)

    assert forecast(later, TODAY, ends_on).suggested_quantity == 0


@given(demands, st.integers(1, 50), ends)
def test_one_seat_less_than_suggested_is_one_too_few(some, refused, ends_on):
    demand = replace(some, available=0, refused=refused, reserved=0)
    suggested = forecast(demand, TODAY, ends_on).suggested_quantity

    short = replace(demand, available=suggested - 1)

    assert forecast(short, TODAY, ends_on).suggested_quantity == 1


@given(demands)
def test_the_suggestion_looks_no_further_than_the_term(demand):
    ahead = forecast(demand, TODAY, TODAY + timedelta(days=10))

    assert ahead.until == TODAY + timedelta(days=10)
