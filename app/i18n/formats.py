"""How a language writes days, times, numbers, shares and money, by the locale data of CLDR."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_date_format
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from app.currencies import exponent, major_units
from app.i18n.catalogues import translations
from app.i18n.languages import ENGLISH, Language

#: English is written for the whole world: the day before the month, and 24 hours.
_CALENDARS = {ENGLISH: Locale("en", "GB")}

_SHORTEST = timedelta(seconds=1)

#: How many texts of each kind a process remembers: a page says the same days again and again.
_REMEMBERED = 2048


@lru_cache(maxsize=_REMEMBERED)
def day_text(day: date, language: Language) -> str:
    """Return `day` with its month in words, which no two countries read differently.

    >>> day_text(date(2026, 3, 1), Language("fr"))
    '1er mars 2026'
    """
    return _day(day, get_date_format("long", _calendar(language)).pattern, language)


@lru_cache(maxsize=_REMEMBERED)
def short_day_text(day: date, language: Language) -> str:
    """Return `day` with its month shortened, for tables.

    >>> short_day_text(date(2026, 11, 26), Language("en"))
    '26 Nov 2026'
    """
    return _day(day, get_date_format("medium", _calendar(language)).pattern, language)


@lru_cache(maxsize=_REMEMBERED)
def day_of_year_text(day: date, language: Language) -> str:
    """Return `day` without its year, where there can be no doubt of it.

    >>> day_of_year_text(date(2026, 6, 14), Language("en"))
    '14 June'
    """
    return _day(day, _calendar(language).datetime_skeletons["MMMMd"].pattern, language)


@lru_cache(maxsize=_REMEMBERED)
def month_text(day: date, language: Language) -> str:
    """Return the month of a day, shortened, for the axis of a chart.

    >>> month_text(date(2026, 3, 1), Language("fr"))
    'mars'
    """
    return format_date(day, "LLL", locale=_calendar(language))


def days_text(first_on: date, last_on: date, language: Language) -> str:
    """Return a period, its last day included; the year stands once where it is the same.

    >>> days_text(date(2026, 3, 1), date(2026, 12, 31), Language("en"))
    '1 March to 31 December 2026'
    """
    first = day_text(first_on, language)
    if first_on.year == last_on.year:
        first = day_of_year_text(first_on, language)
    return translations(language).gettext("%(first)s to %(last)s") % {
        "first": first,
        "last": day_text(last_on, language),
    }


def moment_text(at: datetime, time_zone: str, language: Language) -> str:
    """Return an instant as the clocks of an IANA time zone show it, and names the zone.

    >>> moment_text(datetime.fromisoformat("2026-03-01T09:02Z"), "Europe/Paris", Language("fr"))
    '1er mars 2026, 10:02 (Europe/Paris)'
    """
    local = at.astimezone(ZoneInfo(time_zone))
    clock = format_time(local, "short", tzinfo=local.tzinfo, locale=_calendar(language))
    pattern: str = _calendar(language).datetime_formats["medium"]
    return f"{pattern.format(clock, day_text(local.date(), language))} ({time_zone})"


def short_moment_text(at: datetime, time_zone: str, language: Language) -> str:
    """Return an instant with its month shortened, for lists that name the time zone once.

    >>> at = datetime.fromisoformat("2026-11-26T09:02Z")
    >>> short_moment_text(at, "Europe/Paris", Language("en"))
    '26 Nov 2026, 10:02'
    """
    local = at.astimezone(ZoneInfo(time_zone))
    clock = format_time(local, "short", tzinfo=local.tzinfo, locale=_calendar(language))
    pattern: str = _calendar(language).datetime_formats["medium"]
    return pattern.format(clock, short_day_text(local.date(), language))


def ago_text(then: datetime, now: datetime, language: Language) -> str:
    """Return how long ago something was, in its largest unit.

    >>> ago_text(datetime(2026, 3, 1, 9, 0), datetime(2026, 3, 1, 9, 2), Language("fr"))
    'il y a 2 minutes'
    """
    passed = max(now - then, _SHORTEST)
    return format_timedelta(-passed, add_direction=True, locale=_calendar(language))


@lru_cache(maxsize=_REMEMBERED)
def count_text(count: int, language: Language) -> str:
    """Return a whole number with the language's grouping.

    >>> count_text(1000, Language("en"))
    '1,000'
    """
    return format_decimal(count, locale=_locale(language))


def number_text(number: Decimal, language: Language) -> str:
    """Return a number with all its decimals.

    >>> number_text(Decimal("0.9215"), Language("fr"))
    '0,9215'
    """
    return format_decimal(number, locale=_locale(language), decimal_quantization=False)


def percent_text(basis_points: int, language: Language) -> str:
    """Return a rate as a percentage.

    Units: 1/100 of a percent.

    >>> percent_text(550, Language("en"))
    '5.5%'
    """
    pattern = _locale(language).percent_formats[None].pattern.replace("0", "0.##")
    return format_percent(Decimal(basis_points).scaleb(-4), pattern, locale=_locale(language))


def amount_text(minor: int, currency: str, language: Language) -> str:
    """Return an amount without its currency: for columns that name it once.

    Units: the currency's minor unit.

    >>> amount_text(250000, "EUR", Language("en"))
    '2,500.00'
    """
    pattern = _locale(language).decimal_formats[None].pattern.replace("0.###", _digits(currency))
    return format_decimal(major_units(minor, currency), pattern, locale=_locale(language))


@lru_cache(maxsize=_REMEMBERED)
def money_text(minor: int, currency: str, language: Language) -> str:
    """Return an amount with its currency.

    The decimals are those of ISO 4217; locale data show fewer for some currencies.

    Units: the currency's minor unit.

    >>> money_text(250000, "EUR", Language("en"))
    '€2,500.00'
    """
    locale = _locale(language)
    pattern: str = locale.currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale)[-1].isalpha():
        # Letters need a space before digits (CLDR's currency spacing), which babel leaves out.
        pattern = pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    return format_currency(
        major_units(minor, currency),
        currency,
        pattern.replace("0.00", _digits(currency)),
        locale=locale,
        currency_digits=False,
    )


def country_text(country: str, language: Language) -> str:
    """Return the name of an ISO 3166 country, or the code itself where it has none.

    >>> country_text("DE", Language("fr"))
    'Allemagne'
    """
    return str(_locale(language).territories.get(country, country))


def _day(day: date, pattern: str, language: Language) -> str:
    if language == "fr" and day.day == 1:
        # CLDR leaves the ordinal out, which French writes on the first of a month.
        pattern = re.sub(r"\bd\b", "d'er'", pattern)
    return format_date(day, pattern, locale=_calendar(language))


def _digits(currency: str) -> str:
    return f"0.{'0' * exponent(currency)}".rstrip(".")


@lru_cache(maxsize=64)
def _locale(language: Language) -> Locale:
    """Return the locale of a language; English's where CLDR does not have it."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(ENGLISH)


def _calendar(language: Language) -> Locale:
    return _CALENDARS.get(language) or _locale(language)
