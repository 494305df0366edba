"""An invoice that was credited in full is issued anew, as it should have been."""

from datetime import UTC, date, datetime, timedelta

import pytest
from peewee import IntegrityError

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.issuing import document_of, lines_of
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import References, replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.settlement import settlement_of
from app.billing.invoices.wording import invoice_words
from app.errors import InvalidInput, InvoiceNotCredited, InvoiceReplaced, InvoiceVoid, Overpayment
from app.models import AuditEvent, Invoice, Replacement
from app.organizations.settings import OrganizationChanges, set_organization
from tests.support.auditing import violations
from tests.support.builders import NOW, a_quote, an_organization, confirm

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
    return record_payment(acting(customer.operator, at=NOW), invoice.id, receipt)


def replace(customer, invoice, references=None, *, at=NOW):
    credit_invoice(acting(customer.operator, at=at), invoice.id)
    return replace_invoice(acting(customer.operator, at=at), invoice.id, references)


def test_a_replacement_has_todays_number_date_parties_and_tax_and_the_old_lines(acme, invoice):
    changes = OrganizationChanges(tax_rate="20", party={"vat_id": "FR40303265045"})
    set_organization(acting(acme.operator, at=NOW), changes)

    anew = replace(acme, invoice)

    assert (anew.number, anew.issued_on) == ("INV-2026-000002", TODAY)
    assert anew.buyer["vat_id"] == "FR40303265045"
    assert (anew.net_minor, anew.tax_minor) == (invoice.net_minor, 24_000)
    assert [line.service for line in lines_of(anew)] == [line.service for line in lines_of(invoice)]
    assert anew.credit_of is None


def test_a_replacement_is_due_on_the_old_day_if_that_is_later(acme, invoice):
    late = replace(acme, invoice)
    bought = confirm(acme, a_quote(acme, 1)).invoice

    early = replace(acme, bought)

    assert (invoice.due_on, late.due_on) == (date(2026, 1, 31), TODAY)
    assert bought.due_on == early.due_on == date(2026, 3, 31)


def test_an_invoice_that_stands_cannot_be_replaced(acme, invoice):
    with pytest.raises(InvoiceNotCredited, match="Credit all that is left of it first"):
        replace_invoice(acting(acme.operator, at=NOW), invoice.id)
    credit_invoice(acting(acme.operator, at=NOW), invoice.id, Portion(1, seats=1))
    with pytest.raises(InvoiceNotCredited):
        replace_invoice(acting(acme.operator, at=NOW), invoice.id)

    assert Replacement.select().count() == 0


def test_an_invoice_is_replaced_once(acme, invoice):
    anew = replace(acme, invoice)

    with pytest.raises(InvoiceReplaced, match=anew.number):
        replace_invoice(acting(acme.operator, at=NOW), invoice.id)


def test_the_database_itself_refuses_a_second_replacement(acme, invoice):
    replace(acme, invoice)

    with pytest.raises(IntegrityError):
        Replacement.insert(Replacement.get().__data__ | {"replacement_id": invoice.id}).execute()


def test_a_credit_note_cannot_be_replaced(acme, invoice):
    note = credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    with pytest.raises(InvalidInput, match="is a credit note"):
        replace_invoice(acting(acme.operator, at=NOW), note.id)


def test_a_replacement_that_is_wrong_is_credited_and_replaced_in_its_turn(acme, invoice):
    second = replace(acme, invoice)
    pay(acme, second, 5_000)

    third = replace(acme, second)

    assert settlement_of(second).replaces.id == invoice.id
    assert settlement_of(second).replaced_by.id == third.id
    assert settlement_of(third).paid_minor == 5_000
    assert acme.counts == (2, 0)


def test_payments_and_refunds_pass_to_the_replacement(acme, invoice):
    pay(acme, invoice, invoice.total_minor)
    credit_invoice(acting(acme.operator, at=NOW), invoice.id)
    refunded = Repayment(20_000, TODAY, "back")
    record_refund(acting(acme.operator, at=NOW), invoice.id, refunded)

    anew = replace_invoice(acting(acme.operator, at=NOW), invoice.id)

    old, new = settlement_of(invoice), settlement_of(anew)
    assert (old.paid_minor, old.refunded_minor, old.open_minor) == (0, 0, 0)
    assert (new.paid_minor, new.refunded_minor, new.open_minor) == (120_000, 20_000, 20_000)


def test_what_was_taken_back_does_not_pass_on(acme, invoice):
    wrong = pay(acme, invoice, 500).payment
    reverse_entry(acting(acme.operator, at=NOW), wrong.id, "another customer's")

    anew = replace(acme, invoice)

    assert settlement_of(anew).paid_minor == 0
    assert settlement_of(anew).reversals == ()


def test_what_was_taken_back_by_a_clock_ahead_does_not_pass_on_either(acme, invoice):
    wrong = pay(acme, invoice, 500).payment
    reverse_entry(
        acting(acme.operator, at=NOW + timedelta(seconds=1)), wrong.id, "another customer's"
    )

    anew = replace(acme, invoice)

    assert settlement_of(anew).reversals == ()
    assert violations() == []


def test_a_payment_that_passed_on_can_be_taken_back(acme, invoice):
    paid = pay(acme, invoice, 500).payment
    anew = replace(acme, invoice)

    reverse_entry(acting(acme.operator, at=NOW), paid.id, "the bank took it back")

    assert settlement_of(anew).paid_minor == 0
    assert settlement_of(anew).open_minor == anew.total_minor


def test_a_bank_line_entered_for_the_old_invoice_is_the_same_line_for_the_new_one(acme, invoice):
    first = pay(acme, invoice, 500)
    anew = replace(acme, invoice)

    for named in (anew, invoice):
        again = pay(acme, named, 500)
        assert (again.payment.id, again.repeated) == (first.payment.id, True)

    assert settlement_of(anew).paid_minor == 500


def test_nobody_pays_an_invoice_that_was_replaced(acme, invoice):
    anew = replace(acme, invoice)

    with pytest.raises(InvoiceVoid, match=f"Enter it for {anew.number}"):
        pay(acme, invoice, 500)


def test_what_passed_on_counts_against_the_replacement(acme, invoice):
    pay(acme, invoice, 100_000)
    anew = replace(acme, invoice)

    with pytest.raises(Overpayment, match=r"has 200\.00 EUR open"):
        pay(acme, anew, 20_001, reference="more")


def test_a_lower_tax_leaves_the_replacement_overpaid(acme):
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(tax_rate="20"))
    bought = confirm(acme, a_quote(acme, 1)).invoice
    pay(acme, bought, bought.total_minor)
    changes = OrganizationChanges(tax_rate="0", reverse_charge=True)
    set_organization(acting(acme.operator, at=NOW), changes)

    anew = replace(acme, bought)

    assert settlement_of(anew).overpaid_minor == bought.tax_minor
    assert settlement_of(anew).state(TODAY) == "paid"


def test_a_purchase_order_can_be_put_right(acme):
    bought = confirm(acme, a_quote(acme, 1, purchase_order="PO-1", cost_centre="R&D")).invoice

    anew = replace(acme, bought, References(purchase_order="PO-2"))

    assert (anew.purchase_order, anew.cost_centre) == ("PO-2", "R&D")
    assert replace(acme, anew, References(cost_centre="")).cost_centre is None


def test_a_replacement_says_what_it_replaces(acme, invoice):
    words = invoice_words(document_of(replace(acme, invoice), TODAY))

    said = {fact.label: fact.text for fact in words.facts}
    assert said["Replaces invoice"] == (
        "INV-2026-000001 of 1 January 2026, cancelled by credit note CN-2026-000001"
    )
    assert words.title == "Invoice"


def test_a_replacement_of_the_next_year_is_numbered_in_it(acme, invoice):
    anew = replace(acme, invoice, at=datetime(2027, 2, 1, tzinfo=UTC))

    assert anew.number == "INV-2027-000001"


def test_the_audit_trail_keeps_the_replacement(acme, invoice):
    anew = replace(acme, invoice)

    event = AuditEvent.get(AuditEvent.kind == "invoice.replaced")

    assert (event.subject_id, event.after["replacement_id"]) == (invoice.id, anew.id)
    assert Invoice.select().where(Invoice.cause == f"replacement:{invoice.id}").count() == 1
