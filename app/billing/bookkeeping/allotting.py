"""Which part of an invoice's tax is in the money that came in for it.

French services owe the tax when they are paid. Parts are differences of rounded sums, so that they
add up to the tax exactly when all is paid, however many payments there were.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from app.billing.money import round_half_up
from app.billing.taxes import TaxLine


def received_parts(taxes: Sequence[TaxLine], received_minor: int) -> tuple[TaxLine, ...]:
    """Return what is net and tax, rate by rate, in all that came in for an invoice.

    Units: the currency's minor unit. `taxes` are the whole invoice's.

    >>> received_parts([TaxLine(2000, 10000, 2000)], 6001)
    (TaxLine(rate_basis_points=2000, net_minor=5001, tax_minor=1000),)
    """
    whole = sum(_gross(line) for line in taxes)
    if not whole:
        return ()
    parts, passed, before = [], 0, 0
    for line in taxes:
        passed += _gross(line)
        reached = round_half_up(Fraction(received_minor * passed, whole))
        gross, before = reached - before, reached
        tax = round_half_up(Fraction(gross * line.tax_minor, _gross(line))) if _gross(line) else 0
        parts.append(TaxLine(line.rate_basis_points, gross - tax, tax))
    return tuple(parts)


def less(parts: Iterable[TaxLine], before: Iterable[TaxLine]) -> tuple[TaxLine, ...]:
    """Return parts less those of before, rate by rate, without rates of nothing."""
    sums: dict[int, tuple[int, int]] = {}
    for sign, lines in ((1, parts), (-1, before)):
        for line in lines:
            net, tax = sums.get(line.rate_basis_points, (0, 0))
            sums[line.rate_basis_points] = (
                net + sign * line.net_minor,
                tax + sign * line.tax_minor,
            )
    return tuple(TaxLine(rate, net, tax) for rate, (net, tax) in sorted(sums.items()) if net or tax)


def _gross(line: TaxLine) -> int:
    return line.net_minor + line.tax_minor
