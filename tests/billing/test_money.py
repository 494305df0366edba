from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.money import decimal_text, minor_units, round_half_up
from app.currencies import exponent, parse_currency
from app.errors import InvalidInput
from app.i18n.formats import amount_text, money_text
from app.i18n.languages import ENGLISH, Language

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD", "CLF"])


@pytest.mark.parametrize("code", ["XAU", "XXX", "XTS", "EURO", "€", ""])
def test_what_nobody_pays_in_is_not_a_currency(code):
    with pytest.raises(InvalidInput, match="is not a currency; give an ISO 4217 code") as refusal:
        parse_currency(code)

    assert refusal.value.field == "currency"


@pytest.mark.parametrize(
    ("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("HUF", 2), ("KWD", 3), ("CLF", 4)]
)
def test_decimals_are_those_of_iso_4217(currency, decimals):
    assert exponent(currency) == decimals


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("600.00", "EUR", 60000),
        ("600", "EUR", 60000),
        ("600.5", "EUR", 60050),
        ("0.00", "EUR", 0),
        ("7200", "JPY", 7200),
        ("180.500", "KWD", 180500),
        ("999999999999.99", "EUR", 99999999999999),
    ],
)
def test_decimal_text_is_read_exactly(text, currency, minor):
    assert minor_units(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        *("", " 1", "1 ", "1,000.00", "1,50", ".5", "5.", "1.0.0"),
        *("-1.00", "+1", "1e3", "NaN", "٣", "1_000", "1000000000000"),
    ],
)
def test_what_is_no_plain_decimal_is_refused_with_an_example(text):
    with pytest.raises(InvalidInput, match=r"is not an amount; give digits .* such as 600\.00"):
        minor_units(text, "EUR")


@pytest.mark.parametrize(
    ("text", "currency", "limit"), [("1.005", "EUR", 2), ("1.0", "JPY", 0), ("1.0000", "KWD", 3)]
)
def test_decimals_that_the_currency_lacks_are_refused(text, currency, limit):
    with pytest.raises(
        InvalidInput, match=f"has more decimals .*; give at most {limit}"
    ) as refusal:
        minor_units(text, currency, field="unit_price")

    assert refusal.value.field == "unit_price"


@given(st.integers(0, 10**12 - 1), CURRENCIES)
def test_decimal_text_is_read_back_as_it_was_written(minor, currency):
    assert minor_units(decimal_text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (250000, "EUR", ENGLISH, "€2,500.00"),
        (250000, "EUR", Language("fr"), "2\u202f500,00\xa0€"),
        (-250000, "EUR", ENGLISH, "-€2,500.00"),
        (28452, "JPY", ENGLISH, "¥28,452"),
        (713266, "KWD", ENGLISH, "KWD\xa0713.266"),
        (10000, "HUF", Language("fr"), "100,00\xa0HUF"),
        (1000000, "IQD", ENGLISH, "IQD\xa01,000.000"),
    ],
)
def test_money_is_written_as_the_language_does(minor, currency, language, text):
    assert money_text(minor, currency, language) == text


def test_an_amount_in_a_column_names_no_currency():
    assert amount_text(-120050, "EUR", Language("fr")) == "-1\u202f200,50"


@given(st.fractions())
def test_rounding_is_off_by_at_most_half(value):
    assert abs(round_half_up(value) - value) * 2 <= 1


@given(st.integers())
def test_a_tie_goes_away_from_zero(whole):
    tie = round_half_up(whole + (1 if whole >= 0 else -1) * Fraction(1, 2))

    assert abs(tie) == abs(whole) + 1


@given(st.fractions())
def test_a_credit_mirrors_what_it_corrects(value):
    assert round_half_up(-value) == -round_half_up(value)
