"""Tax: an organization's rate, reverse charge, and totals with one tax line per rate."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from app.billing.money import round_half_up
from app.billing.pricing import Line
from app.errors import InvalidInput

BASIS_POINTS = 10_000

_PERCENT_TEXT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class TaxTreatment:
    """How an organization's purchases are taxed.

    Under reverse charge the buyer accounts for the tax, so the invoice shows a rate of 0
    (VAT Directive 2006/112/EC, article 196).

    Raises:
        InvalidInput: the rate is not between 0 and 100 %, or is not 0 under reverse charge.
    """

    rate_basis_points: int
    reverse_charge: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be a rate."""
        if not 0 <= self.rate_basis_points <= BASIS_POINTS:
            raise InvalidInput("tax_rate", "The tax rate must be between 0 and 100 percent.")
        if self.reverse_charge and self.rate_basis_points:
            raise InvalidInput(
                "tax_rate", "Under reverse charge the buyer pays the tax; give a tax rate of 0."
            )


def parse_tax_rate(text: str, *, field: str = "tax_rate") -> int:
    """Read a rate in percent, such as "20" or "5.5".

    Units: the answer is in basis points, 1/100 of a percent.

    Raises:
        InvalidInput: not a percentage from 0 to 100 with at most two decimals.

    >>> parse_tax_rate("5.5")
    550
    """
    match = _PERCENT_TEXT.fullmatch(text)
    basis_points = int(match[1] + (match[2] or "").ljust(2, "0")) if match else None
    if basis_points is None or basis_points > BASIS_POINTS:
        raise InvalidInput(
            field,
            f"{text!r} is not a tax rate; give a percentage from 0 to 100, such as 20 or 5.5.",
        )
    return basis_points


def tax_minor(net_minor: int, rate_basis_points: int) -> int:
    """Return the tax on a net amount, rounded once, halves up.

    >>> tax_minor(250, 2000)
    50
    """
    return round_half_up(Fraction(net_minor * rate_basis_points, BASIS_POINTS))


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The tax of all lines of one rate.

    Units: basis points and the currency's minor unit.
    """

    rate_basis_points: int
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines come to.

    Units: the currency's minor unit.
    """

    tax_lines: tuple[TaxLine, ...]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """Add the rounded nets of `lines`, rate by rate, lowest first."""
        nets: defaultdict[int, int] = defaultdict(int)
        for line in lines:
            nets[line.tax_rate_basis_points] += line.net_minor
        return cls(
            tuple(TaxLine(rate, net, tax_minor(net, rate)) for rate, net in sorted(nets.items()))
        )

    @property
    def net_minor(self) -> int:
        """The sum before tax."""
        return sum(tax_line.net_minor for tax_line in self.tax_lines)

    @property
    def tax_minor(self) -> int:
        """The sum of the taxes."""
        return sum(tax_line.tax_minor for tax_line in self.tax_lines)

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return self.net_minor + self.tax_minor


def credited_taxes(lines: Iterable[Line], before: Iterable[TaxLine]) -> tuple[TaxLine, ...]:
    """Return the taxes of a credit's `lines`, rate by rate; their nets are negative.

    Each is the tax of all that was credited so far, rounded, less what was credited `before`: so
    the last credit of an invoice closes its tax to zero, however many there were.
    """
    nets: defaultdict[int, int] = defaultdict(int)
    taxes: defaultdict[int, int] = defaultdict(int)
    for earlier in before:
        nets[earlier.rate_basis_points] += earlier.net_minor
        taxes[earlier.rate_basis_points] += earlier.tax_minor
    return tuple(
        replace(
            now,
            tax_minor=tax_minor(nets[now.rate_basis_points] + now.net_minor, now.rate_basis_points)
            - taxes[now.rate_basis_points],
        )
        for now in Totals.of(lines).tax_lines
    )
