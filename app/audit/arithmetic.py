"""Money and months reckoned a second time, in exact rationals.

It shares nothing with the code that prices seats, so that a fault in one shows in the other.
"""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from functools import lru_cache


def month_starts_on(first: date, months: int) -> date:
    """Return the day so many months after a contract's first, or its month's last day.

    >>> month_starts_on(date(2024, 2, 29), 12).isoformat()
    '2025-02-28'
    """
    year, month = first.year, first.month + months
    while month > 12:
        year, month = year + 1, month - 12
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def term_bounds(first: date, number: int) -> tuple[date, date]:
    """Return the first day of the `number`-th term, and the day after its last."""
    return month_starts_on(first, 12 * number - 12), month_starts_on(first, 12 * number)


@lru_cache(maxsize=4096)
def months_left(first: date, number: int, day: date) -> Fraction:
    """Return what is left of a term on one of its days, which itself counts.

    Units: months; a part of a month is its share of that month's days. A day outside of the term
        leaves nothing of it.

    >>> months_left(date(2026, 1, 1), 1, date(2026, 3, 17))
    Fraction(294, 31)
    """
    left = Fraction(0)
    for month in range(12 * number - 12, 12 * number):
        begins, ends = month_starts_on(first, month), month_starts_on(first, month + 1)
        days = min(max((ends - day).days, 0), (ends - begins).days)
        left += Fraction(days, (ends - begins).days)
    return left


def rounded(amount: Fraction) -> int:
    """Return the nearest whole number; a half goes away from zero.

    >>> [rounded(Fraction(n, 2)) for n in (-5, -1, 1, 5)]
    [-3, -1, 1, 3]
    """
    whole, rest = divmod(abs(amount.numerator), amount.denominator)
    nearest = whole + (2 * rest >= amount.denominator)
    return nearest if amount > 0 else -nearest


def net_of(quantity: int, unit_price_minor: int, months: Fraction) -> int:
    """Return what seats cost for so many of a term's twelve months, in the minor unit."""
    return rounded(Fraction(quantity * unit_price_minor, 12) * months)


def tax_of(nets: Iterable[tuple[int, int]]) -> int:
    """Return the tax of lines, given as (rate in basis points, net): one rounding for each rate.

    >>> tax_of([(2000, 3), (2000, 3), (550, 10)])
    2
    """
    sums: dict[int, int] = defaultdict(int)
    for rate, net in nets:
        sums[rate] += net
    return sum(rounded(Fraction(net * rate, 10_000)) for rate, net in sums.items())
