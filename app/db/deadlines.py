"""Until when the work at hand may go on: one deadline for a request, or for a transaction.

A request has its deadline from its beginning to its answer, whatever it waits for: a connection, a
lock, a statement, another attempt. A transaction that no request caused has one of its own. What
has no deadline, such as a migration, may take as long as it needs.

The deadline is this thread's. Whatever waits in `app.db` looks at it:

    SQLite       a statement, every so many steps; the lock of the file; that of the process
    PostgreSQL   every wait for the server, after which the connection is thrown away. The server's
                 own timeouts stand behind it, for a process that cannot look any more.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from app.errors import Busy

#: How long a request may take, unless the settings say otherwise.
REQUEST_SECONDS = 15

#: How long a transaction may take that no request caused, its attempts included.
TRANSACTION_SECONDS = 60

#: How long anything waits for a lock at most, and which part of its time.
LOCK_SECONDS_MAX = 10.0
LOCK_SHARE = 2 / 3


class OutOfTime(Busy):
    """The deadline came before the end; what was not committed until then is not done."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """An end on the monotonic clock, and how much time there was until it in all."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline of what begins now and may take so long."""
        return cls(monotonic() + seconds, seconds)

    def left(self) -> float:
        """Return how many seconds are left, 0 where none is."""
        return max(0.0, self.at - monotonic())

    def over(self) -> OutOfTime:
        """Return the refusal of what did not come to its end in time."""
        return OutOfTime(
            f"The request took longer than {self.seconds:g} seconds, so it was given up. Ask for "
            "less at once, or try again in a moment."
        )


class _Mine(threading.local):
    """What a thread works under."""

    deadline: Deadline | None = None
    #: Until when its transaction waits for the lock with which it begins.
    patience: Deadline | None = None


_mine = _Mine()


def begin(seconds: float) -> None:
    """Give what this thread begins now its deadline."""
    _mine.deadline = Deadline.after(seconds)


def end() -> None:
    """Take the deadline away from this thread."""
    _mine.deadline = None


def current() -> Deadline | None:
    """Return the deadline of this thread's work, or None."""
    return _mine.deadline


def check() -> None:
    """Stop where the time is over.

    Raises:
        OutOfTime: it is.
    """
    deadline = _mine.deadline
    if deadline is not None and monotonic() >= deadline.at:
        raise deadline.over()


def is_over() -> bool:
    """Return whether the time is over."""
    deadline = _mine.deadline
    return deadline is not None and monotonic() >= deadline.at


@contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """Hold a deadline for the length of a `with`, unless there is one: that one then stands."""
    held = _mine.deadline
    if held is not None:
        yield held
        return
    begin(seconds)
    try:
        yield _mine.deadline  # type: ignore[misc]  # which was set just now
    finally:
        end()


@contextmanager
def grace(seconds: float) -> Iterator[None]:
    """Give what must not be left half done so much time from now on, whatever the deadline."""
    held, allowed = _mine.deadline, Deadline.after(seconds)
    if held is None or held.at < allowed.at:
        _mine.deadline = allowed
    try:
        yield
    finally:
        _mine.deadline = held


def lock_seconds(seconds: float) -> float:
    """Return how long what may take `seconds` waits for one lock: it shall still say so in time.

    >>> lock_seconds(15), lock_seconds(60)
    (10.0, 10.0)
    """
    return min(LOCK_SECONDS_MAX, seconds * LOCK_SHARE)


def be_patient() -> Deadline:
    """Let this thread wait for one lock from now on; return until when, all attempts together.

    Call where there is a deadline.
    """
    deadline = _mine.deadline
    assert deadline is not None  # noqa: S101  # as said
    _mine.patience = Deadline.after(min(deadline.left(), lock_seconds(deadline.seconds)))
    return _mine.patience


def lock_left(otherwise: float) -> float:
    """Return how many seconds this thread may still wait for a lock; `otherwise` without an end."""
    if _mine.deadline is None or _mine.patience is None:
        return otherwise
    return min(_mine.patience.left(), _mine.deadline.left())
