"""On which ground purchases are taxed: a closed set, and none is taken silently.

Zero per cent is four things, which is why a rate of nothing alone is no ground.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.billing.law import EU_COUNTRIES
from app.billing.taxes import parse_tax_rate
from app.billing.vatex import VATEX_CODES
from app.errors import InvalidInput
from app.text import line_of_text

_CODE = re.compile(r"(VATEX-[A-Z0-9-]+)(?: (.+))?", re.IGNORECASE)

#: What the ground says of itself, in French and English, is for `wording`; this is for people who
#: enter it.
TAX_HINT = (
    "One of: domestic RATE, reverse_charge, outside_scope REFERENCE, exempt REFERENCE."
    " The reference names the law; a VATEX code may stand before it."
)


class TaxKind(StrEnum):
    """The grounds that there are."""

    DOMESTIC = "domestic"
    REVERSE_CHARGE = "reverse_charge"
    OUTSIDE_SCOPE = "outside_scope"
    EXEMPT = "exempt"


class TaxCategory(StrEnum):
    """The categories of EN 16931 (UNTDID 5305) that seats can have; K and G are for goods."""

    STANDARD = "S"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"
    EXEMPT = "E"


_CATEGORIES = {
    TaxKind.DOMESTIC: TaxCategory.STANDARD,
    TaxKind.REVERSE_CHARGE: TaxCategory.REVERSE_CHARGE,
    TaxKind.OUTSIDE_SCOPE: TaxCategory.OUTSIDE_SCOPE,
    TaxKind.EXEMPT: TaxCategory.EXEMPT,
}

#: The code of the reason, where the ground has one of its own (EN 16931, BT-121).
_OWN_CODES = {
    TaxKind.REVERSE_CHARGE: "VATEX-EU-AE",
    TaxKind.OUTSIDE_SCOPE: "VATEX-EU-O",
}


@dataclass(frozen=True, slots=True)
class TaxGround:
    """A ground with its rate, or with the law that it refers to.

    Units: the rate is in basis points, 1/100 of a percent.
    """

    kind: TaxKind
    rate_basis_points: int = 0
    #: The law, in words.
    reference: str = ""
    #: The code that was given for it, of the list VATEX.
    given_code: str = ""

    @property
    def category(self) -> TaxCategory:
        """Return its category in EN 16931."""
        return _CATEGORIES[self.kind]

    @property
    def code(self) -> str:
        """Return the VATEX code of the reason for which no tax is charged, or ""."""
        return self.given_code or _OWN_CODES.get(self.kind, "")

    @property
    def reverse_charge(self) -> bool:
        """Whether the buyer accounts for the tax."""
        return self.kind is TaxKind.REVERSE_CHARGE

    @property
    def text(self) -> str:
        """Return the ground as it is given and kept.

        >>> ground("exempt vatex-fr-franchise Art. 293 B").text
        'exempt VATEX-FR-FRANCHISE Art. 293 B'
        """
        rate = f"{self.rate_basis_points / 100:g}" if self.kind is TaxKind.DOMESTIC else ""
        return " ".join(filter(None, (self.kind, rate, self.given_code, self.reference)))


def ground(text: str, field: str = "tax") -> TaxGround:
    """Read a ground as it is given.

    Raises:
        InvalidInput: it is none of the closed set, or lacks its rate or its reference.

    >>> ground("domestic 20").rate_basis_points
    2000
    """
    word, _, rest = line_of_text(field, text).partition(" ")
    rest = rest.strip()
    if word == TaxKind.DOMESTIC and rest:
        return TaxGround(TaxKind.DOMESTIC, _rate(rest, field))
    if word == TaxKind.REVERSE_CHARGE and not rest:
        return TaxGround(TaxKind.REVERSE_CHARGE)
    if word in {TaxKind.OUTSIDE_SCOPE, TaxKind.EXEMPT} and rest:
        return _untaxed(TaxKind(word), rest, field)
    raise InvalidInput(field, f"{text!r} is no ground of tax. {TAX_HINT}")


def parse_ground(text: str, field: str = "tax") -> str | None:
    """Return a ground as it is kept, or None where it is taken away. Raises as `ground`."""
    return ground(text, field).text if text.strip() else None


def ground_of(
    kept: str | None, rate_basis_points: int, *, reverse_charge: bool
) -> TaxGround | None:
    """Return the ground of figures: what is kept if it goes with them, else what they say.

    None where nothing is charged and no ground for that is known.
    """
    known = None if kept is None else ground(kept)
    figures = (rate_basis_points, reverse_charge)
    if known is not None and (known.rate_basis_points, known.reverse_charge) == figures:
        return known
    if reverse_charge:
        return TaxGround(TaxKind.REVERSE_CHARGE)
    return TaxGround(TaxKind.DOMESTIC, rate_basis_points) if rate_basis_points else None


def check_countries(known: TaxGround, buyer: str, seller: str, *, field: str = "tax") -> None:
    """Check that a ground can be between two countries, as far as these are known.

    Raises:
        InvalidInput: it cannot.
    """
    problem = country_problem(known, buyer, seller)
    if problem:
        raise InvalidInput(field, problem)


def country_problem(known: TaxGround, buyer: str, seller: str) -> str:
    """Return why a ground cannot be between two countries, or ""."""
    if not buyer or not seller:
        return ""
    within_eu = {buyer, seller} <= EU_COUNTRIES
    if known.kind is TaxKind.REVERSE_CHARGE and buyer == seller:
        return (
            f"Buyer and seller are both in {seller}, where no reverse charge is between them. "
            "The tax is domestic, with its rate."
        )
    if known.kind is TaxKind.REVERSE_CHARGE and seller in EU_COUNTRIES and not within_eu:
        return (
            f"Reverse charge is for businesses of the European Union, and {buyer} is outside it. "
            "The tax is outside_scope, with its reference."
        )
    if known.kind is TaxKind.OUTSIDE_SCOPE and within_eu:
        return (
            f"{buyer} is in the European Union, so the tax is not outside its scope. "
            "Between two of its countries it is reverse_charge, within one domestic."
        )
    return ""


def _rate(text: str, field: str) -> int:
    basis_points = parse_tax_rate(text, field=field)
    if not basis_points:
        raise InvalidInput(field, f"A domestic rate is above 0. {TAX_HINT}")
    return basis_points


def _untaxed(kind: TaxKind, rest: str, field: str) -> TaxGround:
    match = _CODE.fullmatch(rest)
    code, reference = (match[1].upper(), (match[2] or "").strip()) if match else ("", rest)
    if code and code not in VATEX_CODES:
        raise InvalidInput(field, f"{code} is not on the list of VATEX codes.")
    own = _OWN_CODES.get(kind)
    if code and own and code != own:
        raise InvalidInput(field, f"The code of {kind} is {own}; leave {code} out.")
    if not reference:
        raise InvalidInput(field, f"Name the law on which no tax is charged. {TAX_HINT}")
    return TaxGround(kind, reference=reference, given_code="" if code == own else code)
