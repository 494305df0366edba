"""The audit finds what the database would refuse, planted with its rules taken away."""

from datetime import date, timedelta

import pytest

from app.billing.contracts.renewals import renew_if_due
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.refunds import Repayment, record_refund
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.db.connections import on_postgresql
from app.models import (
    BankLine,
    Contract,
    ContractTerm,
    CreditLine,
    CreditTax,
    Hold,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    Purchase,
    Refund,
    Replacement,
    Reversal,
    SeatAssignment,
    SeatPool,
    Transfer,
    User,
    Want,
    WantSource,
)
from app.organizations.settings import OrganizationChanges, set_organization
from app.people.sign_in import Login, Mode, decide
from app.seats.audit import CHECKS, audit
from tests.builders import NOW, a_user, an_organization, buy, deactivate, fill


def _more_in_use_than_purchased():
    SeatPool.update(in_use=SeatPool.purchased + 1).execute()


def _fewer_than_none_in_use():
    SeatPool.update(in_use=-1).execute()


def _an_active_user_without_an_assignment():
    SeatAssignment.update(released_at=NOW, released_sequence=99).execute()


def _an_active_user_who_names_another_assignment():
    User.update(assignment_id="sea_other").where(User.active).execute()


def _an_inactive_user_with_an_assignment():
    User.update(active=False, assignment_id=None).execute()


def _seats_taken_out_inside_a_term():
    LedgerEntry.update(quantity=-1).where(LedgerEntry.cause.startswith("quote:")).execute()


def _an_increase_without_an_invoice():
    InvoiceLine.delete().execute()
    Invoice.delete().where(Invoice.cause.startswith("quote:")).execute()


def _an_invoice_without_an_increase():
    Invoice.update(cause="quote:quo_never").where(Invoice.counter == 2).execute()


def _a_purchase_of_another_quantity():
    Purchase.update(quantity=Purchase.quantity + 1).execute()


def _a_ledger_that_sums_up_to_something_else():
    LedgerEntry.update(quantity=LedgerEntry.quantity + 1).where(
        LedgerEntry.kind == "assigned"
    ).execute()


def _seats_in_use_that_nobody_holds():
    SeatPool.update(in_use=SeatPool.in_use + 1).execute()


def _a_hold_that_ended_without_an_entry():
    Hold.update(ended_at=NOW, ended_as="released").where(Hold.ended_at.is_null()).execute()


def _a_hold_that_ended_twice():
    entry = LedgerEntry.get(LedgerEntry.kind == "hold_expired")
    LedgerEntry.insert({**entry.__data__, "sequence": 99}).execute()


def _a_hold_that_never_began():
    LedgerEntry.delete().where(LedgerEntry.kind == "held").execute()


def _a_holder_who_wants_a_seat():
    holder = User.get(User.active)
    Want.update(user_id=holder.id).where(Want.id == _a_want().id).execute()


def _a_place_without_a_user_who_waits():
    User.update(inactive_because="directory").where(User.inactive_because == "waiting").execute()


def _a_user_who_waits_without_a_place():
    Want.update(parked_at=None, refused_at=NOW).execute()


def _a_want_under_another_name():
    Want.update(user_name_key="another").where(Want.id == _a_want().id).execute()


def _a_want():
    return Want.get(Want.closed_at.is_null() & Want.user_id.is_null(False))


def _a_want_without_its_sources():
    WantSource.delete().execute()


def _a_want_with_a_place_beyond_the_last():
    Want.update(sequence=Want.sequence + 99).execute()


def _more_held_for_logins_than_the_pool_says():
    SeatPool.update(held_for_login=0).execute()


def _a_hold_whose_want_is_closed():
    Want.update(closed_at=NOW, closed_because="dismissed").execute()


def _a_ledger_with_a_gap():
    LedgerEntry.delete().where(LedgerEntry.sequence == 2).execute()


def _a_ledger_that_goes_on_behind_the_pool():
    SeatPool.update(ledger_sequence=SeatPool.ledger_sequence - 1).execute()


def _a_ledger_against_time():
    last = SeatPool.get().ledger_sequence
    LedgerEntry.update(at=NOW - timedelta(days=300)).where(LedgerEntry.sequence == last).execute()


def _lines_that_do_not_add_up():
    InvoiceLine.update(net_minor=InvoiceLine.net_minor + 1).execute()


def _a_credit_note_of_no_invoice():
    Invoice.update(credit_of="inv_nowhere").where(Invoice.counter == 2).execute()


def _a_credit_of_more_than_the_invoice():
    note = Invoice.get(Invoice.credit_of.is_null(is_null=False))
    Invoice.update(net_minor=-10_000_000).where(Invoice.id == note.id).execute()


def _a_credit_line_of_another_line():
    CreditLine.update(net_minor=CreditLine.net_minor + 1).execute()


def _a_credited_line_with_more_left():
    CreditLine.update(net_left_minor=CreditLine.net_left_minor + 1).execute()


def _a_credit_line_out_of_turn():
    CreditLine.update(number=7).execute()


def _a_credit_notes_tax_that_differs():
    CreditTax.update(tax_minor=CreditTax.tax_minor - 1).execute()


def _a_replacement_of_what_stands():
    replaced = Replacement.get().invoice_id
    note = Invoice.get(Invoice.credit_of == replaced)
    Invoice.update(total_minor=note.total_minor + 1).where(Invoice.id == note.id).execute()


def _a_replacement_for_another_cause():
    Invoice.update(cause="replacement:inv_other").where(
        Invoice.cause.startswith("replacement:")
    ).execute()


def _more_refunded_than_came_in():
    Refund.update(amount_minor=10_000_000).execute()


def _a_payment_without_its_bank_line():
    BankLine.delete().where(BankLine.direction == "in").execute()


def _a_bank_line_of_what_was_taken_back():
    payment = Payment.get(Payment.id << Reversal.select(Reversal.payment_id))
    BankLine.insert(
        organization_id=payment.organization_id,
        entry_id=payment.id,
        invoice_id=payment.invoice_id,
        direction="in",
        reference=payment.reference,
        amount_minor=payment.amount_minor,
        booked_on=payment.received_on,
        twin=9,
    ).execute()


def _a_payment_left_behind():
    Transfer.delete().execute()


def _more_paid_than_was_asked_for():
    invoice = Invoice.get()
    Payment.insert(
        organization_id=invoice.organization_id,
        id="pay_large",
        invoice_id=invoice.id,
        amount_minor=invoice.total_minor + 1,
        received_on=invoice.issued_on,
        reference="transfer",
        recorded_at=NOW,
        recorded_by="operator",
    ).execute()


def _a_gap_in_the_numbers():
    Invoice.update(counter=7).where(Invoice.counter == 2).execute()


def _a_number_behind_the_series():
    Invoice.update(counter=Invoice.counter + 10).execute()


def _a_number_against_its_date():
    Invoice.update(issued_on=date(2025, 1, 1)).where(Invoice.counter == 2).execute()


PLANTED = {
    _more_in_use_than_purchased: ("I1", "in use is not between 0 and purchased"),
    _fewer_than_none_in_use: ("I1", "in use is not between 0 and purchased"),
    _an_active_user_without_an_assignment: ("I2", "an active user holds no open assignment"),
    _an_active_user_who_names_another_assignment: ("I2", "an active user holds no open"),
    _an_inactive_user_with_an_assignment: ("I2", "an inactive or deleted user holds"),
    _seats_taken_out_inside_a_term: ("I3", "seats were taken out of the total"),
    _an_increase_without_an_invoice: ("I4", "an increase has no invoice"),
    _an_invoice_without_an_increase: ("I4", "an invoice has no increase"),
    _a_purchase_of_another_quantity: ("I4", "a purchase and its ledger entry differ"),
    _a_ledger_that_sums_up_to_something_else: ("I5", "the ledger's sum differs"),
    _seats_in_use_that_nobody_holds: (
        "I5",
        "the open assignments and live holds are not",
    ),
    _a_hold_that_ended_without_an_entry: ("I9", "a hold did not end once"),
    _a_hold_that_ended_twice: ("I9", "a hold did not end once"),
    _a_hold_that_never_began: ("I9", "a hold did not end once"),
    _a_holder_who_wants_a_seat: ("I2", "a person who holds a seat wants one"),
    _a_place_without_a_user_who_waits: ("I2", "a user waits without a place, or has one"),
    _a_user_who_waits_without_a_place: ("I2", "a user waits without a place, or has one"),
    _a_want_under_another_name: ("I2", "a want stands under another name than its user"),
    _a_want_without_its_sources: ("I2", "a want was asked for by others"),
    _a_want_with_a_place_beyond_the_last: ("I2", "a want was asked for by others"),
    _more_held_for_logins_than_the_pool_says: ("I5", "the seats held for logins are not"),
    _a_hold_whose_want_is_closed: ("I9", "a live hold serves no open want"),
    _a_ledger_with_a_gap: ("I6", "the ledger has a gap"),
    _a_ledger_that_goes_on_behind_the_pool: ("I6", "the ledger has a gap"),
    _a_ledger_against_time: ("I6", "the ledger runs against time"),
    _lines_that_do_not_add_up: ("I6", "an invoice's lines do not add up"),
    _a_credit_note_of_no_invoice: ("I6", "a credit note credits no invoice"),
    _a_credit_of_more_than_the_invoice: ("I6", "a credit note credits no invoice, or more"),
    _a_credit_line_of_another_line: ("I6", "a line of a credit note does not name"),
    _a_credited_line_with_more_left: ("I6", "what credits left of a line"),
    _a_credit_line_out_of_turn: ("I6", "what credits left of a line"),
    _a_credit_notes_tax_that_differs: ("I6", "the taxes of a credit note are not its tax"),
    _a_replacement_of_what_stands: ("I4", "a replacement stands for an invoice that was not"),
    _a_replacement_for_another_cause: ("I4", "a replacement stands for an invoice that was not"),
    _more_refunded_than_came_in: ("I6", "more was refunded than came in"),
    _a_payment_without_its_bank_line: ("I6", "a payment or refund that stands has no bank line"),
    _a_bank_line_of_what_was_taken_back: ("I6", "a payment or refund that stands has no bank"),
    _a_payment_left_behind: ("I6", "a payment or refund did not pass"),
    _more_paid_than_was_asked_for: ("I6", "more was paid than the invoice's total"),
    _a_gap_in_the_numbers: ("I10", "the numbers have a gap"),
    _a_number_behind_the_series: ("I10", "the numbers have a gap"),
    _a_number_against_its_date: ("I10", "a number is older than the one before it"),
}


def _a_term_that_opened_ahead_of_the_clock():
    ContractTerm.update(number=2, starts_on=date(2027, 1, 1)).execute()


def _a_successor_that_took_over_ahead_of_the_clock():
    Contract.update(took_over_at=NOW, takes_over_at=NOW).execute()
    SeatPool.update(term_starts_at=NOW + timedelta(hours=1)).execute()


def _an_invoice_dated_ahead_of_the_clock():
    Invoice.update(issued_on=date(2026, 3, 3)).where(Invoice.counter == 2).execute()


def _an_invoice_issued_ahead_of_the_clock():
    Invoice.update(issued_at=NOW + timedelta(hours=1)).where(Invoice.counter == 2).execute()


PLANTED_IN_TIME = {
    _a_term_that_opened_ahead_of_the_clock: "a term that follows another starts",
    _a_successor_that_took_over_ahead_of_the_clock: "a term that follows another starts",
    _an_invoice_dated_ahead_of_the_clock: "an invoice is dated after today",
    _an_invoice_issued_ahead_of_the_clock: "an invoice is dated after today",
}


@pytest.mark.parametrize("plant", PLANTED_IN_TIME, ids=lambda plant: plant.__name__.strip("_"))
def test_the_audit_finds_what_lies_ahead_of_the_clock(unaudited_database, plant):
    _a_year_of_an_organization()
    _take_the_rules_away(unaudited_database)
    assert audit(at=NOW) == []

    plant()

    found = [one.invariant for one in audit(at=NOW) if one.what.startswith(PLANTED_IN_TIME[plant])]
    assert set(found) == {"I12"}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
def test_the_audit_finds(unaudited_database, plant):
    _a_year_of_an_organization()
    _take_the_rules_away(unaudited_database)
    invariant, what = PLANTED[plant]

    plant()

    found = [violation for violation in audit() if violation.what.startswith(what)]
    assert {violation.invariant for violation in found} == {invariant}


def test_every_check_of_the_audit_has_a_planted_violation():
    planted = set(PLANTED.values())

    unproven = [
        what
        for invariant, what, _ in CHECKS
        if not any(invariant == number and what.startswith(text) for number, text in planted)
    ]

    assert unproven == []


@pytest.mark.usefixtures("unaudited_database")
def test_the_audit_finds_nothing_in_a_busy_year():
    acme = _a_year_of_an_organization()
    _a_year_of_an_organization()
    an_organization(3, invoiced_elsewhere="SO-17")
    renew_if_due(acme.id, at=NOW.replace(year=2029))

    assert audit() == []


def test_the_audit_names_the_organization(unaudited_database):
    acme = _a_year_of_an_organization()
    _a_year_of_an_organization()
    _take_the_rules_away(unaudited_database)

    SeatPool.update(in_use=-1).where(SeatPool.organization_id == acme.id).execute()

    assert {violation.where for violation in audit()} == {acme.id}


def _a_year_of_an_organization():
    customer = an_organization(2, auto_renew=True)
    first, _ = fill(customer)
    deactivate(customer, first)
    buy(customer, 2)
    a_user(customer)
    _put_the_signings_invoice_right(customer)
    _check_with_a_hold(customer, "came-late@example.com", at=NOW - timedelta(hours=1))
    _check_with_a_hold(customer, "comes-now@example.com", at=NOW)
    _park(customer, 2)
    buy(customer, 1)
    return customer


def _park(customer, people):
    set_organization(customer.owner, OrganizationChanges(when_full="park"), at=NOW)
    fill(customer)
    for _ in range(people):
        a_user(customer)


def _put_the_signings_invoice_right(customer):
    """Pay, take back, pay again, credit, refund and replace the invoice of the signing."""
    invoice, operator = customer.signing.invoice, customer.operator
    receipt = Receipt(1_000, NOW.date(), "SEPA 4711")
    wrong = record_payment(operator, invoice.id, receipt, at=NOW - timedelta(hours=2)).payment
    reverse_entry(operator, wrong.id, "entered by mistake", at=NOW - timedelta(hours=2))
    record_payment(operator, invoice.id, receipt, at=NOW - timedelta(hours=2))
    credit_invoice(operator, invoice.id, at=NOW)
    record_refund(operator, invoice.id, Repayment(400, NOW.date(), "back"), at=NOW)
    replace_invoice(operator, invoice.id, at=NOW)


def _check_with_a_hold(customer, user_name, at):
    decide(customer.sso, Login(user_name, mode=Mode.CHECK, hold=True), at=at)


def _take_the_rules_away(database):
    """Drop every trigger and CHECK, so that what they forbid can be planted."""
    if on_postgresql():
        database.execute_sql("SET session_replication_role = replica")
        checks = database.execute_sql(
            "SELECT conrelid::regclass, conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = 'public'::regnamespace"
        ).fetchall()
        for table, name in checks:
            database.execute_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        return
    database.execute_sql("PRAGMA ignore_check_constraints = ON")
    database.execute_sql("PRAGMA foreign_keys = OFF")
    triggers = database.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        database.execute_sql(f'DROP TRIGGER "{name}"')
