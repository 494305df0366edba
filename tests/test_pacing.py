"""Work that nobody waits for leaves room for others between its transactions."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from app import housekeeping
from app.access.tokens import TokenUses
from app.db.connections import database
from app.db.pacing import is_paced, paced
from app.db.sqlite import LATE_LOOK_SECONDS
from app.db.transactions import run
from tests.support.builders import NOW
from tests.support.engines import on_sqlite_alone

pytestmark = pytest.mark.usefixtures("database")

STEPS = 30
STEP_SECONDS = 0.005


@contextmanager
def another_process_that_looks() -> Iterator[list[float]]:
    """Yield when another connection found the file free, which looks as seldom as a writer does."""
    taken, over = [], threading.Event()

    def look() -> None:
        with closing(sqlite3.connect(database.database, timeout=0, isolation_level=None)) as other:
            while not over.wait(LATE_LOOK_SECONDS):
                with suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")
                    other.execute("ROLLBACK")
                    taken.append(time.monotonic())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield taken
    finally:
        over.set()
        thread.join()


@on_sqlite_alone
def test_a_writer_of_another_process_finds_the_file_free_between_paced_transactions():
    with another_process_that_looks() as taken, paced():
        for _ in range(STEPS):
            run(time.sleep, STEP_SECONDS)

    assert len(taken) >= STEPS / 4


def test_housekeeping_is_paced_and_what_else_its_thread_does_is_not(monkeypatch):
    seen = []
    monkeypatch.setattr(housekeeping.listing, "purge", lambda **_: seen.append(is_paced()))

    housekeeping.run_housekeeping(TokenUses(), at=NOW)

    assert (seen, is_paced()) == ([True], False)
