"""Proration in words: how the price of more seats comes about, in months and days."""

from datetime import timedelta

from app.billing.pricing import Line
from app.billing.terms import MONTHS_PER_TERM, Remainder, ServicePeriod
from app.i18n.catalogues import translations
from app.i18n.formats import count_text, days_text, money_text
from app.i18n.languages import Language


def proration_text(line: Line, currency: str, remainder: Remainder, language: Language) -> str:
    """Say for how much of its term a line is charged, which is the remainder, and for which days.

    "5 seats × €600.00 a year, for 10 months of 12 (1 March to 31 December 2026)".
    """
    first_on, last_on = line.service.starts_on, line.service.ends_on - timedelta(days=1)
    return translations(language).ngettext(
        "%(count)s seat × %(price)s a year, for %(share)s (%(days)s)",
        "%(count)s seats × %(price)s a year, for %(share)s (%(days)s)",
        line.quantity,
    ) % {
        "count": count_text(line.quantity, language),
        "price": money_text(line.unit_price_minor, currency, language),
        "share": share_text(remainder, language),
        "days": days_text(first_on, last_on, language),
    }


def share_text(remainder: Remainder, language: Language) -> str:
    """Return what is left of a term in months and days, never in fractions.

    >>> share_text(Remainder(months=9, days=15, days_in_month=31), Language("en"))
    '9 months of 12 and 15 days of 31'
    """
    texts = translations(language)
    months = texts.ngettext("%(count)s month of 12", "%(count)s months of 12", remainder.months) % {
        "count": remainder.months
    }
    days = texts.ngettext(
        "%(count)s day of %(all)s", "%(count)s days of %(all)s", remainder.days
    ) % {"count": remainder.days, "all": remainder.days_in_month}
    if remainder.months and remainder.days:
        return texts.gettext("%(months)s and %(days)s") % {"months": months, "days": days}
    return months if remainder.months else days


def share_of_term_text(service: ServicePeriod, language: Language) -> str:
    """Return what a period is of its term as a factor, "" for all of it.

    >>> from datetime import date
    >>> from app.billing.terms import Term
    >>> service = Term(date(2026, 1, 1), 1).service_from(date(2026, 3, 17))
    >>> share_of_term_text(service, Language("en"))
    '(9 months + 15 days of 31) / 12'
    """
    remainder, texts = service.remainder, translations(language)
    if service.months == MONTHS_PER_TERM:
        return ""
    if remainder.as_months != service.months:
        return f"({service.months}) / {MONTHS_PER_TERM}"
    months = texts.ngettext("%(count)s month", "%(count)s months", remainder.months) % {
        "count": remainder.months
    }
    if not remainder.days:
        return f"{months} / {MONTHS_PER_TERM}"
    days = texts.ngettext(
        "%(count)s day of %(all)s", "%(count)s days of %(all)s", remainder.days
    ) % {"count": remainder.days, "all": remainder.days_in_month}
    counted = f"{months} + {days}" if remainder.months else days
    return f"({counted}) / {MONTHS_PER_TERM}"
