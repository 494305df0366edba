"""What a simulation found: what came of everybody, and how the server answered."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from app.simulator.exchange import Exchange, Kind, Outcome

#: How many bodies of one kind of error are kept, and how much of each.
BODIES_MAX: Final = 3
BODY_LENGTH_MAX: Final = 500

#: What is counted of users, and of groups.
_USER_OUTCOMES: Final = tuple(
    outcome for outcome in Outcome if outcome not in (Outcome.REFUSED, Outcome.UNCHANGED)
)
_GROUP_OUTCOMES: Final = (Outcome.CREATED, Outcome.LINKED, Outcome.UPDATED, Outcome.FAILED)
#: What a refused person meets who gets in at last.
_HEALED: Final = (Outcome.CREATED, Outcome.LINKED, Outcome.UPDATED, Outcome.REACTIVATED)


@dataclass
class Failures:
    """The answers of one status to one kind of request."""

    count: int = 0
    bodies: list[str] = field(default_factory=list)


@dataclass
class Report:
    """A tally, kept while the simulation runs."""

    #: Why the simulation ended before its time.
    stopped: str | None = None
    #: What the server held otherwise than the directory in the end, one sentence for each.
    differences: list[str] = field(default_factory=list)
    #: How many answers put the provider off, and for how long altogether.
    put_off: int = 0
    waited_seconds: int = 0
    users: Counter[Outcome] = field(default_factory=Counter)
    groups: Counter[Outcome] = field(default_factory=Counter)
    errors: dict[tuple[Kind, int], Failures] = field(default_factory=dict)
    #: The people who were refused, with whether they got in at a later attempt.
    refused: dict[str, bool] = field(default_factory=dict)
    #: The codes with which attempts were refused for want of a seat.
    seat_refusals: Counter[str] = field(default_factory=Counter)
    _seconds: dict[Kind, list[float]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether it ran to its end, failed for nothing but want of a seat, and was carried out."""
        failed = self.users[Outcome.FAILED] + self.groups[Outcome.FAILED]
        return not (self.stopped or self.errors or failed or self.differences)

    def count_exchange(self, exchange: Exchange) -> None:
        """Count a request, with the refusal or the error that it may have met."""
        kind, answer = exchange.request.kind, exchange.answer
        self._seconds.setdefault(kind, []).append(exchange.seconds)
        if (code := answer.seat_refusal) is not None:
            self.seat_refusals[code] += 1
        if exchange.is_error:
            failures = self.errors.setdefault((kind, answer.status), Failures())
            failures.count += 1
            if len(failures.bodies) < BODIES_MAX:
                failures.bodies.append(answer.text[:BODY_LENGTH_MAX])

    def count_wait(self, exchange: Exchange, seconds: int) -> None:
        """Count an answer that put the provider off for so long."""
        self._seconds.setdefault(exchange.request.kind, []).append(exchange.seconds)
        self.put_off += 1
        self.waited_seconds += seconds

    def count_user(self, user_name: str, outcome: Outcome) -> None:
        """Count what came of a person."""
        self.users[outcome] += 1
        if outcome is Outcome.REFUSED:
            self.refused[user_name] = False
        elif user_name in self.refused and outcome in _HEALED:
            self.refused[user_name] = True

    def summary(self) -> dict[str, object]:
        """Return the figures of the whole."""
        return {
            "stopped": self.stopped,
            "requests_sent": sum(map(len, self._seconds.values())),
            "put_off": self.put_off,
            "waited_seconds": self.waited_seconds,
            "seat_refusals": dict(self.seat_refusals),
        }

    def tallies(self) -> dict[str, dict[str, int]]:
        """Return how many people and groups each outcome met; refused people count once."""
        users = {outcome.value: self.users[outcome] for outcome in _USER_OUTCOMES}
        refused = {"refused": len(self.refused), "healed": sum(self.refused.values())}
        groups = {outcome.value: self.groups[outcome] for outcome in _GROUP_OUTCOMES}
        return {"users": {**users, **refused}, "groups": groups}

    def request_rows(self) -> list[dict[str, object]]:
        """Return how often and how fast each kind of request was answered."""
        return [
            {
                "request": kind.value,
                "count": len(seconds),
                "p50_ms": milliseconds(percentile(seconds, 50)),
                "p95_ms": milliseconds(percentile(seconds, 95)),
                "max_ms": milliseconds(max(seconds)),
            }
            for kind, seconds in self._seconds.items()
        ]

    def error_rows(self) -> list[dict[str, object]]:
        """Return the errors, by request and status; 0 is the status where no answer came."""
        return [
            {
                "request": kind.value,
                "status": status,
                "count": failures.count,
                "bodies": failures.bodies,
            }
            for (kind, status), failures in self.errors.items()
        ]


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest value that so many percent of the values do not exceed.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 50), percentile([4.0, 1.0, 3.0, 2.0], 95)
    (2.0, 4.0)
    """
    return sorted(values)[ceil(len(values) * percent / 100) - 1]


def milliseconds(seconds: float) -> float:
    """Return a duration in milliseconds, to a tenth."""
    return round(seconds * 1000, 1)
