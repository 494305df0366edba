"""Money: whole numbers of a currency's minor unit, read from and written as decimal text.

The number of decimals is that of ISO 4217: none for JPY, two for EUR, three for KWD.
"""

import re
from decimal import Decimal
from fractions import Fraction

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from iso4217 import Currency

from app.billing.language import Language
from app.errors import InvalidInput

# Twelve digits before the point keep every product with a quantity inside 64 bits.
_DECIMAL_TEXT = re.compile(r"([0-9]{1,12})(?:\.([0-9]+))?")

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
    return f"{_major(minor, currency):f}"


def format_amount(minor: int, currency: str, language: Language) -> str:
    """Write an amount for people, without its currency: for columns that name it once.

    >>> format_amount(250000, "EUR", Language.EN)
    '2,500.00'
    """
    return format_decimal(_major(minor, currency), _pattern(currency), locale=language)


def format_money(minor: int, currency: str, language: Language) -> str:
    """Write an amount for people, with its currency.

    The decimals are those of ISO 4217; locale data show fewer for some currencies.

    >>> format_money(250000, "EUR", Language.EN)
    '€2,500.00'
    """
    pattern: str = Locale.parse(language).currency_formats["standard"].pattern
    if get_currency_symbol(currency, language)[-1].isalpha():
        # Letters need a space before digits (CLDR's currency spacing), which babel leaves out.
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    return format_currency(
        _major(minor, currency),
        currency,
        pattern.replace("#,##0.00", _pattern(currency)),
        locale=language,
        currency_digits=False,
    )


def round_half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero, so that a credit mirrors what it corrects.

    >>> round_half_up(Fraction(5, 2)), round_half_up(Fraction(-5, 2))
    (3, -3)
    """
    magnitude = int(abs(value) + Fraction(1, 2))
    return magnitude if value >= 0 else -magnitude


def _major(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-exponent(currency))


def _pattern(currency: str) -> str:
    return f"#,##0.{'0' * exponent(currency)}".rstrip(".")
