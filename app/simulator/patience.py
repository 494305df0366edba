"""How long a provider waits when a server asks it to slow down."""

from dataclasses import dataclass
from typing import Final

from app.simulator.exchange import Answer

#: A simulation never waits longer than this at once, whatever its provider would do.
WAIT_SECONDS_MAX: Final = 60


@dataclass(frozen=True)
class Patience:
    """When and how often a provider repeats a request that was put off."""

    #: Where `Retry-After` is missing, a date or a decimal.
    default_seconds: int
    statuses: frozenset[int] = frozenset({429})
    attempts_max: int = 10
    #: Whether each further wait is twice as long.
    doubles: bool = False

    def wait_seconds(self, answer: Answer, attempts: int) -> int | None:
        """Return how long to wait before the request is repeated, or None: it is not.

        >>> Patience(300, doubles=True).wait_seconds(Answer(429, headers={"Retry-After": "2"}), 3)
        8
        """
        if answer.status not in self.statuses or attempts >= self.attempts_max:
            return None
        asked = answer.headers.get("Retry-After", "")
        seconds = int(asked) if asked.isascii() and asked.isdecimal() else self.default_seconds
        factor = 2 ** (attempts - 1) if self.doubles else 1
        return min(seconds * factor, WAIT_SECONDS_MAX)
