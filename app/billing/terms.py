"""Terms and months: annual periods counted from a contract's first day, and days in time zones.

Every period is half-open, `[starts_on, ends_on)`. A month starts on the first day's own number, or
on the last day of a month that is too short for it. It is computed from the first day, never from
the month before, so that a contract from the 31st comes back to the 31st.
"""

from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from fractions import Fraction
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from app.errors import ContractNotActive, InvalidInput

MONTHS_PER_TERM = 12

#: How many periods a process remembers: what is bought on one day is of the same period.
_REMEMBERED = 256


def month_boundary(anchor_on: date, months: int) -> date:
    """Return the day `months` months after `anchor_on`, clamped to the month's end.

    >>> [month_boundary(date(2026, 1, 31), months).isoformat() for months in (1, 2)]
    ['2026-02-28', '2026-03-31']
    """
    year, month = divmod(anchor_on.year * 12 + anchor_on.month - 1 + months, 12)
    return date(year, month + 1, min(anchor_on.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class ServicePeriod:
    """What a seat's price pays for: `[starts_on, ends_on)`, which is `months` of a term's 12."""

    starts_on: date
    ends_on: date
    months: Fraction

    @property
    def remainder(self) -> "Remainder":
        """Return the same in whole months and days, as people count them.

        The months are those of a term that ends with the period. One that ends on 28 February may
        be counted from the 28th or the 29th; its months say which.

        >>> Term(date(2024, 2, 29), 2).service_from(date(2025, 3, 28)).remainder
        Remainder(months=11, days=1, days_in_month=29)
        """
        return _remainder_of(self)


@lru_cache(maxsize=_REMEMBERED)
def _remainder_of(period: ServicePeriod) -> "Remainder":
    ends_on = period.ends_on
    anchors = [date(2000, ends_on.month, ends_on.day)]
    if (ends_on.month, ends_on.day) == (2, 28):
        anchors.append(date(2000, 2, 29))
    terms = (Term(anchor, ends_on.year - anchor.year) for anchor in anchors)
    remainders = [term.remainder(period.starts_on) for term in terms]
    return next((each for each in remainders if each.as_months == period.months), remainders[0])


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a term: whole months, and days of a month of `days_in_month` days."""

    months: int
    days: int
    days_in_month: int

    @property
    def as_months(self) -> Fraction:
        """The same in months; a part of a month is its share of that month's days."""
        return self.months + Fraction(self.days, self.days_in_month)


@dataclass(frozen=True, slots=True)
class Term:
    """The `number`-th annual term, from 1, of a contract that begins on `anchor_on`."""

    anchor_on: date
    number: int

    @classmethod
    def at(cls, anchor_on: date, day: date) -> Self:
        """Return the term that contains `day`; before the contract's first day, the first.

        >>> Term.at(date(2024, 2, 29), date(2025, 2, 28)).number
        2
        """
        number = day.year - anchor_on.year + 1
        if day < cls(anchor_on, number).starts_on:
            number -= 1
        return cls(anchor_on, max(number, 1))

    @property
    def starts_on(self) -> date:
        """The first day."""
        return self.month_starts_on(0)

    @property
    def ends_on(self) -> date:
        """The day after the last, on which the next term starts."""
        return self.month_starts_on(MONTHS_PER_TERM)

    def next(self) -> Self:
        """Return the term that follows without a gap."""
        return type(self)(self.anchor_on, self.number + 1)

    def contains(self, day: date) -> bool:
        """Return whether `day` is one of the term's."""
        return self.starts_on <= day < self.ends_on

    def month_starts_on(self, index: int) -> date:
        """Return the first day of the term's month `index`, from 0; 12 is the next term's first."""
        return month_boundary(self.anchor_on, MONTHS_PER_TERM * (self.number - 1) + index)

    def service_from(self, day: date) -> ServicePeriod:
        """Return the period that seats bought on `day` are used in.

        Raises:
            ContractNotActive: the term is over.
        """
        months = self.months_remaining(day)
        return ServicePeriod(max(day, self.starts_on), self.ends_on, months)

    def remainder(self, day: date) -> Remainder:
        """Return what is left of the term from one of its days on, or all of it before the first.

        >>> Term(date(2026, 1, 1), 1).remainder(date(2026, 3, 17))
        Remainder(months=9, days=15, days_in_month=31)
        """
        day = max(day, self.starts_on)
        starts = [self.month_starts_on(index) for index in range(MONTHS_PER_TERM + 1)]
        month = max(index for index, starts_on in enumerate(starts) if starts_on <= day)
        days_left, days = (starts[month + 1] - first for first in (day, starts[month]))
        whole, rest = divmod(days_left.days, days.days)
        return Remainder(MONTHS_PER_TERM - 1 - month + whole, rest, days.days)

    def months_remaining(self, day: date) -> Fraction:
        """Return what of the term is left for a seat that is bought on `day`, which itself counts.

        A seat that is bought before the term starts counts from its first day.

        Units: months; a part of a month is its share of that month's days.

        Raises:
            ContractNotActive: the term is over.

        >>> Term(date(2026, 1, 1), 1).months_remaining(date(2026, 3, 17))
        Fraction(294, 31)
        """
        if day >= self.ends_on:
            raise ContractNotActive(
                f"The term ended on {self.ends_on}, so no seats can be added to it; "
                "renew the contract first."
            )
        return self.remainder(day).as_months


def check_time_zone(name: str, *, field: str = "time_zone") -> str:
    """Return `name` if it is a time zone of the IANA database.

    Raises:
        InvalidInput: it is not.

    >>> check_time_zone("Europe/Berlin")
    'Europe/Berlin'
    """
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            field, f"{name!r} is not a time zone; give an IANA name such as Europe/Berlin or UTC."
        ) from None
    return name


def local_day(at: datetime, time_zone: str) -> date:
    """Return the calendar day that it is in `time_zone` at the instant `at`.

    >>> local_day(datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "Europe/Berlin")
    datetime.date(2026, 3, 1)
    """
    return at.astimezone(ZoneInfo(time_zone)).date()


def start_of_day(day: date, time_zone: str) -> datetime:
    """Return the first instant of `day` in `time_zone`, in UTC.

    >>> start_of_day(date(2026, 3, 1), "Europe/Berlin").isoformat()
    '2026-02-28T23:00:00+00:00'
    """
    midnight = datetime.combine(day, time.min, ZoneInfo(time_zone))
    first, second = (int(midnight.replace(fold=fold).timestamp()) for fold in (0, 1))
    # A midnight that comes twice counts the first time. One that the clocks jump over has two
    # readings, and the jump between them is the first second of the new day.
    seconds = range(min(first, second), first + 1)
    found = bisect_left(seconds, day, key=lambda second: _local_day_of(second, time_zone))
    return datetime.fromtimestamp(seconds[found], UTC)


def _local_day_of(second: int, time_zone: str) -> date:
    return local_day(datetime.fromtimestamp(second, UTC), time_zone)
