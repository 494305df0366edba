"""The proration as people read it: months and days, in their language."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.pricing import LineKind, priced_line
from app.billing.proration import proration_text
from app.billing.terms import Term
from app.i18n.languages import Language


def bought(day, quantity=5, *, unit_price_minor=60000, starts_on=date(2026, 1, 1), number=1):
    """Return the line of a purchase in a contract's term, and what is left of the term."""
    term = Term(starts_on, number)
    service = term.service_from(day)
    return priced_line(
        LineKind.ADDITION, quantity, unit_price_minor, service, 2000
    ), term.remainder(day)


@pytest.mark.parametrize(
    ("language", "day", "text"),
    [
        (
            "en",
            date(2026, 3, 1),
            "5 seats × €600.00 a year, for 10 months of 12 (1 March to 31 December 2026)",
        ),
        (
            "fr",
            date(2026, 3, 1),
            "5 sièges × 600,00\xa0€ par an, pour 10 mois sur 12 (du 1er mars au 31 décembre 2026)",
        ),
        (
            "en",
            date(2026, 3, 17),
            "5 seats × €600.00 a year, for 9 months of 12 and 15 days of 31"
            " (17 March to 31 December 2026)",
        ),
        (
            "fr",
            date(2026, 3, 17),
            "5 sièges × 600,00\xa0€ par an, pour 9 mois sur 12 et 15 jours sur 31"
            " (du 17 mars au 31 décembre 2026)",
        ),
        (
            "en",
            date(2026, 12, 31),
            "5 seats × €600.00 a year, for 1 day of 31 (31 December to 31 December 2026)",
        ),
    ],
)
def test_the_proration_is_said_in_months_and_days_with_its_dates(language, day, text):
    line, remainder = bought(day)

    assert proration_text(line, "EUR", remainder, Language(language)) == text


def test_a_term_that_ends_in_another_year_says_both_years():
    line, remainder = bought(date(2027, 2, 1), 1, starts_on=date(2024, 4, 1), number=3)

    assert proration_text(line, "EUR", remainder, Language("fr")) == (
        "1 siège × 600,00\xa0€ par an, pour 2 mois sur 12 (du 1er février au 31 mars 2027)"
    )
    line, remainder = bought(date(2026, 10, 1), 1, starts_on=date(2024, 4, 1), number=3)
    assert proration_text(line, "EUR", remainder, Language("en")).endswith(
        "(1 October 2026 to 31 March 2027)"
    )


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 364), st.integers(1, 4))
def test_the_months_and_days_that_are_said_are_those_that_are_charged(starts_on, later, number):
    term = Term(starts_on, number)
    day = term.starts_on + timedelta(days=later)

    remainder = term.remainder(day)

    assert remainder.as_months == term.service_from(day).months
    assert 0 <= remainder.days < remainder.days_in_month
