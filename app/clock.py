"""The one reader of the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self


@dataclass(frozen=True)
class Clock:
    """Tells the time; `offset` moves it for demonstrations and tests."""

    offset: timedelta = timedelta()

    @classmethod
    def starting_at(cls, instant: datetime) -> Self:
        """Return a clock that shows `instant` now and runs on from there."""
        return cls(instant - datetime.now(UTC))

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset
