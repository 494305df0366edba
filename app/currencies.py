"""Currencies of ISO 4217, and the decimals of each: none for JPY, two for EUR, three for KWD."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from app.errors import InvalidInput


@cache
def _decimals() -> Mapping[str, int]:
    """Return the decimals of each code. Gold, test codes and "no currency" have none.

    The package reads the standard's XML as it is imported, which most commands can do without.
    """
    from iso4217 import Currency

    return {
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
    if code not in _decimals():
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
    return _decimals()[parse_currency(currency)]


def major_units(minor: int, currency: str) -> Decimal:
    """Return an amount of the currency's minor unit in its major unit, with all its decimals.

    >>> major_units(-5, "KWD")
    Decimal('-0.005')
    """
    return Decimal(minor).scaleb(-exponent(currency))
