"""How many seats will be needed: rates, the day on which they run out, what to buy. Pure.

The projection takes the slower of the two rates. So neither the import of a whole company last week
nor a growth that stopped last month makes an owner buy seats that go unused.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

#: The days over which the rates are taken, and the days ahead for which seats are suggested.
SHORT_DAYS = 30
LONG_DAYS = 90
AHEAD_DAYS = 90


@dataclass(frozen=True)
class Demand:
    """Who uses seats and who waits for one.

    `net_short` and `net_long` are seats assigned less seats released over the two windows.
    """

    available: int
    net_short: int
    net_long: int
    #: People that a directory could not provision, people on the waiting list, and how many of
    #: them have a seat held already.
    refused: int = 0
    waiting: int = 0
    reserved: int = 0
    #: Seats in use that are kept and not assigned yet, for whatever reason.
    kept: int = 0
    #: Strangers who tried to log in; whether they are the organization's is not known here.
    refused_at_login: int = 0

    @property
    def rate(self) -> Fraction:
        """Seats that will be taken in a day; none where use is flat or falling."""
        slower = min(Fraction(self.net_short, SHORT_DAYS), Fraction(self.net_long, LONG_DAYS))
        return max(slower, Fraction(0))

    @property
    def missing(self) -> int:
        """Seats that are missing now."""
        return max(self.unserved - self.available, 0)

    @property
    def unserved(self) -> int:
        """People who need a seat and have none."""
        return max(self.refused + self.waiting - self.reserved, 0)


@dataclass(frozen=True)
class Forecast:
    """What the demand comes to."""

    runs_out_on: date | None
    #: The last day that is looked ahead to, and the seats that growth takes until then.
    until: date
    growth: int
    suggested_quantity: int


def forecast(demand: Demand, today: date, term_ends_on: date | None) -> Forecast:
    """Project the demand to the end of the next 90 days, or of the term if that is earlier.

    >>> growing = Demand(available=10, net_short=30, net_long=90)
    >>> forecast(growing, date(2026, 3, 1), date(2026, 3, 31)).suggested_quantity
    20
    """
    horizon = today + timedelta(days=AHEAD_DAYS)
    until = horizon if term_ends_on is None else max(min(horizon, term_ends_on), today)
    growth = ceil(demand.rate * (until - today).days)
    wanted = demand.unserved + growth - demand.available
    return Forecast(_runs_out_on(demand, today), until, growth, max(wanted, 0))


def _runs_out_on(demand: Demand, today: date) -> date | None:
    """Return the day on which the last seat is taken; None where that is not in sight."""
    left = demand.available - demand.unserved
    if left <= 0:
        return today
    if not demand.rate:
        return None
    days = ceil(left / demand.rate)
    return today + timedelta(days=days) if days <= (date.max - today).days else None
