"""The one reader of the clock, and the rule by which its jumps are found."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self

#: What the wall clock may be apart from the time that passed.
JUMP = timedelta(minutes=5)


@dataclass(frozen=True)
class Clock:
    """A source of the time; `offset` moves it for demonstrations and tests."""

    offset: timedelta = timedelta()

    @classmethod
    def starting_at(cls, instant: datetime) -> Self:
        """Return a clock that shows `instant` now and runs on from there."""
        return cls(instant - datetime.now(UTC))

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset


def is_jump(apart: timedelta) -> bool:
    """Return whether two clocks are too far apart.

    >>> is_jump(timedelta(minutes=5)), is_jump(timedelta(minutes=-6))
    (False, True)
    """
    return abs(apart) > JUMP


def passed() -> timedelta:
    """Return the time since the machine started, its sleep included where that can be measured."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return timedelta(seconds=time.clock_gettime(boot_time))


@dataclass
class Watch:
    """Judges a process's wall clock by the time that passed since the process began to watch."""

    now: Callable[[], datetime]
    passed: Callable[[], timedelta] = passed
    #: A clock that was set on purpose is not judged.
    judges: bool = True
    started_at: datetime = field(init=False)
    #: How far from the database server's clock the operator accepted it to be.
    tolerated: timedelta = field(init=False)
    _started: timedelta = field(init=False)

    def __post_init__(self) -> None:
        """Begin to watch."""
        self.start_again()

    @classmethod
    def over(cls, clock: Clock) -> Self:
        """Return a watch over a process's clock."""
        return cls(clock.now, judges=not clock.offset)

    def start_again(self, tolerated: timedelta | None = None) -> None:
        """Take the wall clock to be right as it is, though it be `tolerated` off the database's."""
        self.started_at, self._started = self.now(), self.passed()
        self.tolerated = tolerated or timedelta()

    def trusted_now(self) -> datetime:
        """Return the instant by the time that passed where the wall clock jumped, else by that."""
        now = self.now()
        ahead = self._ahead(now)
        return now if ahead is None else now - ahead

    def ahead(self) -> timedelta | None:
        """Return how far the wall clock ran from the time that passed, if that is too far."""
        return self._ahead(self.now())

    def _ahead(self, now: datetime) -> timedelta | None:
        if not self.judges:
            return None
        apart = (now - self.started_at) - (self.passed() - self._started)
        return apart if is_jump(apart) else None
