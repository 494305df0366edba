"""Money: whole numbers of a currency's minor unit, read from and written as decimal text.

The number of decimals is that of ISO 4217: none for JPY, two for EUR, three for KWD.
"""

import re
from fractions import Fraction

from app.currencies import exponent, major_units
from app.errors import InvalidInput

# Twelve digits before the point keep every product with a quantity inside 64 bits.
_DECIMAL_TEXT = re.compile(r"([0-9]{1,12})(?:\.([0-9]+))?")


def minor_units(text: str, currency: str, *, field: str = "amount") -> int:
    """Read decimal text such as "600.00" exactly.

    Units: the currency's minor unit.

    Raises:
        InvalidInput: not a plain decimal of 0 or more, or more decimals than the currency has.

    >>> minor_units("180.500", "KWD")
    180500
    """
    decimals = exponent(currency)
    match = _DECIMAL_TEXT.fullmatch(text)
    if match is None:
        example = decimal_text(600 * 10**decimals, currency)
        raise InvalidInput(
            field,
            f"{text!r} is not an amount; give digits with at most one point, such as {example}.",
        )
    whole, fraction = match[1], match[2] or ""
    if len(fraction) > decimals:
        raise InvalidInput(
            field, f"{text} has more decimals than {currency} has; give at most {decimals}."
        )
    return int(whole + fraction.ljust(decimals, "0"))


def decimal_text(minor: int, currency: str) -> str:
    """Write an amount as plain decimal text, which `minor_units` reads back.

    >>> decimal_text(60000, "EUR"), decimal_text(-5, "KWD"), decimal_text(7200, "JPY")
    ('600.00', '-0.005', '7200')
    """
    return f"{major_units(minor, currency):f}"


def round_half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero, so that a credit mirrors what it corrects.

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-5, 2))
    (3, -3)
    """
    magnitude = int(abs(value) + Fraction(1, 2))
    return magnitude if value >= 0 else -magnitude
