"""Currencies of ISO 4217, and the decimals of each: none for JPY, two for EUR, three for KWD."""

from decimal import Decimal

from iso4217 import Currency

from app.errors import InvalidInput

#: ISO 4217 code -> decimals. Gold, test codes and "no currency" have none and are left out.
_DECIMALS: dict[str, int] = {
    currency.code: currency.exponent for currency in Currency if currency.exponent is not None
}


def parse_currency(text: str, *, field: str = "currency") -> str:
    """Return the ISO 4217 code that `text` names, in capitals.

    Raises:
        InvalidInput: no such code, or one that is no means of payment, such as XAU (gold) or XXX.

    >>> parse_currency("eur")
    'EUR'
    """
    code = text.strip().upper()
    if code not in _DECIMALS:
        raise InvalidInput(
            field, f"{text!r} is not a currency; give an ISO 4217 code such as EUR, USD or JPY."
        )
    return code


def exponent(currency: str) -> int:
    """Return how many decimals the currency has.

    Raises:
        InvalidInput: `currency` is not the code of a currency.

    >>> [exponent(currency) for currency in ("JPY", "EUR", "KWD")]
    [0, 2, 3]
    """
    return _DECIMALS[parse_currency(currency)]


def major_units(minor: int, currency: str) -> Decimal:
    """Return an amount of the currency's minor unit in its major unit, with all its decimals.

    >>> major_units(-5, "KWD")
    Decimal('-0.005')
    """
    return Decimal(minor).scaleb(-exponent(currency))
