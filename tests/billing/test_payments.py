from datetime import date, timedelta

import pytest
from peewee import IntegrityError

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.issuing import document_of, find_invoice, invoices_of
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.settlement import settlement_of, settlements_of
from app.billing.invoices.wording import invoice_words
from app.errors import InvalidInput, InvoiceVoid, NotFound, Overpayment
from app.models import AuditEvent, BankLine, Payment
from tests.support.builders import NOW, an_organization, buy

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 3, 1)
LATER = date(2026, 6, 1)
TOTAL = 60_000


@pytest.fixture
def acme():
    return an_organization(1)


@pytest.fixture
def invoice(acme):
    return acme.signing.invoice


def pay(customer, invoice, amount_minor=TOTAL, received_on=TODAY, reference="SEPA 4711"):
    receipt = Receipt(amount_minor, received_on, reference)
    return record_payment(acting(customer.operator, at=NOW), invoice.id, receipt)


def test_an_invoice_is_paid_once_all_of_it_came_in(acme, invoice):
    pay(acme, invoice, 20_000)
    assert settlement_of(invoice).state(TODAY) == "overdue"

    pay(acme, invoice, 40_000)

    settlement = settlement_of(invoice)
    assert settlement.state(LATER) == "paid"
    assert (settlement.paid_minor, settlement.open_minor) == (TOTAL, 0)


def test_a_part_that_came_in_does_not_stop_an_invoice_from_falling_due(acme, invoice):
    pay(acme, invoice, TOTAL - 1)

    settlement = settlement_of(invoice)

    assert settlement.state(invoice.due_on) == "issued"
    assert settlement.state(invoice.due_on + timedelta(days=1)) == "overdue"
    assert settlement.open_minor == 1


def test_more_than_is_open_cannot_be_paid(acme, invoice):
    pay(acme, invoice, TOTAL - 100)

    with pytest.raises(Overpayment, match=r"has 1\.00 EUR open") as refusal:
        pay(acme, invoice, 101)

    assert refusal.value.facts == {"open_minor": 100}
    assert Payment.select().count() == 1


@pytest.mark.parametrize("reference", ["SEPA 4711", " SEPA 4711 ", "SEPA\u00a04711"])
def test_the_same_line_of_the_statement_is_entered_once(acme, invoice, reference):
    first = pay(acme, invoice, 20_000)

    again = pay(acme, invoice, 20_000, reference=reference)

    assert (first.repeated, again.repeated) == (False, True)
    assert again.payment == first.payment
    assert settlement_of(invoice).paid_minor == 20_000
    assert AuditEvent.select().where(AuditEvent.kind == "payment.recorded").count() == 1


def test_a_line_that_paid_everything_is_answered_with_its_payment_too(acme, invoice):
    first = pay(acme, invoice)

    assert pay(acme, invoice).payment == first.payment


@pytest.mark.parametrize(
    "other", [{"amount_minor": 19_999}, {"received_on": date(2026, 2, 28)}, {"reference": "other"}]
)
def test_another_amount_day_or_reference_is_another_payment(acme, invoice, other):
    pay(acme, invoice, **{"amount_minor": 20_000})

    entered = pay(acme, invoice, **{"amount_minor": 20_000, **other})

    assert not entered.repeated
    assert Payment.select().count() == 2


def test_a_twin_is_entered_where_it_is_meant(acme, invoice):
    receipt = Receipt(20_000, TODAY, "SEPA 4711", another=True)

    entered = [record_payment(acting(acme.operator, at=NOW), invoice.id, receipt) for _ in range(2)]

    assert [one.repeated for one in entered] == [False, False]
    assert pay(acme, invoice, 20_000).payment == entered[0].payment
    assert settlement_of(invoice).paid_minor == 40_000


def test_the_database_itself_refuses_the_same_line_twice(acme, invoice):
    pay(acme, invoice, 20_000)

    with pytest.raises(IntegrityError):
        BankLine.insert(BankLine.get().__data__ | {"entry_id": "pay_other"}).execute()


def test_the_same_line_pays_another_invoice_too(acme, invoice):
    bought = buy(acme, 1).invoice

    assert not pay(acme, invoice, 100).repeated
    assert not pay(acme, bought, 100).repeated


def test_an_invoice_dated_ahead_by_its_series_can_be_paid_today(acme):
    an_organization(1, at=NOW + timedelta(days=3))
    bought = buy(acme, 1, at=NOW).invoice

    assert bought.issued_on > TODAY
    assert pay(acme, bought, 100).payment.received_on == TODAY


def test_nothing_can_be_paid_twice(acme, invoice):
    pay(acme, invoice)

    with pytest.raises(Overpayment, match=r"has 0\.00 EUR open"):
        pay(acme, invoice, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount_minor": 0}, "amount"),
        ({"amount_minor": -1}, "amount"),
        ({"received_on": date(2026, 3, 2)}, "received_on"),
        ({"received_on": date(2025, 12, 31)}, "received_on"),
        ({"received_on": date(1970, 1, 1)}, "received_on"),
        ({"reference": " "}, "reference"),
        ({"reference": "two\nlines"}, "reference"),
        ({"reference": "SEPA\u202e4711"}, "reference"),
    ],
    ids=[
        "nothing",
        "less than nothing",
        "tomorrow",
        "before its issue",
        "1970",
        "no reference",
        "two lines",
        "a text turned round",
    ],
)
def test_a_receipt_that_cannot_be_right_is_refused(acme, invoice, wrong, field):
    with pytest.raises(InvalidInput) as refusal:
        pay(acme, invoice, **wrong)

    assert refusal.value.field == field
    assert Payment.select().count() == 0


def test_nobody_pays_an_invoice_that_was_credited(acme, invoice):
    credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    with pytest.raises(InvoiceVoid, match="Give the money back"):
        pay(acme, invoice)


def test_nobody_pays_a_credit_note(acme, invoice):
    credit_note = credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    with pytest.raises(InvalidInput, match="is a credit note"):
        pay(acme, credit_note)


def test_another_organizations_invoice_cannot_be_paid(invoice):
    with pytest.raises(NotFound):
        pay(an_organization(1), invoice)


def test_an_invoice_answers_to_its_number_and_its_id(acme, invoice):
    assert find_invoice(acme.id, invoice.number) == find_invoice(acme.id, invoice.id) == invoice


def test_payments_stay_with_their_invoices(acme, invoice):
    bought = buy(acme, 1).invoice
    pay(acme, invoice, 100, reference="first")
    pay(acme, bought, 200, reference="second")

    settlements = settlements_of(acme.id, invoices_of(acme.id))

    paid = {one.invoice.id: [payment.reference for payment in one.payments] for one in settlements}
    assert paid == {invoice.id: ["first"], bought.id: ["second"]}


def test_the_audit_trail_keeps_what_was_open_before_and_after_each_payment(acme, invoice):
    pay(acme, invoice, 20_000)
    pay(acme, invoice, 40_000)

    events = AuditEvent.select().where(AuditEvent.kind == "payment.recorded")
    opened = [(event.before["open_minor"], event.after["open_minor"]) for event in events]

    assert sorted(opened, reverse=True) == [(60_000, 40_000), (40_000, 0)]


def test_a_printed_invoice_says_what_is_still_to_be_paid(acme, invoice):
    pay(acme, invoice, 20_000)

    words = invoice_words(document_of(invoice, TODAY))

    assert words.headline == "400.00\xa0EUR was due on 31 January 2026"
    assert [(fact.label, fact.text) for fact in words.totals[-2:]] == [
        ("Paid so far", "-200.00"),
        ("Still to pay", "400.00\xa0EUR"),
    ]


def test_a_paid_invoice_is_printed_with_its_whole_total(acme, invoice):
    pay(acme, invoice)

    words = invoice_words(document_of(invoice, TODAY))

    assert words.headline == "600.00\xa0EUR paid"
    assert words.totals[-1].label == "Total"
