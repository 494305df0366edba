import json
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing.money import minor_units
from app.billing.pricing import LineKind, months_text, net_minor, parse_months_text, priced_line
from app.billing.terms import Term

FIXTURES = Path(__file__).parents[2] / "fixtures"
PRORATION = json.loads((FIXTURES / "billing" / "proration.json").read_text("utf-8"))

QUANTITIES = st.integers(1, 1000)
PRICES = st.integers(0, 10**9)
MONTHS = st.builds(
    lambda anchor_on, offset: Term(anchor_on, 1).months_remaining(
        date.fromordinal(anchor_on.toordinal() + offset)
    ),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(0, 364),
)


@pytest.mark.parametrize("row", PRORATION, ids=lambda row: row["case"])
def test_a_purchase_is_prorated_as_worked_by_hand(row):
    bought_on = date.fromisoformat(row["purchased_on"])
    term = Term.at(date.fromisoformat(row["contract_from"]), bought_on)

    line = priced_line(
        LineKind.ADDITION,
        row["quantity"],
        minor_units(row["unit_price"], row["currency"]),
        term.service_from(bought_on),
        0,
    )

    assert months_text(line.service.months) == row["months_remaining"]
    assert line.net_minor == minor_units(row["net"], row["currency"])


@given(QUANTITIES, PRICES, MONTHS)
def test_a_line_is_rounded_once_by_at_most_half_a_unit(quantity, price, months):
    exact = quantity * price * months / 12

    assert abs(net_minor(quantity, price, months) - exact) <= Fraction(1, 2)


@given(QUANTITIES, QUANTITIES, PRICES, MONTHS)
def test_more_seats_never_cost_less(some, more, price, months):
    assert net_minor(some, price, months) <= net_minor(some + more, price, months)


@given(QUANTITIES, PRICES)
def test_a_whole_term_costs_exactly_its_price(quantity, price):
    assert net_minor(quantity, price, Fraction(12)) == quantity * price


@given(QUANTITIES, PRICES)
def test_a_credited_line_takes_back_what_was_charged(quantity, price):
    service = Term(date(2026, 1, 1), 1).service_from(date(2026, 3, 17))
    line = priced_line(LineKind.ADDITION, quantity, price, service, 2000)

    credit = line.credited()

    assert credit.net_minor == -line.net_minor == net_minor(credit.quantity, price, service.months)


@given(MONTHS)
def test_months_are_read_back_exactly(months):
    assert parse_months_text(months_text(months)) == months


@pytest.mark.parametrize("text", ["", "1.5", "-1", "1/0", "1/ 2", "ten", "1e1", "1_0"])
def test_what_is_no_number_of_months_is_refused(text):
    with pytest.raises(ValueError, match="is not a number of months"):
        parse_months_text(text)
