from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.billing.contracts.renewals import renew_if_due
from app.billing.seats_at import seats_at
from app.people.sign_in import Login, Mode, decide
from app.seats import assignments, history
from app.seats.rules import SeatCounts
from tests.support.builders import (
    NOW,
    SIGNED_AT,
    a_user,
    an_organization,
    buy,
    deactivate,
)

pytestmark = pytest.mark.usefixtures("database")

FINISH = NOW + timedelta(days=40)


def held_seats(customer, at) -> set[str]:
    until = history.sequence_at(customer.id, at)
    rows = assignments.assignments_of(customer.id, only_open=True, until=until, limit=100)
    return {row.user_id for row in rows}


def test_before_the_signing_there_were_no_seats():
    acme = an_organization(5)

    then = seats_at(acme.id, SIGNED_AT - timedelta(seconds=1))

    assert (then.counts, then.term, then.renewal_pending) == (SeatCounts(0, 0), None, False)


def test_the_instant_of_an_entry_already_shows_it():
    acme = an_organization(5)
    a_user(acme, at=NOW)

    before, then = (seats_at(acme.id, at) for at in (NOW - timedelta(microseconds=1), NOW))

    assert (before.counts.in_use, then.counts.in_use) == (0, 1)


def test_a_seat_that_is_held_is_told_apart():
    acme = an_organization(5)
    decide(acting(acme.sso, at=NOW), Login("bob@example.com", mode=Mode.CHECK, hold=True))
    decide(acting(acme.sso, at=NOW + timedelta(minutes=1)), Login("bob@example.com"))

    held, seated = (seats_at(acme.id, NOW + timedelta(minutes=minute)) for minute in (0, 1))

    assert (held.held, held.counts.in_use) == (1, 1)
    assert (seated.held, seated.counts.in_use) == (0, 1)


def test_the_term_of_the_instant_is_shown_and_whether_its_renewal_was_pending():
    acme = an_organization(5, auto_renew=True)
    a_user(acme)
    renew_if_due(acme.id, at=datetime(2027, 1, 3, tzinfo=UTC))

    told = [
        seats_at(acme.id, datetime(year, 1, day, tzinfo=UTC))
        for year, day in ((2026, 2), (2027, 2), (2027, 4))
    ]

    assert [(then.term.number, then.renewal_pending) for then in told] == [
        (1, False),
        (1, True),
        (2, False),
    ]
    assert [then.counts.purchased for then in told] == [5, 5, 1]


def test_a_release_that_came_later_is_not_shown():
    acme = an_organization(5)
    user = a_user(acme, at=NOW)
    deactivate(acme, user, at=NOW + timedelta(hours=1))

    (row,) = assignments.assignments_of(acme.id, until=history.sequence_at(acme.id, NOW), limit=10)

    assert (row.user_id, row.released_at) == (user.id, None)


steps = st.lists(
    st.tuples(st.sampled_from(["seat", "free", "buy"]), st.integers(0, 3)), min_size=1, max_size=10
)


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_every_past_instant_is_answered_as_it_was(chosen):
    acme = an_organization(3, invoiced_elsewhere="elsewhere")
    at, seated, purchased = NOW, [], 3
    told = {}

    for step, hours in chosen:
        at += timedelta(hours=hours)
        if step == "seat" and len(seated) < purchased:
            seated.append(a_user(acme, at=at))
        elif step == "free" and seated:
            deactivate(acme, seated.pop(0), at=at)
        elif step == "buy":
            buy(acme, 1, at=at)
            purchased += 1
        told[at] = (SeatCounts(purchased, len(seated)), {user.id for user in seated})

    for instant, (counts, people) in told.items():
        assert seats_at(acme.id, instant).counts == counts
        assert held_seats(acme, instant) == people
