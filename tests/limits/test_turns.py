"""Whose requests are worked on, where more come than can be."""

import threading
import time

import pytest

from app.errors import Busy
from app.limits.refusals import TooManyRequests
from app.limits.turns import Turns

TURNS, THREADS = 4, 12


@pytest.fixture
def turns():
    return Turns(TURNS, THREADS, patience_seconds=0.05)


def patient_turns():
    return Turns(TURNS, THREADS, patience_seconds=30)


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


def test_after_a_rush_all_turns_are_free():
    turns = patient_turns()

    def rush(organization_id):
        for _ in range(300):
            turn = turns.begin()
            if not turn.claim(organization_id):
                turn.wait()
            turn.end()

    threads = [threading.Thread(target=rush, args=(name,)) for name in "aaabbc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (turns._free, turns._waiting) == (TURNS, [])
    assert not turns._callers
    assert held_by_all(turns) == 0
