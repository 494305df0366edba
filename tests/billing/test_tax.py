from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.pricing import LineKind, priced_line
from app.billing.tax_ids import parse_tax_id
from app.billing.taxes import TaxLine, TaxTreatment, Totals, parse_tax_rate, tax_minor
from app.billing.terms import Term
from app.errors import InvalidInput

WHOLE_TERM = Term(date(2026, 1, 1), 1).service_from(date(2026, 1, 1))
RATES = st.sampled_from([0, 550, 1000, 2000])
LINES = st.lists(
    st.builds(
        lambda price, rate: priced_line(LineKind.SIGNING, 1, price, WHOLE_TERM, rate),
        st.integers(0, 10**9),
        RATES,
    ),
    min_size=1,
)


def a_line(net, rate):
    return priced_line(LineKind.SIGNING, 1, net, WHOLE_TERM, rate)


def test_tax_is_taken_per_rate_on_the_sum_of_the_lines():
    # Line by line, three times 20 % of 0.02 would round to nothing.
    lines = [a_line(2, 2000), a_line(2, 2000), a_line(2, 2000), a_line(1000, 550)]

    totals = Totals.of(lines)

    assert totals.tax_lines == (TaxLine(550, 1000, 55), TaxLine(2000, 6, 1))
    assert (totals.net_minor, totals.tax_minor, totals.total_minor) == (1006, 56, 1062)


def test_half_a_cent_of_tax_goes_up():
    assert tax_minor(25, 1000) == 3


@given(LINES)
def test_net_and_tax_make_the_total(lines):
    totals = Totals.of(lines)

    assert totals.net_minor == sum(line.net_minor for line in lines)
    assert totals.total_minor == totals.net_minor + totals.tax_minor


@given(LINES)
def test_a_full_credit_takes_the_tax_back_too(lines):
    credit = Totals.of(line.credited() for line in lines)

    assert credit.tax_minor == -Totals.of(lines).tax_minor


@pytest.mark.parametrize(
    ("text", "basis_points"), [("0", 0), ("20", 2000), ("5.5", 550), ("8.25", 825), ("100", 10000)]
)
def test_a_rate_is_read_from_percent(text, basis_points):
    assert parse_tax_rate(text) == basis_points


@pytest.mark.parametrize("text", ["120", "100.01", "-5", "5,5", "5.555", "20 %", "", "x"])
def test_what_is_no_share_of_a_hundred_is_no_rate(text):
    with pytest.raises(InvalidInput, match="is not a tax rate; give a percentage from 0 to 100"):
        parse_tax_rate(text)


@pytest.mark.parametrize("basis_points", [-1, 10001, 12000])
def test_a_treatment_has_a_rate_between_nothing_and_everything(basis_points):
    with pytest.raises(InvalidInput, match="between 0 and 100 percent"):
        TaxTreatment(basis_points)


def test_under_reverse_charge_the_seller_charges_no_tax():
    with pytest.raises(InvalidInput, match="the buyer pays the tax"):
        TaxTreatment(2000, reverse_charge=True)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DE136695976", "DE136695976"),
        ("fr 40 303 265 045", "FR40303265045"),
        ("EL 094259216", "EL094259216"),
        ("GR 094259216", "EL094259216"),
        ("GB 980 7806 84", "GB980780684"),
        ("CHE-107.787.577 IVA", "CHE107787577IVA"),
        ("NO 995 525 828 MVA", "NO995525828MVA"),
    ],
)
def test_a_vat_number_is_kept_without_separators(text, number):
    assert parse_tax_id(text) == number


@pytest.mark.parametrize(
    "text", ["DE136695977", "FR41303265045", "136695976", "ZZ123", "DE", "", "\0", "D", "日本12345"]
)
def test_a_mistyped_vat_number_is_refused_in_our_words(text):
    with pytest.raises(InvalidInput, match="is not a valid VAT number; give it with its country"):
        parse_tax_id(text)


@given(st.text(max_size=20))
def test_any_text_is_a_vat_number_or_refused(text):
    try:
        number = parse_tax_id(text)
    except InvalidInput:
        return

    assert number.isalnum()
