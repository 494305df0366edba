"""The audit finds what the database would refuse, planted with its rules taken away."""

from datetime import date, timedelta

import pytest
from app.seats.audit import CHECKS, audit

from app.billing.contracts.renewals import renew_if_due
from app.db.connections import on_postgresql
from app.models import (
    Hold,
    Invoice,
    InvoiceLine,
    LedgerEntry,
    Payment,
    Purchase,
    SeatAssignment,
    SeatPool,
    User,
)
from app.people.sign_in import Login, Mode, decide
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
    _a_ledger_with_a_gap: ("I6", "the ledger has a gap"),
    _a_ledger_that_goes_on_behind_the_pool: ("I6", "the ledger has a gap"),
    _a_ledger_against_time: ("I6", "the ledger runs against time"),
    _lines_that_do_not_add_up: ("I6", "an invoice's lines do not add up"),
    _a_credit_note_of_no_invoice: ("I6", "a credit note is not the mirror"),
    _more_paid_than_was_asked_for: ("I6", "more was paid than the invoice's total"),
    _a_gap_in_the_numbers: ("I10", "the numbers have a gap"),
    _a_number_behind_the_series: ("I10", "the numbers have a gap"),
    _a_number_against_its_date: ("I10", "a number is older than the one before it"),
}


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
    _check_with_a_hold(customer, "came-late@example.com", at=NOW - timedelta(hours=1))
    _check_with_a_hold(customer, "comes-now@example.com", at=NOW)
    return customer


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
