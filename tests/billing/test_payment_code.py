"""The code of a SEPA transfer on invoices (EPC069-12): its lines, and what has none."""

from dataclasses import replace

import pytest
import segno

from app.billing.invoices.document import Credit, InvoiceState
from app.billing.invoices.payment_code import payment_code, payment_lines


def test_the_lines_are_those_of_the_standard(an_invoice):
    assert payment_lines(an_invoice()).split("\n") == [
        "BCD",
        "002",
        "1",
        "SCT",
        "COBADEFFXXX",
        "Nimbus Software GmbH",
        "DE89370400440532013000",
        "EUR3000.00",
        "",
        "",
        "NIM-2026-000002",
    ]


def test_it_is_over_what_is_open(an_invoice):
    half_paid = an_invoice(paid_minor=150_001)

    assert "\nEUR1499.99\n" in payment_lines(half_paid)


def test_a_long_name_is_cut_and_stays_below_the_bytes_of_the_standard(an_invoice):
    seller = replace(an_invoice().seller, legal_name="Εταιρεία" * 30, bic="")
    lines = payment_lines(an_invoice(seller=seller))

    assert len(lines.split("\n")[5]) == 70
    assert lines.split("\n")[4] == ""
    assert len(lines.encode()) <= 331


def test_a_name_that_would_not_fit_into_the_bytes_leaves_the_code_out(an_invoice):
    seller = replace(an_invoice().seller, legal_name="\N{FOX FACE}" * 70)

    assert payment_code(an_invoice(seller=seller)) == ()


def test_the_drawn_code_is_that_of_the_lines_at_level_m(an_invoice):
    invoice = an_invoice()
    wanted = segno.make_qr(payment_lines(invoice).encode(), error="m", boost_error=False)

    assert wanted.error == "M"
    assert wanted.version <= 13
    assert payment_code(invoice) == tuple(tuple(map(bool, row)) for row in wanted.matrix)


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "USD"},
        {"credit": Credit("NIM-2026-000001")},
        {"paid_minor": 300_000, "state": InvoiceState.PAID},
        {"paid_minor": 300_000},
        {"state": InvoiceState.VOID},
        {"number": "N" * 141},
    ],
)
def test_what_is_not_paid_by_such_a_transfer_has_none(an_invoice, changes):
    assert payment_lines(an_invoice(**changes)) == ""
    assert payment_code(an_invoice(**changes)) == ()


@pytest.mark.parametrize("lacks", ["iban", "legal_name"])
def test_without_account_or_name_there_is_none(an_invoice, lacks):
    seller = replace(an_invoice().seller, **{lacks: ""})

    assert payment_code(an_invoice(seller=seller)) == ()
