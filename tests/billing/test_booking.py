"""Entries in the layout of the FEC: they balance, have no gap, and say what the invoices say."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.billing.bookkeeping.booking import entries_text
from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.refusals import AccountsMissing, EuroRateMissing
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.replacing import replace_invoice
from app.billing.invoices.reversing import reverse_entry
from app.billing.invoices.settlement import settlements_of
from app.errors import InvalidInput
from app.models import Invoice
from app.organizations.settings import OrganizationChanges, set_organization
from tests.support.books import (
    CUSTOMERS,
    STEPS,
    Year,
    a_customer,
    a_french_seller,
    cents,
    fec_rows,
)
from tests.support.builders import NOW
from tests.support.effort import examples

pytestmark = pytest.mark.usefixtures("database")

YEAR = Days(date(2026, 1, 1), date(2026, 12, 31))


def booked(days=YEAR, organization_id=None):
    return fec_rows("".join(entries_text(days, organization_id)))


def amounts(rows):
    """Return what is debited, less what is credited, by account."""
    sums = defaultdict(int)
    for row in rows:
        sums[row["CompteNum"]] += cents(row["Debit"]) - cents(row["Credit"])
    return {account: amount for account, amount in sums.items() if amount}


def pay(customer, amount_minor, *, at=NOW, invoice=None, reference="SEPA 4711"):
    receipt = Receipt(amount_minor, at.date(), reference)
    invoice = invoice or customer.signing.invoice
    return record_payment(acting(customer.operator, at=at), invoice.id, receipt).payment


def test_an_invoice_and_its_payment_are_booked():
    a_french_seller()
    customer = a_customer("domestic", "C-17")
    pay(customer, 120_000)

    rows = booked()

    assert " ".join(rows[0]) == (
        "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib "
        "PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise "
        "Idevise"
    )
    assert [
        (row["EcritureNum"], row["EcritureDate"], row["CompteNum"], row["Debit"], row["Credit"])
        for row in rows
    ] == [
        ("VT-2026-000001", "20260101", "411000", "3600,00", "0,00"),
        ("VT-2026-000001", "20260101", "706000", "0,00", "3000,00"),
        ("VT-2026-000001", "20260101", "445800", "0,00", "600,00"),
        ("BQ-2026-000001", "20260301", "512000", "1200,00", "0,00"),
        ("BQ-2026-000001", "20260301", "411000", "0,00", "1200,00"),
        ("BQ-2026-000001", "20260301", "445800", "200,00", "0,00"),
        ("BQ-2026-000001", "20260301", "445710", "0,00", "200,00"),
    ]
    assert {row["CompAuxNum"] for row in rows} == {"C-17", ""}
    assert (rows[0]["PieceRef"], rows[3]["PieceRef"]) == ("INV-2026-000001", "SEPA 4711")


def test_vat_is_due_at_the_issue_where_the_seller_opted_for_the_debits():
    a_french_seller(vat_on_debits="yes")
    pay(a_customer(), 360_000)

    assert amounts(booked()) == {"706000": -300_000, "445710": -60_000, "512000": 360_000}


def test_another_currency_is_booked_in_euros_and_named():
    a_french_seller()
    customer = a_customer("foreign", currency="USD")
    pay(customer, 300_000)

    rows = booked()

    assert amounts(rows) == {"706000": -276_450, "512000": 276_450}
    assert {(row["Montantdevise"], row["Idevise"]) for row in rows} == {("3000,00", "USD")}


def test_a_currency_without_a_rate_is_named_with_its_day():
    a_french_seller()
    a_customer("foreign", currency="CHF")

    with pytest.raises(EuroRateMissing, match="No rate of CHF in euros is known for 2026-01-01"):
        booked()


def test_missing_accounts_are_named():
    a_customer()

    with pytest.raises(AccountsMissing, match="--account customers=NUMBER") as refusal:
        booked()

    assert refusal.value.facts["missing"] == ["customers", "sales", "bank", "vat", "vat_pending"]


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidInput, match="ends before it begins"):
        Days(date(2026, 3, 2), date(2026, 3, 1))


def test_what_parts_fields_cannot_come_from_a_name_and_no_text_is_defused():
    a_french_seller()
    customer = a_customer()
    set_organization(
        acting(customer.operator, at=NOW), OrganizationChanges(party={"legal_name": "=Acme"})
    )
    credit_invoice(acting(customer.operator, at=NOW), customer.signing.invoice.id)
    replacement = replace_invoice(
        acting(customer.operator, at=NOW), customer.signing.invoice.number
    )

    rows = [row for row in booked() if row["PieceRef"] == replacement.number]

    assert rows[0]["CompAuxLib"] == "=Acme"


def test_a_payment_passes_to_the_replacement_with_its_vat():
    a_french_seller()
    customer = a_customer()
    pay(customer, 120_000)
    invoice = customer.signing.invoice
    context = acting(customer.operator, at=NOW)
    set_organization(context, OrganizationChanges(tax="domestic 5.5"))
    credit_invoice(context, invoice.id)
    replace_invoice(context, invoice.id)

    other = [row for row in booked() if row["JournalCode"] == "OD"]

    assert {row["EcritureNum"] for row in other} == {"OD-2026-000001"}
    # 1,200.00 at 20 % hold 200.00 of VAT, at 5.5 % they hold 62.56.
    assert amounts(other) == {"445710": 20_000 - 6_256, "445800": -20_000 + 6_256}


def test_what_was_exported_of_a_period_stays_as_it_was():
    a_french_seller()
    customer = a_customer()
    payment = pay(customer, 360_000)
    march = Days(date(2026, 3, 1), date(2026, 3, 31))
    before = "".join(entries_text(march))

    context = acting(customer.operator, at=NOW + timedelta(days=40))
    reverse_entry(context, payment.id, "bounced")
    credit_invoice(context, customer.signing.invoice.id)
    replacement = replace_invoice(context, customer.signing.invoice.id)
    pay(customer, 1_000, at=context.at, invoice=replacement)

    assert "".join(entries_text(march)) == before
    april = booked(Days(date(2026, 4, 1), date(2026, 4, 30)))
    assert {row["EcritureDate"] for row in april} == {"20260410"}


def test_months_together_are_the_year_and_numbers_go_on():
    a_french_seller()
    year = Year([a_customer(), a_customer("european")])
    year.go([(what, one, 400, 9) for one in range(9) for what in ("pay", "buy", "reverse")])
    firsts = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
    months = [Days(first, end - timedelta(days=1)) for first, end in pairwise(firsts)]

    together = [row for month in months for row in booked(month)]

    in_order = sorted(together, key=lambda row: list("VBO").index(row["JournalCode"][0]))
    assert in_order == booked()
    assert len(together) > 60


@settings(
    max_examples=examples(10, many=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=STEPS, kind=st.sampled_from(sorted(CUSTOMERS)), currency=st.sampled_from(["EUR", "USD"])
)
def test_entries_balance_have_no_gap_and_come_to_what_the_invoices_say(steps, kind, currency):
    a_french_seller()
    customer = a_customer(kind, currency=currency)
    year = Year([customer])
    year.go(steps)

    rows = booked(organization_id=customer.id)

    by_entry = defaultdict(list)
    for row in rows:
        by_entry[row["EcritureNum"]].append(row)
    for journal in ("VT", "BQ", "OD"):
        numbers = [number for number in by_entry if number.startswith(journal)]
        assert numbers == [f"{journal}-2026-{count:06}" for count, _ in enumerate(numbers, 1)]
    for postings in by_entry.values():
        assert sum(amounts(postings).values()) == 0
    if currency == "EUR":
        _check_sums(customer, amounts(rows))


def _check_sums(customer, booked_on):
    """Check the accounts against the ledger of invoices."""
    settled = settlements_of(customer.id, list(Invoice.of(customer.id)))
    left = [one for one in settled if one.invoice.credit_of is None]
    received = sum(one.paid_minor - one.refunded_minor for one in settled)
    vat = {account: booked_on.get(account, 0) for account in ("445710", "445800")}
    assert booked_on.get("411000", 0) == sum(one.open_minor for one in settled)
    assert booked_on.get("706000", 0) == -sum(one.invoice.net_minor for one in settled)
    assert sum(vat.values()) == -sum(one.invoice.tax_minor for one in settled)
    assert booked_on.get("512000", 0) == received
    if all(one.open_minor == 0 for one in left):
        assert vat["445800"] == 0
