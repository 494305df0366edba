"""Log lines that say a thing once, however often it happens."""

import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

#: How long a cause is only counted after it was said. Units: seconds.
INTERVAL_SECONDS = 60.0

_CAUSE_LENGTH_MAX = 300
_CAUSES_MAX = 100
_NUMBERS = re.compile(r"\d+")


@dataclass
class _Said:
    at: float
    since: int = 0


@dataclass
class Repeated:
    """Says what goes wrong in one line for each cause and interval, with how often it did."""

    log: logging.Logger
    what: str
    clock: Callable[[], float] = monotonic
    _said: dict[str, _Said] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def warn(self, cause: str) -> None:
        """Log `cause`, unless it was logged a moment ago. Causes that differ in numbers are one."""
        line = cause[:_CAUSE_LENGTH_MAX]
        with self._lock:
            times = self._times(_NUMBERS.sub("#", line))
        if times == 1:
            self.log.warning("%s: %s", self.what, line)
        elif times:
            self.log.warning("%s, %d times more since the last line: %s", self.what, times, line)

    def _times(self, key: str) -> int:
        """Return how often a cause came since it was last said; 0 where it is not to be said."""
        now, said = self.clock(), self._said.get(key)
        if said is not None and now - said.at < INTERVAL_SECONDS:
            said.since += 1
            return 0
        if said is None and len(self._said) >= _CAUSES_MAX:
            self._said.clear()
        self._said[key] = _Said(now)
        return 1 if said is None else said.since + 1
