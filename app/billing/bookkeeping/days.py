"""The days that are asked for."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from app.errors import InvalidInput

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")

_FIRST_YEAR, _LAST_YEAR = 1970, 2999


@dataclass(frozen=True, slots=True)
class Days:
    """A period, both its days included.

    Raises:
        InvalidInput: it ends before it begins.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period without a day."""
        if self.last < self.first:
            raise InvalidInput(
                "to",
                f"{self.last} lies before {self.first}: the period ends before it begins. "
                "Give the earlier day first.",
            )

    def __contains__(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return self.first <= day <= self.last


def month_of(text: str, field: str = "month") -> Days:
    """Return the days of a month such as 2026-03.

    Raises:
        InvalidInput: it is none.

    >>> month_of("2028-02").last
    datetime.date(2028, 2, 29)
    """
    match = _MONTH.fullmatch(text)
    year = int(match[1]) if match else 0
    if match is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidInput(field, f"{text!r} is not a month; give one such as 2026-03.")
    month = int(match[2])
    return Days(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
