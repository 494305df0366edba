"""Money given back, and payments and refunds taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError, OperationalError

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.issuing import invoices_of
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.settlement import settlement_of, settlements_of
from app.errors import AlreadyReversed, DomainError, InvalidInput, NotFound
from app.models import (
    AuditEvent,
    BankLine,
    CreditLine,
    CreditTax,
    Payment,
    Refund,
    Replacement,
    Reversal,
    Transfer,
)
from tests.support.builders import NOW, an_organization, buy

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 3, 1)


@pytest.fixture
def acme():
    return an_organization(2)


@pytest.fixture
def invoice(acme):
    return acme.signing.invoice


def pay(customer, invoice, amount_minor, reference="SEPA 4711"):
    receipt = Receipt(amount_minor, TODAY, reference)
    return record_payment(acting(customer.operator, at=NOW), invoice.id, receipt).payment


def refund(customer, invoice, amount_minor, **given):
    line = {"refunded_on": TODAY, "reference": "back", **given}
    repayment = Repayment(amount_minor, **line)
    return record_refund(acting(customer.operator, at=NOW), invoice.id, repayment)


def reverse(customer, entry, reason="entered by mistake"):
    return reverse_entry(acting(customer.operator, at=NOW), entry.id, reason)


@pytest.fixture
def overpaid(acme, invoice):
    """Return an invoice of 1,200.00 that was paid and of which one seat was credited: 600.00."""
    pay(acme, invoice, 120_000)
    credit_invoice(acting(acme.operator, at=NOW), invoice.id, Portion(1, seats=1))
    return invoice


def test_a_refund_settles_what_is_overpaid(acme, overpaid):
    assert settlement_of(overpaid).overpaid_minor == 60_000

    refund(acme, overpaid, 60_000)

    settlement = settlement_of(overpaid)
    assert (settlement.refunded_minor, settlement.open_minor) == (60_000, 0)
    assert settlement.state(TODAY) == "paid"


def test_more_than_is_overpaid_cannot_be_refunded(acme, overpaid):
    refund(acme, overpaid, 10_000)

    with pytest.raises(InvalidInput, match=r"is overpaid by 500\.00 EUR") as refusal:
        refund(acme, overpaid, 50_001)

    assert refusal.value.field == "amount"
    assert Refund.select().count() == 1


def test_nothing_is_refunded_of_what_is_not_overpaid(acme, invoice):
    with pytest.raises(InvalidInput, match=r"is overpaid by 0\.00 EUR"):
        refund(acme, invoice, 1)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount_minor": 0}, "amount"),
        ({"refunded_on": TODAY + timedelta(days=1)}, "refunded_on"),
        ({"refunded_on": date(2025, 12, 31)}, "refunded_on"),
        ({"reference": " "}, "reference"),
        ({"reference": "a\x07b"}, "reference"),
    ],
)
def test_a_refund_that_cannot_be_right_is_refused(acme, overpaid, wrong, field):
    with pytest.raises(InvalidInput) as refusal:
        refund(acme, overpaid, **({"amount_minor": 1} | wrong))

    assert refusal.value.field == field
    assert Refund.select().count() == 0


def test_the_same_refund_is_entered_once_and_its_twin_where_it_is_meant(acme, overpaid):
    first = refund(acme, overpaid, 100)

    again, twin = refund(acme, overpaid, 100), refund(acme, overpaid, 100, another=True)

    assert (again.refund, again.repeated, twin.repeated) == (first.refund, True, False)
    assert settlement_of(overpaid).refunded_minor == 200


def test_a_refund_can_be_the_same_line_as_a_payment(acme, overpaid):
    assert not refund(acme, overpaid, 60_000, reference="SEPA 4711").repeated


def test_a_payment_is_taken_back_and_stays_a_record(acme, invoice):
    payment = pay(acme, invoice, 120_000)

    reversal = reverse(acme, payment, "bounced")

    settlement = settlement_of(invoice)
    assert (settlement.paid_minor, settlement.open_minor) == (0, 120_000)
    assert [one.reversal for one in settlement.reversals] == [reversal]
    assert Payment.get() == payment


def test_a_refund_is_taken_back(acme, overpaid):
    entered = refund(acme, overpaid, 60_000).refund

    reverse(acme, entered)

    assert settlement_of(overpaid).overpaid_minor == 60_000


def test_nothing_is_taken_back_twice(acme, invoice):
    payment = pay(acme, invoice, 100)
    reverse(acme, payment)

    with pytest.raises(AlreadyReversed, match="was taken back on 2026-03-01"):
        reverse(acme, payment)

    assert Reversal.select().count() == 1


def test_the_database_itself_refuses_a_second_reversal(acme, invoice):
    reverse(acme, pay(acme, invoice, 100))

    with pytest.raises(IntegrityError):
        Reversal.insert(Reversal.get().__data__ | {"id": "rev_other"}).execute()


def test_a_reversal_gives_the_line_free(acme, invoice):
    first = pay(acme, invoice, 100)
    reverse(acme, first)

    again = pay(acme, invoice, 100)

    assert again != first
    assert settlement_of(invoice).paid_minor == 100
    assert [line.entry_id for line in BankLine.select()] == [again.id]


@pytest.mark.parametrize("reason", ["", "  ", "a\nb"])
def test_a_reversal_needs_a_reason(acme, invoice, reason):
    payment = pay(acme, invoice, 100)

    with pytest.raises(InvalidInput):
        reverse(acme, payment, reason)


def test_another_organizations_payment_cannot_be_taken_back(acme, invoice):
    payment = pay(acme, invoice, 100)

    with pytest.raises(NotFound, match="There is no payment or refund"):
        reverse(an_organization(1), payment)


def test_a_payment_that_bounces_after_its_refund_is_owed_again(acme, overpaid):
    refund(acme, overpaid, 60_000)
    (payment,) = settlement_of(overpaid).payments

    reverse(acme, payment, "bounced")

    assert settlement_of(overpaid).open_minor == 120_000


def test_the_audit_trail_keeps_refunds_and_reversals(acme, overpaid):
    reverse(acme, refund(acme, overpaid, 100).refund)
    reverse(acme, settlement_of(overpaid).payments[0])

    kinds = {event.kind for event in AuditEvent.select()}

    assert {"refund.recorded", "refund.reversed", "payment.reversed"} <= kinds


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_puts_an_invoice_right_is_append_only(acme, overpaid, change):
    reverse(acme, refund(acme, overpaid, 100).refund)
    credit_invoice(acting(acme.operator, at=NOW), overpaid.id)
    replace_invoice(acting(acme.operator, at=NOW), overpaid.id)

    for rows in (CreditLine, CreditTax, Replacement, Refund, Reversal, Transfer):
        assert rows.select().count() > 0
        statement = rows.delete() if change == "delete" else rows.update(organization_id="org_x")
        with pytest.raises((IntegrityError, OperationalError), match="append-only"):
            statement.execute()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pay", "refund", "credit", "replace", "reverse"]), st.integers(1, 70_000)
    ),
    max_size=12,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_is_open_over_all_invoices_is_billed_less_paid_plus_refunded(steps):
    acme = an_organization(1)
    current = buy(acme, 1).invoice
    entries = []
    for number, (step, size) in enumerate(steps):
        try:
            if step == "pay":
                entries.append(pay(acme, current, size, f"line {number}"))
            elif step == "refund":
                entries.append(refund(acme, current, size, reference=f"line {number}").refund)
            elif step == "credit":
                portion = Portion(1, amount_minor=size) if size % 3 else None
                credit_invoice(acting(acme.operator, at=NOW), current.id, portion)
            elif step == "replace":
                current = replace_invoice(acting(acme.operator, at=NOW), current.id)
            elif entries:
                reverse(acme, entries[size % len(entries)])
        except DomainError:
            continue

    listed = settlements_of(acme.id, invoices_of(acme.id))

    taken_back = {row.payment_id or row.refund_id for row in Reversal.select()}
    standing = [entry for entry in entries if entry.id not in taken_back]
    paid = sum(entry.amount_minor for entry in standing if isinstance(entry, Payment))
    refunded = sum(entry.amount_minor for entry in standing if isinstance(entry, Refund))
    billed = sum(one.invoice.total_minor for one in listed)
    assert sum(one.open_minor for one in listed) == billed - paid + refunded
