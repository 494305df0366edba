"""The languages of invoices, and how each writes days, numbers and shares."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent


class Language(StrEnum):
    """A language that invoices are written in, as its ISO 639 code."""

    EN = "en"
    FR = "fr"


def day_text(day: date, language: Language) -> str:
    """Return `day` with its month in words, which no two countries read differently.

    >>> day_text(date(2026, 3, 1), Language.FR)
    '1er mars 2026'
    """
    text = format_date(day, "d MMMM y", locale=language)
    # The locale's data leave the ordinal out, which French writes on the first of a month.
    return f"1er{text[1:]}" if language is Language.FR and day.day == 1 else text


def count_text(count: int, language: Language) -> str:
    """Return a whole number with the language's grouping.

    >>> count_text(1000, Language.EN)
    '1,000'
    """
    return format_decimal(count, "#,##0", locale=language)


def percent_text(basis_points: int, language: Language) -> str:
    """Return a rate as a percentage.

    >>> percent_text(550, Language.EN)
    '5.5%'
    """
    pattern = {Language.EN: "#,##0.##%", Language.FR: "#,##0.##\u00a0%"}[language]
    return format_percent(Decimal(basis_points).scaleb(-4), pattern, locale=language)
