"""Token buckets: a caller may send at a steady rate, and a burst on top.

A bucket is one number, the instant at which it is full again (the generic cell rate algorithm).
One that is full is the same as none, so what is kept of a caller can be forgotten then, and a table
of a fixed size serves any number of callers.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from mmap import mmap

#: A caller's bucket is in one of so many slots, the set that its name falls into.
_WAYS = 8
_SETS = 8192
_WORD_BYTES = 8


@dataclass(frozen=True)
class Rate:
    """So many requests a second, and so many at once by a caller who sent none for a while."""

    per_second: int
    burst: int

    @property
    def window_seconds(self) -> int:
        """How long an empty bucket takes to be full."""
        return ceil(self.burst / self.per_second)


class Buckets:
    """A bucket for each caller, in 1 MiB of memory that processes share which are forked later.

    Threads of a process take turns. Processes do not: two that serve one caller in the same
    microsecond may count one request for two, which is little, and no process that dies can leave
    a lock behind.

    Of more than eight callers in one set that all send, the one whose bucket is full soonest gets
    a full one.
    """

    def __init__(self, rate: Rate, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets; `now` returns seconds, by one clock for all processes."""
        self.rate = rate
        self._now = now
        self._interval = 1 / rate.per_second
        self._span = rate.burst * self._interval
        words = _SETS * _WAYS
        memory = memoryview(mmap(-1, 2 * words * _WORD_BYTES))
        self._callers = memory[: words * _WORD_BYTES].cast("q")
        self._full_at = memory[words * _WORD_BYTES :].cast("d")
        self._lock = threading.Lock()

    def take(self, caller: str) -> float:
        """Count a request of a caller; return 0, or how many seconds to wait where there are none.

        A request that has to wait is not counted.
        """
        # Processes that are forked hash alike, and by a secret: no caller can choose another's set.
        name = hash(caller) or 1
        now = self._now()
        with self._lock:
            slot = self._slot_of(name)
            full_at = max(self._full_at[slot], now) + self._interval
            wait = full_at - now - self._span
            # What lacks less than a thousandth of a request is a rounding error.
            if wait > self._interval / 1000:
                return wait
            self._full_at[slot] = full_at
        return 0.0

    def _slot_of(self, name: int) -> int:
        first = name % _SETS * _WAYS
        callers = self._callers
        if callers[first] == name:
            return first
        slots = range(first, first + _WAYS)
        for slot in slots:
            if callers[slot] == name:
                return slot
        slot = min(slots, key=self._full_at.__getitem__)
        self._full_at[slot] = 0.0
        self._callers[slot] = name
        return slot
