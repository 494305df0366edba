"""How often a caller may send, and how little is kept of it."""

import multiprocessing
from dataclasses import dataclass

import pytest

from app.limits.buckets import Buckets, Rate

RATE = Rate(per_second=200, burst=2000)


@dataclass
class Seconds:
    """A clock that stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def buckets(seconds):
    return Buckets(RATE, seconds)


def taken_by(buckets, caller, attempts):
    """Return how many of so many requests were let through."""
    return sum(not buckets.take(caller) for _ in range(attempts))


def test_a_burst_is_let_through_and_no_more(buckets):
    assert taken_by(buckets, "acme", 3000) == 2000


def test_after_the_burst_requests_come_at_the_rate(buckets, seconds):
    taken_by(buckets, "acme", 2000)

    through = 0
    for _ in range(100):
        seconds.now += 0.1
        through += taken_by(buckets, "acme", 50)

    assert through == pytest.approx(10 * 200, abs=1)


def test_who_waits_as_long_as_said_is_let_through(buckets, seconds):
    taken_by(buckets, "acme", 2000)
    wait = buckets.take("acme")

    assert wait == pytest.approx(1 / 200)
    seconds.now += wait
    assert buckets.take("acme") == 0


def test_a_bucket_fills_up_to_its_burst(buckets, seconds):
    taken_by(buckets, "acme", 2000)
    seconds.now += 3600

    assert taken_by(buckets, "acme", 3000) == 2000


def test_one_caller_takes_nothing_from_another(buckets):
    taken_by(buckets, "acme", 3000)

    assert taken_by(buckets, "globex", 2000) == 2000


def test_a_thousand_callers_have_a_bucket_each(buckets):
    callers = [f"org_{number}" for number in range(1000)]

    assert {taken_by(buckets, caller, 10) for caller in callers} == {10}
    assert {taken_by(buckets, caller, 1991) for caller in callers[:50]} == {1990}


def test_any_number_of_callers_fits_into_the_same_memory(buckets):
    before = buckets._callers.nbytes + buckets._full_at.nbytes

    for number in range(100_000):
        assert not buckets.take(f"192.0.2.{number}")

    assert buckets._callers.nbytes + buckets._full_at.nbytes == before == 2**20


def test_processes_share_what_a_caller_may_send():
    buckets = Buckets(Rate(per_second=25, burst=1000))
    forking = multiprocessing.get_context("fork")
    results = forking.Queue()

    def send():
        results.put(taken_by(buckets, "acme", 1000))

    processes = [forking.Process(target=send) for _ in range(2)]
    for process in processes:
        process.start()
    through = sum(results.get(timeout=30) for _ in processes)
    for process in processes:
        process.join()

    # What both count in the same microsecond is counted once, and some came in while they ran.
    assert 1000 <= through < 1300
