"""The pace of work that nobody waits for, such as housekeeping: others write between its steps.

SQLite has one writer. One of another process looks every now and then whether the file is free
(`app.db.sqlite`), and would find it taken again and again by work that goes from one transaction to
the next: for as long as that is, and be refused.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.db.connections import on_postgresql

#: How long the file is free behind a transaction: as long as it took, within these bounds.
PAUSE_SECONDS_MIN = 0.002
PAUSE_SECONDS_MAX = 0.02


class _Mine(threading.local):
    """How a thread works."""

    is_paced = False


_mine = _Mine()


@contextmanager
def paced() -> Iterator[None]:
    """Let others write between this thread's transactions, for the length of a `with`."""
    before, _mine.is_paced = _mine.is_paced, True
    try:
        yield
    finally:
        _mine.is_paced = before


def is_paced() -> bool:
    """Return whether others may write between this thread's transactions."""
    return _mine.is_paced


def pause_after(seconds: float) -> None:
    """Pause behind a transaction that took so long, where this thread's work is paced."""
    if is_paced() and not on_postgresql():
        time.sleep(min(max(seconds, PAUSE_SECONDS_MIN), PAUSE_SECONDS_MAX))
