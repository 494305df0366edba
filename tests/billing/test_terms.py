from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.billing.terms import (
    ServicePeriod,
    Term,
    check_time_zone,
    local_day,
    month_boundary,
    start_of_day,
)
from app.errors import ContractNotActive, InvalidInput

DAY = timedelta(days=1)
ANCHORS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
LEAP_DAY, A_31ST = date(2024, 2, 29), date(2026, 1, 31)


def days_of(term):
    return [term.starts_on + index * DAY for index in range((term.ends_on - term.starts_on).days)]


def test_months_from_the_31st_end_short_and_come_back():
    boundaries = [month_boundary(A_31ST, months).isoformat() for months in range(5)]

    assert boundaries == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_terms_from_29_february_come_back_to_it_in_leap_years():
    starts = [Term(LEAP_DAY, number).starts_on.isoformat() for number in range(1, 6)]

    assert starts == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


@given(ANCHORS)
@example(LEAP_DAY)
@example(A_31ST)
def test_over_ten_years_every_day_is_in_exactly_one_month_of_exactly_one_term(anchor_on):
    boundaries = [month_boundary(anchor_on, months) for months in range(121)]
    terms = [Term(anchor_on, number) for number in range(1, 11)]

    assert all(earlier < later for earlier, later in pairwise(boundaries))
    assert [term.month_starts_on(index) for term in terms for index in range(12)] == boundaries[:-1]
    assert [(a.ends_on, a.next()) for a in terms[:-1]] == [(b.starts_on, b) for b in terms[1:]]


@given(ANCHORS, st.integers(0, 3660))
@example(LEAP_DAY, 365)
@example(LEAP_DAY, 364)
def test_the_term_of_a_day_contains_it(anchor_on, offset):
    day = anchor_on + offset * DAY

    term = Term.at(anchor_on, day)

    assert term.contains(day)
    assert not term.next().contains(day)


def test_before_the_first_day_the_term_to_come_is_the_first():
    assert Term.at(A_31ST, date(2025, 6, 1)) == Term(A_31ST, 1)


@given(ANCHORS, st.integers(1, 10))
@example(LEAP_DAY, 1)
@example(A_31ST, 1)
def test_what_remains_falls_every_day_from_twelve_to_the_last_day_of_a_month(anchor_on, number):
    term = Term(anchor_on, number)

    remaining = [term.months_remaining(day) for day in days_of(term)]

    last_month = term.ends_on - term.month_starts_on(11)
    assert remaining[0] == 12
    assert all(earlier > later for earlier, later in pairwise(remaining))
    assert remaining[-1] == Fraction(1, last_month.days)


def test_a_seat_bought_before_the_term_counts_from_its_first_day():
    term = Term(date(2026, 1, 1), 1)

    service = term.service_from(date(2025, 12, 24))

    assert service == ServicePeriod(date(2026, 1, 1), date(2027, 1, 1), Fraction(12))


def test_a_seat_bought_inside_the_term_counts_from_its_own_day():
    term = Term(date(2026, 1, 1), 1)

    service = term.service_from(date(2026, 3, 1))

    assert service == ServicePeriod(date(2026, 3, 1), date(2027, 1, 1), Fraction(10))


def test_nothing_is_sold_for_a_term_that_is_over():
    term = Term(date(2026, 1, 1), 1)

    with pytest.raises(ContractNotActive, match="ended on 2027-01-01"):
        term.months_remaining(date(2027, 1, 1))


@pytest.mark.parametrize(
    "name", ["Berlin", "Europe", "", "../etc/passwd", "CET+1", "\0", "a" * 999]
)
def test_an_unknown_time_zone_is_refused(name):
    with pytest.raises(InvalidInput, match="is not a time zone; give an IANA name"):
        check_time_zone(name)


def test_a_contract_day_is_the_local_one():
    at = datetime(2026, 2, 28, 23, 30, tzinfo=UTC)

    assert local_day(at, "Europe/Berlin") == date(2026, 3, 1)
    assert local_day(at, "UTC") == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("day", "time_zone", "start"),
    [
        (date(2026, 3, 1), "UTC", "2026-03-01T00:00"),
        (date(2026, 3, 1), "Asia/Kathmandu", "2026-02-28T18:15"),
        # At midnight the clocks go to 01:00, so the day starts there.
        (date(2018, 11, 4), "America/Sao_Paulo", "2018-11-04T03:00"),
        # At 01:00 the clocks go back to midnight, which comes twice.
        (date(2025, 11, 2), "America/Havana", "2025-11-02T04:00"),
        # At 00:01 the clocks go back to the evening before; the day has started already.
        (date(2010, 11, 7), "America/St_Johns", "2010-11-07T02:30"),
        # At 23:30 the clocks go to 00:30, so the day starts half an hour late.
        (date(1919, 3, 31), "America/Toronto", "1919-03-31T04:30"),
        # The whole day is skipped on the way across the date line.
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_a_day_starts_with_its_first_instant_whatever_the_clocks_do(day, time_zone, start):
    assert start_of_day(day, time_zone) == datetime.fromisoformat(f"{start}+00:00")


@given(
    st.dates(date(1900, 1, 1), date(2037, 12, 31)), st.sampled_from(sorted(available_timezones()))
)
def test_the_instant_before_a_day_starts_is_another_day(day, time_zone):
    start = start_of_day(day, time_zone)

    assert local_day(start - timedelta(microseconds=1), time_zone) < day
    assert day <= local_day(start, time_zone)


@given(
    st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    st.integers(1, 5),
    st.integers(0, 364),
)
def test_a_service_period_knows_its_whole_months_and_days(anchor, number, days):
    term = Term(anchor, number)
    day = term.starts_on + timedelta(days=days)

    assert term.service_from(day).remainder == term.remainder(day)
