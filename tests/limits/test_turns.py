"""Whose requests are worked on, where more come than can be."""

import threading
import time
from contextlib import suppress

import pytest

from app.db.connections import CONNECTIONS_MAX
from app.errors import Busy
from app.limits import shares
from app.limits.refusals import TooManyRequests
from app.limits.turns import Turns

TURNS, THREADS, ASIDE = 4, 12, 6


@pytest.fixture
def turns():
    return Turns(TURNS, THREADS, ASIDE, patience_seconds=0.05)


def patient_turns():
    return Turns(TURNS, THREADS, ASIDE, patience_seconds=30)


def a_turn(turns, organization_id):
    """Return the turn of a request that is worked on, or None where it would have to wait."""
    turn = turns.begin()
    return turn if turn.claim(organization_id) else None


class Request(threading.Thread):
    """A request that waits for its turn in a thread of its own, and has it until it is ended."""

    def __init__(self, turns, organization_id):
        super().__init__(daemon=True)
        self.turns, self.organization_id = turns, organization_id
        self.working, self.done = threading.Event(), threading.Event()
        self.refused = None
        self.start()

    def run(self):
        turn = None
        try:
            turn = self.turns.begin()
            if not turn.claim(self.organization_id):
                turn.wait()
            self.working.set()
            self.done.wait(30)
        except (Busy, TooManyRequests) as refusal:
            self.refused = refusal
        finally:
            if turn is not None:
                turn.end()

    def end(self):
        self.done.set()
        self.join(30)


def settled(turns, held):
    """Wait until so many requests are held."""
    give_up_at = time.monotonic() + 30
    while held_by_all(turns) != held and time.monotonic() < give_up_at:
        time.sleep(0.001)
    assert held_by_all(turns) == held


def held_by_all(turns):
    return sum(caller.held for caller in (turns._unknown, *list(turns._callers.values())))


def test_half_of_the_turns_are_one_organization_s_at_most(turns):
    assert [a_turn(turns, "acme") is not None for _ in range(3)] == [True, True, False]


def test_whatever_one_sends_a_turn_is_free_for_another():
    turns = patient_turns()
    flood = [Request(turns, "acme") for _ in range(6)]
    settled(turns, 6)

    assert a_turn(turns, "globex") is not None
    assert sum(request.working.is_set() for request in flood) <= 2
    for request in flood:
        request.done.set()


def test_who_waits_has_a_turn_when_one_ends():
    turns = patient_turns()
    requests = [Request(turns, "acme") for _ in range(5)]

    for _ in requests:
        working = next(each for each in requests if each.working.wait(10) and each.is_alive())
        working.end()
        requests = [each for each in requests if each is not working]
        if requests:
            assert any(each.working.wait(10) for each in requests[:1])
    settled(turns, 0)


def test_who_waits_too_long_is_refused(turns):
    a_turn(turns, "acme"), a_turn(turns, "acme")
    waiting = turns.begin()
    waiting.claim("acme")

    with pytest.raises(Busy):
        waiting.wait()
    waiting.end()
    settled(turns, 2)


def test_unknown_callers_hold_half_of_the_turns_at_most(turns):
    turns.begin(), turns.begin()

    with pytest.raises(Busy):
        turns.begin()
    settled(turns, 2)


def test_half_of_the_threads_are_one_organization_s_at_most():
    turns = patient_turns()
    flood = [Request(turns, "acme") for _ in range(THREADS // 2)]
    settled(turns, THREADS // 2)

    one_more = turns.begin()
    with pytest.raises(TooManyRequests, match="6 of yours are worked on or wait"):
        one_more.claim("acme")
    one_more.end()
    assert a_turn(turns, "globex") is not None
    for request in flood:
        request.done.set()


def test_the_organization_with_the_fewest_is_next():
    turns = patient_turns()
    first, _second = a_turn(turns, "acme"), a_turn(turns, "acme")
    third = turns.begin()
    assert not third.claim("acme")
    a_turn(turns, "globex"), a_turn(turns, "initech")
    hooli = Request(turns, "hooli")
    settled(turns, 6)

    first.end()

    assert hooli.working.wait(10)
    assert not third.is_on
    hooli.end()
    assert third.is_on


def aside(turns, organization_id, number):
    """Return so many requests of an organization that wait for a lock."""
    requests = []
    for _ in range(number):
        requests.append(a_turn(turns, organization_id))
        requests[-1].stand_aside()
    return requests


def test_who_waits_for_a_lock_lets_others_work():
    turns = patient_turns()
    working = [a_turn(turns, name) for name in ("acme", "acme", "globex", "globex")]
    next_ones = [Request(turns, name) for name in ("acme", "initech")]
    settled(turns, 6)

    for request in working[1:3]:
        request.stand_aside()

    assert all(request.working.wait(10) for request in next_ones)
    for request in next_ones:
        request.end()


def test_who_has_its_lock_goes_on_before_all_others_and_nothing_begins_until_it_is_made_up_for():
    turns = patient_turns()
    (waited,) = aside(turns, "acme", 1)
    working = [a_turn(turns, name) for name in ("acme", "acme", "globex", "globex")]
    next_one = Request(turns, "initech")
    settled(turns, 6)

    waited.go_on()
    with pytest.raises(Busy):
        turns.begin("hooli", patience_seconds=0.01)
    working[0].end()
    begun_too_early = next_one.working.wait(0.05)
    working[1].end()

    assert waited.is_on
    assert not begun_too_early
    assert next_one.working.wait(10)
    next_one.end()


def test_costly_work_of_one_organization_is_bounded_whatever_it_waited_for():
    """Each of its requests waits for a lock, has it, and then works on without one."""
    turns = patient_turns()
    waited = aside(turns, "acme", 2)
    working = [a_turn(turns, "acme"), a_turn(turns, "acme")]
    for request in waited:
        request.go_on()

    must_wait = [request.give_back() for request in [*waited, *working]]
    neighbours = [a_turn(turns, "globex"), a_turn(turns, "globex")]

    assert must_wait == [True, True, False, False]
    assert sum(request.is_on for request in [*waited, *working]) == TURNS // 2
    assert None not in neighbours
    working[0].end()
    waited[0].wait()
    assert [request.is_on for request in waited] == [True, False]


def long_ones(turns, organization_id, number):
    """Return so many requests of an organization that take long, and whether each has to wait."""
    requests = [a_turn(turns, organization_id) for _ in range(number)]
    return requests, [not request.be_long() for request in requests]


def test_of_an_organization_s_long_requests_one_is_worked_on_at_a_time():
    turns = patient_turns()
    (first, second), must_wait = long_ones(turns, "acme", 2)
    short = turns.begin("acme")
    _, another_must_wait = long_ones(turns, "globex", 1)

    assert must_wait == [False, True]
    assert another_must_wait == [False]
    assert (first.is_on, second.is_on, short.is_on) == (True, False, True)
    first.end()
    second.wait()
    assert second.is_on


def test_the_long_request_that_went_on_with_its_lock_lines_up_behind_the_one_begun_meanwhile():
    turns = patient_turns()
    (waited,), _ = long_ones(turns, "acme", 1)
    waited.stand_aside()
    (begun,), must_wait = long_ones(turns, "acme", 1)
    waited.go_on()

    assert must_wait == [False]
    assert (waited.give_back(), begun.give_back()) == (True, False)
    begun.end()
    waited.wait()
    assert waited.is_on


def test_half_of_those_that_wait_for_locks_are_one_organization_s_and_its_reads_go_on(turns):
    waiting = aside(turns, "acme", ASIDE // 2)
    writer, read = a_turn(turns, "acme"), a_turn(turns, "acme")

    with pytest.raises(Busy, match="busy with other changes"):
        writer.stand_aside()
    assert (writer.is_on, read.is_on) == (True, True)
    assert writer.is_behind_many()

    waiting[0].end()
    writer.stand_aside()
    assert writer.is_aside


def test_where_as_many_wait_for_locks_as_may_the_next_is_refused_and_keeps_its_turn(turns):
    aside(turns, "acme", ASIDE // 2), aside(turns, "globex", ASIDE // 2)
    turn = a_turn(turns, "initech")

    with pytest.raises(Busy, match="busy with other changes"):
        turn.stand_aside()

    assert turn.is_on
    assert not turn.is_behind_many(), "which is refused sooner, and its own lock does not hang"
    assert a_turn(turns, "hooli") is not None


def test_of_unknown_callers_half_may_wait_for_locks_and_others_begin(turns):
    for _ in range(ASIDE // 2):
        turns.begin().stand_aside()

    with pytest.raises(Busy, match="busy with other changes"):
        turns.begin().stand_aside()

    assert a_turn(turns, "acme") is not None


def test_who_waits_for_locks_holds_threads_too():
    turns = Turns(TURNS, THREADS, aside=2 * THREADS)
    aside(turns, "acme", THREADS // 2)

    with pytest.raises(TooManyRequests):
        turns.begin("acme")


def test_every_request_that_works_or_waits_for_a_lock_finds_a_connection():
    """The rest is for what works beside requests: housekeeping, mail, the platform, exchanges."""
    assert shares.TURNS + shares.ASIDE <= CONNECTIONS_MAX - 16


def test_after_a_rush_all_turns_are_free():
    turns = patient_turns()

    def rush(organization_id):
        for _ in range(300):
            turn = turns.begin()
            if not turn.claim(organization_id):
                turn.wait()
            with suppress(Busy):
                turn.stand_aside()
                turn.go_on()
            if not turn.be_long():
                turn.wait()
            if turn.give_back():
                turn.wait()
            turn.end()

    threads = [threading.Thread(target=rush, args=(name,)) for name in "aaabbc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (turns._free, turns._aside, turns._waiting) == (TURNS, 0, [])
    assert not turns._callers
    assert held_by_all(turns) == 0
