"""Payments, credit notes and purchases at the same moment."""

from functools import partial

import pytest

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.settlement import settlement_of
from app.db.connections import connection
from app.errors import InvalidInput, InvoiceReplaced, InvoiceVoid, Overpayment
from app.models import Invoice
from tests.support.builders import NOW, STARTS_ON, an_organization, buy
from tests.support.concurrency import at_once

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("database")]

RIVALS = 12


def _attempt(use_case, refusal):
    """Do something on a connection of this thread; return None where it was refused."""
    with connection():
        try:
            return use_case()
        except refusal:
            return None


def test_payments_at_once_never_come_to_more_than_the_invoice():
    acme = an_organization(1)
    invoice = acme.signing.invoice
    quarter = invoice.total_minor // 4
    receipts = [Receipt(quarter, STARTS_ON, f"transfer {number}") for number in range(RIVALS)]
    payments = [
        partial(record_payment, acting(acme.operator, at=NOW), invoice.id, receipt)
        for receipt in receipts
    ]

    done = at_once([partial(_attempt, pay, Overpayment) for pay in payments])

    assert sum(payment is not None for payment in done) == 4
    assert settlement_of(invoice).open_minor == 0


def test_a_bank_line_that_many_enter_at_once_is_entered_once():
    acme = an_organization(1)
    invoice = acme.signing.invoice
    receipt = Receipt(invoice.total_minor // 4, STARTS_ON, "transfer")
    pay = partial(record_payment, acting(acme.operator, at=NOW), invoice.id, receipt)

    done = at_once([partial(_attempt, pay, ())] * RIVALS)

    assert [entered.repeated for entered in done].count(False) == 1
    assert settlement_of(invoice).paid_minor == invoice.total_minor // 4


def test_parts_of_a_line_that_many_credit_at_once_are_never_more_than_the_line():
    acme = an_organization(3)
    invoice = acme.signing.invoice
    portion = Portion(1, seats=1, again=True)
    credit = partial(credit_invoice, acting(acme.operator, at=NOW), invoice.id, portion)

    done = at_once([partial(_attempt, credit, (InvalidInput, InvoiceVoid))] * RIVALS)

    assert sum(note is not None for note in done) == 3
    assert settlement_of(invoice).is_void


def test_an_invoice_that_many_replace_at_once_is_replaced_once():
    acme = an_organization(1)
    invoice = acme.signing.invoice
    credit_invoice(acting(acme.operator, at=NOW), invoice.id)
    replace = partial(replace_invoice, acting(acme.operator, at=NOW), invoice.id)

    done = at_once([partial(_attempt, replace, InvoiceReplaced)] * RIVALS)

    assert [note.number for note in done if note] == ["INV-2026-000002"]


def test_an_invoice_that_many_credit_at_once_is_credited_once():
    acme = an_organization(1)
    credit = partial(credit_invoice, acting(acme.operator, at=NOW), acme.signing.invoice.id)

    done = at_once([partial(_attempt, credit, InvoiceVoid)] * RIVALS)

    assert [note.number for note in done if note] == ["CN-2026-000001"]


def test_credit_notes_and_invoices_at_once_leave_no_gap_in_either_series():
    customers = [an_organization(1) for _ in range(RIVALS // 2)]
    credit_notes = [
        partial(credit_invoice, acting(one.operator, at=NOW), one.signing.invoice.id)
        for one in customers
    ]
    purchases = [partial(buy, one, 1) for one in customers]

    at_once([partial(_attempt, work, ()) for work in (*credit_notes, *purchases)])

    numbers = {"INV": [], "CN": []}
    for invoice in Invoice.select().order_by(Invoice.counter):
        numbers[invoice.series].append(invoice.counter)
    assert numbers == {"INV": [*range(1, RIVALS + 1)], "CN": [*range(1, RIVALS // 2 + 1)]}
