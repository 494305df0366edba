"""A clock that jumps stops renewals and invoices, not seats, until the operator accepts it."""

from datetime import UTC, datetime, timedelta

import pytest

from app.access.tokens import TokenUses
from app.billing import timekeeping
from app.billing.contracts.renewals import renew_if_due
from app.clock import Clock, Watch
from app.errors import ClockJumped, NothingToChange
from app.housekeeping import run_housekeeping
from app.models import ClockJump, Invoice, SeatPool
from tests.support.builders import NOW, a_quote, a_user, an_organization, buy, confirm

pytestmark = pytest.mark.usefixtures("database")

END = datetime(2027, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=31)


class Hands:
    """A wall clock and the time that passed, both moved by hand."""

    def __init__(self, wall: datetime) -> None:
        self.wall, self.passed = wall, timedelta()

    def go_on(self, time: timedelta) -> None:
        self.wall += time
        self.passed += time

    def watch(self) -> Watch:
        return Watch(lambda: self.wall, lambda: self.passed)


@pytest.fixture
def hands() -> Hands:
    """Return a wall clock that shows what the database's does, on either engine."""
    return Hands(Clock().now())


@pytest.mark.parametrize("jump", [timedelta(minutes=6), timedelta(minutes=-6), MONTH])
def test_a_wall_clock_apart_from_the_time_that_passed_has_jumped(hands, jump):
    watch = hands.watch()
    hands.go_on(timedelta(days=3))
    assert watch.ahead() is None

    hands.wall += jump

    assert watch.ahead() == jump
    assert watch.trusted_now() == hands.wall - jump


@pytest.mark.parametrize("drift", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_a_small_difference_is_no_jump(hands, drift):
    watch = hands.watch()
    hands.wall += drift

    assert watch.ahead() is None


def test_a_clock_that_was_set_on_purpose_is_not_judged():
    watch = Watch.over(Clock.starting_at(NOW))

    assert not watch.judges
    assert watch.ahead() is None


def test_a_jump_stops_renewals_and_invoices_and_not_seats(hands):
    acme = an_organization(5, auto_renew=True)
    quote = a_quote(acme)
    watch = hands.watch()
    hands.wall += MONTH

    assert timekeeping.look(watch).ahead_seconds == MONTH.total_seconds()

    with pytest.raises(ClockJumped):
        renew_if_due(acme.id, at=END)
    with pytest.raises(ClockJumped):
        confirm(acme, quote)
    run_housekeeping(TokenUses(), at=END)
    assert a_user(acme).active
    assert (SeatPool.get().term_number, Invoice.select().count()) == (1, 1)


def test_a_jump_is_kept_once_for_all_processes_until_it_is_accepted(hands):
    acme = an_organization(5, auto_renew=True)
    first, second = hands.watch(), hands.watch()
    hands.wall += MONTH
    timekeeping.look(first)
    timekeeping.look(second)
    assert ClockJump.select().count() == 1

    timekeeping.accept(at=hands.wall)

    assert timekeeping.look(first) is None
    assert timekeeping.look(second) is None
    assert first.ahead() is None
    buy(acme, 1)
    assert renew_if_due(acme.id, at=END) == 1


def test_a_clock_that_came_back_by_itself_is_accepted_too(hands):
    watch = hands.watch()
    hands.wall += MONTH
    timekeeping.look(watch)
    hands.wall -= MONTH

    assert timekeeping.look(watch) is not None
    timekeeping.accept(at=hands.wall)
    assert timekeeping.look(watch) is None


def test_a_clock_that_did_not_jump_is_not_accepted():
    with pytest.raises(NothingToChange):
        timekeeping.accept(at=NOW)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_a_clock_apart_from_the_database_servers_has_jumped_until_accepted():
    hands = Hands(Clock().now() + MONTH)
    watch = hands.watch()

    assert timekeeping.look(watch) is not None
    timekeeping.accept(at=hands.wall)

    assert timekeeping.look(watch) is None
    assert timekeeping.look(watch) is None


def test_a_server_says_how_long_none_ran_and_goes_on(caplog):
    timekeeping.say_how_long_away(at=NOW)
    assert caplog.text == ""

    timekeeping.say_how_long_away(at=NOW + timedelta(days=3))

    assert "No server ran for 3 days" in caplog.text
    assert timekeeping.open_jump() is None
