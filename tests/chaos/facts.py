"""What clients know for certain: what was answered, and what may have happened or not.

A person belongs to one client, so that nothing but its own requests changes them. A request that
is never answered may have happened or not, and may still happen for a while.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count


class State(StrEnum):
    """How the directory may have a person."""

    ABSENT = "absent"
    ACTIVE = "active"
    INACTIVE = "inactive"


class Claim(StrEnum):
    """What must not be, whatever dies."""

    LOST = "lost"
    DOUBLED = "doubled"
    OVERSOLD = "oversold"
    NUMBERS = "numbers"
    AUDIT = "audit"


@dataclass(frozen=True)
class Finding:
    """A claim that does not hold, and what shows it."""

    claim: Claim
    what: str


@dataclass
class Person:
    """A person, and the states that they can be in after all that was answered."""

    name: str
    states: set[State] = field(default_factory=lambda: {State.ABSENT})
    id: str | None = None
    in_team: set[bool] = field(default_factory=lambda: {False})
    #: Until when a request that was not answered may still happen; for ever after a timeout.
    unsettled_until: float = 0.0
    #: What was asked of them and answered, to explain a finding.
    history: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.history[-8:])})"

    @property
    def is_settled(self) -> bool:
        return time.monotonic() >= self.unsettled_until

    def is_surely(self, state: State) -> bool:
        return self.states == {state}


@dataclass
class Order:
    """A quote that is bought under a key, and what was answered."""

    quote_id: str
    total_minor: int
    key: str
    quantity: int
    purchase: dict | None = None
    invoice: dict | None = None
    refused: bool = False


@dataclass
class Asked:
    """A request: when it began, when it was answered, by which server, and with which status."""

    began: float
    ended: float
    server: int
    status: int


@dataclass
class Log:
    """What all clients of a run saw."""

    asked: list[Asked] = field(default_factory=list)
    unanswered: Counter = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: count = field(default_factory=count)

    def number(self) -> int:
        """Return a number that nobody had."""
        return next(self._numbers)

    def find(self, claim: Claim, what: str) -> None:
        with self._lock:
            self.findings.append(Finding(claim, what))

    def answered(self) -> int:
        """Return how many requests were answered by a use case, be it by a refusal."""
        return sum(each.status < 500 for each in self.asked)

    def note(self, asked: Asked) -> None:
        self.asked.append(asked)

    def note_silence(self, why: str) -> None:
        with self._lock:
            self.unanswered[why] += 1
