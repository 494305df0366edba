"""What a late payment costs a year: a rate of its own, or points above the central bank's.

French law allows no less than three times the legal rate of interest, which is published twice a
year (Code de commerce, L441-10).
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.billing.law import FRENCH_LATE_RATE_POINTS, FRENCH_LATE_RATE_TIMES
from app.billing.published_rates import LEGAL_INTEREST, legal_interest_on
from app.billing.taxes import parse_tax_rate
from app.errors import InvalidInput

_POINTS = re.compile(r"ECB ?\+ ?([0-9]{1,2})", re.IGNORECASE)


@dataclass(frozen=True)
class LateRate:
    """A year's rate in basis points, or the points above the refinancing rate of the ECB."""

    basis_points: int = 0
    points: int | None = None


def late_rate(text: str, field: str = "late_rate") -> LateRate:
    """Read a rate such as "ECB+10" or "12.5".

    Raises:
        InvalidInput: it is neither points above the ECB's rate nor a percentage.

    >>> late_rate("ECB+10").points, late_rate("12.5").basis_points
    (10, 1250)
    """
    match = _POINTS.fullmatch(text)
    if match:
        return LateRate(points=int(match[1]))
    try:
        return LateRate(parse_tax_rate(text, field=field))
    except InvalidInput:
        raise InvalidInput(
            field, f"{text!r} is no rate of late payments; give ECB+10, or a percentage."
        ) from None


def parse_late_rate(field: str, text: str) -> str:
    """Return a rate as it is kept. Raises as `late_rate`."""
    known = late_rate(text, field)
    return text if known.points is None else f"ECB+{known.points}"


def check_lawful(text: str, on: date) -> None:
    """Check that French law allows a rate on a day.

    Raises:
        InvalidInput: it is too low, or that cannot be said.
    """
    known = late_rate(text)
    if known.points is not None:
        if known.points < FRENCH_LATE_RATE_POINTS:
            raise InvalidInput(
                "late_rate",
                f"Give ECB+{FRENCH_LATE_RATE_POINTS} or more, or a fixed rate of at least "
                f"{FRENCH_LATE_RATE_TIMES} times the legal rate of interest.",
            )
        return
    _check_fixed(known, on)


def _check_fixed(known: LateRate, on: date) -> None:
    legal = legal_interest_on(on)
    if legal is None:
        raise InvalidInput(
            "late_rate",
            "No legal rate of interest is known with which to compare it. Enter it first: "
            f"seatgate rate set {LEGAL_INTEREST} PERCENT --on DAY --source TEXT.",
        )
    least = legal * FRENCH_LATE_RATE_TIMES
    if Fraction(known.basis_points, 100) < least:
        raise InvalidInput(
            "late_rate",
            f"French law allows no less than {FRENCH_LATE_RATE_TIMES} times the legal rate of "
            f"interest, which is {float(least):g} %.",
        )
