"""One line of text, at every door through which a name, reference or reason comes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.contracts.amending import Amendment, amend_contract
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import References, replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.errors import InvalidInput
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    set_organization,
    set_seller,
)
from app.text import LENGTH_MAX, line_of_text
from tests.support.builders import NOW, STARTS_ON, a_quote, an_organization
from tests.support.engines import on_sqlite_alone

UNPRINTABLE = {
    "a control character": "PO\x07",
    "a line break": "PO\n7",
    "a tab": "PO\t7",
    "a delete": "PO\x7f",
    "a next line": "PO\x85",
    "a line separator": "PO\u20287",
    "a text turned round": "PO\u202e7",
    "a mark of direction": "PO\u200f7",
    "no width": "PO\u200b7",
    "half a surrogate pair": "PO\ud800",
    "a private character": "PO\ue000",
}


@pytest.mark.parametrize("text", UNPRINTABLE.values(), ids=UNPRINTABLE)
def test_what_nothing_prints_is_no_line_of_text(text):
    with pytest.raises(InvalidInput, match="Give one line of text") as refusal:
        line_of_text("reference", text)

    assert refusal.value.field == "reference"


@given(st.text())
def test_a_line_of_text_prints_and_stays_as_it_is(text):
    try:
        line = line_of_text("reference", text)
    except InvalidInput:
        return

    assert line.isprintable()
    assert line_of_text("reference", line) == line


def test_a_line_of_text_has_an_end():
    assert line_of_text("reference", "x" * LENGTH_MAX)
    with pytest.raises(InvalidInput, match="at most 500"):
        line_of_text("reference", "x" * (LENGTH_MAX + 1))


def _amend(customer, text):
    amend_contract(acting(customer.operator, at=NOW), Amendment(1, text))


def _replace(customer, **references):
    invoice = customer.signing.invoice
    credit_invoice(acting(customer.operator, at=NOW), invoice.id)
    replace_invoice(acting(customer.operator, at=NOW), invoice.id, References(**references))


def _pay(customer, text):
    receipt = Receipt(100, STARTS_ON, text)
    return record_payment(acting(customer.operator, at=NOW), customer.signing.invoice.id, receipt)


def _refund(customer, text):
    repayment = Repayment(100, STARTS_ON, text)
    record_refund(acting(customer.operator, at=NOW), customer.signing.invoice.id, repayment)


def _reverse(customer, text):
    reverse_entry(acting(customer.operator, at=NOW), _pay(customer, "SEPA").payment.id, text)


def _change(customer, **changes):
    set_organization(acting(operator_for(customer.id), at=NOW), OrganizationChanges(**changes))


DOORS = {
    "a quote's purchase order": lambda acme, text: a_quote(acme, 1, purchase_order=text),
    "a quote's cost centre": lambda acme, text: a_quote(acme, 1, cost_centre=text),
    "an amendment's order": _amend,
    "a replacement's purchase order": lambda acme, text: _replace(acme, purchase_order=text),
    "a replacement's cost centre": lambda acme, text: _replace(acme, cost_centre=text),
    "a payment's reference": _pay,
    "a refund's reference": _refund,
    "a reversal's reason": _reverse,
    "a new organization's name": lambda _, text: create_organization(text, at=NOW),
    "an organization's name": lambda acme, text: _change(acme, name=text),
    "a buyer's name": lambda acme, text: _change(acme, party={"legal_name": text}),
    "a buyer's address": lambda acme, text: _change(acme, party={"address_lines": [text]}),
    "a seller's bank": lambda _, text: set_seller(SellerChanges(party={"bank": text}), at=NOW),
}


@on_sqlite_alone
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("text", ["PO\x07", "PO\u202e7"], ids=["control", "format"])
def test_no_door_lets_in_what_nothing_prints(door, text):
    acme = an_organization(1)

    with pytest.raises(InvalidInput, match="Give one line of text"):
        DOORS[door](acme, text)


@pytest.mark.usefixtures("database")
def test_a_reference_of_nothing_but_spaces_is_none():
    quote = a_quote(an_organization(1), 1, purchase_order="  ", cost_centre=" R&D ")

    assert (quote.purchase_order, quote.cost_centre) == (None, "R&D")
