"""What seats cost: one line per sale, prorated by exact months and rounded once."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Self

from app.billing.money import round_half_up
from app.billing.terms import MONTHS_PER_TERM, ServicePeriod

_MONTHS_TEXT = re.compile(r"[0-9]+(?:/[1-9][0-9]*)?")


class LineKind(StrEnum):
    """What a line sells."""

    SIGNING = "signing"
    ADDITION = "addition"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Seats sold for a service period; a credited line has a negative quantity and net.

    Units: `unit_price_minor` is one seat's price for a whole term, in the currency's minor unit;
        `tax_rate_basis_points` is in 1/100 of a percent.
    """

    kind: LineKind
    quantity: int
    unit_price_minor: int
    service: ServicePeriod
    tax_rate_basis_points: int
    net_minor: int

    @property
    def is_as_priced(self) -> bool:
        """Whether its net is that of its seats; a credit can be of an amount instead."""
        whole = net_minor(self.quantity, self.unit_price_minor, self.service.months)
        return self.quantity != 0 and self.net_minor == whole

    def credited(self) -> Self:
        """Return the line that takes this one back in full."""
        return replace(self, quantity=-self.quantity, net_minor=-self.net_minor)


def priced_line(
    kind: LineKind,
    quantity: int,
    unit_price_minor: int,
    service: ServicePeriod,
    tax_rate_basis_points: int,
) -> Line:
    """Return the line that sells `quantity` seats for `service`."""
    return Line(
        kind=kind,
        quantity=quantity,
        unit_price_minor=unit_price_minor,
        service=service,
        tax_rate_basis_points=tax_rate_basis_points,
        net_minor=net_minor(quantity, unit_price_minor, service.months),
    )


def net_minor(quantity: int, unit_price_minor: int, months_remaining: Fraction) -> int:
    """Return the price of `quantity` seats for the rest of a term, rounded once, halves up.

    Units: the currency's minor unit; the unit price is for a whole term of 12 months.

    >>> net_minor(5, 60000, Fraction(10))
    250000
    """
    return round_half_up(quantity * unit_price_minor * months_remaining / MONTHS_PER_TERM)


def months_text(months: Fraction) -> str:
    """Write months exactly.

    >>> months_text(Fraction(10)), months_text(Fraction(294, 31))
    ('10', '294/31')
    """
    return str(months)


def parse_months_text(text: str) -> Fraction:
    """Read what `months_text` wrote.

    Raises:
        ValueError: the text is neither a whole number nor a fraction of two.

    >>> parse_months_text("294/31")
    Fraction(294, 31)
    """
    if not _MONTHS_TEXT.fullmatch(text):
        raise ValueError(f"{text!r} is not a number of months such as 10 or 294/31")
    return Fraction(text)
