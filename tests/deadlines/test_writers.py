"""Who writes next to SQLite, where several requests of a process want to."""

import threading
from contextlib import suppress

import pytest

from app.db.writers import Writers
from app.errors import Busy
from app.limits import giving_way
from app.limits.turns import Turns
from tests.deadlines.conftest import until

TURNS = 4


@pytest.fixture
def turns():
    return Turns(TURNS, threads=16, aside=8)


class Writer(threading.Thread):
    """A request that waits for the lock in a thread of its own, and says when it has it."""

    def __init__(self, writers, turn, had, timeout=30):
        super().__init__(daemon=True)
        self.writers, self.turn, self.had, self.timeout = writers, turn, had, timeout
        self.start()

    def run(self):
        giving_way.begin(self.turn)
        if self.writers.acquire(self.timeout):
            self.had.append(self.turn.organization_id)
            self.writers.release()


def lined_up(writers, turns, names):
    """Hold the lock while these line up for it, and return who had it, in order."""
    had, threads = [], []
    assert writers.acquire(timeout=0)
    for number, name in enumerate(names):
        threads.append(Writer(writers, turns.begin(name), had))
        until(lambda number=number: waiting(writers) == number + 1, 30)
    writers.release()
    for thread in threads:
        thread.join(30)
    return had


def waiting(writers):
    return sum(len(queue) for queue in writers._waiting.values())


def is_free(writers):
    if not writers.acquire(timeout=0):
        return False
    writers.release()
    return True


def test_organizations_take_turns(turns):
    names = ["acme", "acme", "globex"]

    assert lined_up(Writers(), turns, names) == ["acme", "globex", "acme"]


def test_who_writes_again_at_once_comes_behind_another_organization(turns):
    writers, had = Writers(), []
    giving_way.begin(turns.begin("acme"))
    try:
        assert writers.acquire(timeout=0)
        threads = [Writer(writers, turns.begin(name), had) for name in ("acme", "globex")]
        until(lambda: waiting(writers) == 2, 30)
        writers.release()
        assert writers.acquire(timeout=30)
        writers.release()
    finally:
        giving_way.end()
    for thread in threads:
        thread.join(30)

    assert had[0] == "globex"


def test_who_waits_in_vain_leaves_the_queue(turns):
    writers, had = Writers(), []
    writers.acquire(timeout=0)

    Writer(writers, turns.begin("acme"), had, timeout=0.01).join(30)

    assert (had, waiting(writers)) == ([], 0)
    writers.release()
    assert is_free(writers)


class HandsOverAtTheLastMoment(Writers):
    """Writers of which one gives up just as it is its turn."""

    refusal: Busy | None = None

    def _is_called(self, _called, _timeout):
        self.release()
        if self.refusal is not None:
            raise self.refusal
        return False


def test_who_gives_up_just_as_the_lock_is_handed_over_has_it():
    writers = HandsOverAtTheLastMoment()
    writers.acquire(timeout=0)

    assert writers.acquire(timeout=0)
    writers.release()
    assert writers._holder is None


def test_who_is_put_off_just_as_the_lock_is_handed_over_hands_it_on():
    writers = HandsOverAtTheLastMoment()
    writers.refusal = Busy("The server is busy with other changes.")
    writers.acquire(timeout=0)

    with pytest.raises(Busy):
        writers.acquire(timeout=0)

    assert writers._holder is None


def test_in_a_rush_one_writes_at_a_time(turns):
    writers, inside, most = Writers(), [], []

    def rush(name):
        giving_way.begin(turns.begin(name))
        for _ in range(300):
            with suppress(Busy):
                if writers.acquire(timeout=0.001):
                    inside.append(name)
                    most.append(len(inside))
                    inside.pop()
                    writers.release()

    threads = [threading.Thread(target=rush, args=(name,)) for name in "aabb"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert max(most) == 1
    assert (waiting(writers), writers._holder) == (0, None)
