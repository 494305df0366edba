"""A database of before corrections comes through: what was credited and paid has its records."""

from datetime import date

import pytest

from app.access.context import acting
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.issuing import document_of, find_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.settlement import settlement_of
from app.db import migrating
from app.models import BankLine, CreditLine
from tests.support.builders import NOW, an_organization, buy

NAME = "0008_corrections"
TODAY = date(2026, 3, 1)

TABLES = (
    "transfer",
    "reversal",
    "refund",
    "replacement",
    "credit_tax",
    "credit_line",
    "bank_line",
)

UNDONE = (
    *(f"DROP TABLE {table}" for table in TABLES),
    "DROP INDEX invoice_credit_of",
    "CREATE UNIQUE INDEX invoice_credited_once ON invoice (organization_id, credit_of)"
    " WHERE credit_of IS NOT NULL",
)


def indexes(database):
    """Return the statements of the indexes of what corrections made, by their names."""
    found = [index for table in TABLES for index in database.get_indexes(table)]
    return {index.name: index.sql for index in found if index.sql}


def undo(database):
    """Take the database back to before corrections; return the indexes that go."""
    gone = indexes(database)
    for statement in UNDONE:
        database.execute_sql(statement)
    history = migrating._runner().History
    history.delete().where(history.name == NAME).execute()
    return gone


def complete(database, wanted):
    """Make the indexes anew that later migrations gave to the tables."""
    for name in wanted.keys() - indexes(database).keys():
        database.execute_sql(wanted[name])
    assert indexes(database) == wanted


def pay(customer, invoice):
    receipt = Receipt(10_000, TODAY, " SEPA 4711", another=True)
    return record_payment(acting(customer.operator, at=NOW), invoice.id, receipt)


@pytest.fixture
def migrated(database):
    """Return a customer whose signing was credited and whose purchase was paid twice, since."""
    acme = an_organization(2)
    credit_invoice(acting(acme.operator, at=NOW), acme.signing.invoice.id)
    bought = buy(acme, 1).invoice
    for _ in range(2):
        pay(acme, bought)
    wanted = undo(database)
    assert migrating._runner().up(NAME) == [NAME]
    complete(database, wanted)
    return acme, bought


def test_a_full_credit_is_one_of_all_that_was_left(migrated):
    acme, _ = migrated
    invoice = find_invoice(acme.id, acme.signing.invoice.id)

    row = CreditLine.get()

    assert (row.basis, row.seats, row.net_minor) == ("rest", 2, 120_000)
    assert settlement_of(invoice).state(TODAY) == "void"
    note = find_invoice(acme.id, "CN-2026-000001")
    assert document_of(note, TODAY).totals.total_minor == note.total_minor
    assert replace_invoice(acting(acme.operator, at=NOW), invoice.id).number == "INV-2026-000003"


def test_a_line_that_was_entered_twice_stays_so_and_is_not_entered_again(migrated):
    acme, bought = migrated

    receipt = Receipt(10_000, TODAY, "SEPA 4711")
    again = record_payment(acting(acme.operator, at=NOW), bought.id, receipt)

    assert again.repeated
    assert settlement_of(bought).paid_minor == 20_000
    assert sorted(line.twin for line in BankLine.select()) == [1, 2]
