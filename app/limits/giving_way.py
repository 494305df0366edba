"""The turn of this thread's request, while it waits for a lock deep in a transaction.

What waits there gives way when it has waited for a moment, and goes on when it has the lock. So do
transactions that write alone: what a read waits for is work. In a thread without a turn, such as
that of housekeeping, all of this does nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import Busy
from app.limits.turns import Turn

#: How long a request waits for a lock before others have its turn: most locks come sooner.
MOMENT_SECONDS = 0.1

#: And how long where as many of its organization wait as may: it is refused then, and reads go on.
SHORT_MOMENT_SECONDS = 0.01


class _Mine(threading.local):
    """What a thread works on."""

    turn: Turn | None = None
    #: Whether that is a transaction that writes, or one that begins.
    writes = False
    #: Whether it commits: what may be done already is not refused.
    commits = False


_mine = _Mine()


def begin(turn: Turn) -> None:
    """Let what this thread works on from now on have this turn."""
    _mine.turn = turn


def end() -> None:
    """Take the turn away from this thread."""
    _mine.turn = None


def caller() -> str:
    """Return whose work this thread does: an organization's id, or nothing."""
    turn = _mine.turn
    return "" if turn is None else turn.organization_id


def note_writing(*, writes: bool) -> None:
    """Note that this thread begins a transaction that writes, or has ended it."""
    _mine.writes = writes


def is_possible() -> bool:
    """Return whether this thread may wait for a lock, and has a turn that others could have."""
    turn = _mine.turn
    return _mine.writes and turn is not None and turn.is_on


def moment_seconds() -> float:
    """Return how long this thread's request waits for a lock before it gives way or is refused."""
    turn = _mine.turn
    return SHORT_MOMENT_SECONDS if turn is not None and turn.is_behind_many() else MOMENT_SECONDS


def give_way() -> None:
    """Let others have this thread's turn, where that `is_possible`.

    Raises:
        Busy: as many as may wait for locks already, and this one does not commit.
    """
    if not is_possible():
        return
    try:
        _mine.turn.stand_aside()  # type: ignore[union-attr]  # there is one
    except Busy:
        if not _mine.commits:
            raise


@contextmanager
def committing() -> Iterator[None]:
    """Note that this thread commits, for the length of a `with`."""
    _mine.commits = True
    try:
        yield
    finally:
        _mine.commits = False


def go_on() -> None:
    """Go on with this thread's work at once, if it gave way."""
    turn = _mine.turn
    if turn is not None and not turn.is_on:
        turn.go_on()


def must_line_up() -> bool:
    """Return whether this thread has to `wait_in_line` now, because more work than may."""
    turn = _mine.turn
    return turn is not None and turn.give_back()


def wait_in_line(seconds: float) -> None:
    """Wait for this thread's turn at most so long, holding nothing that others could use.

    Raises:
        Busy: it did not become its turn in time; it goes on to say so.
    """
    turn = _mine.turn
    assert turn is not None  # noqa: S101  # which had to line up
    try:
        turn.wait(seconds)
    except Busy:
        turn.go_on()
        raise
