"""Tables for an accountant: they come to what the ledger of invoices says."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.billing.bookkeeping.allotting import less, received_parts
from app.billing.bookkeeping.days import Days, month_of
from app.billing.bookkeeping.deferral import deferral_entry, deferrals_on
from app.billing.bookkeeping.journal import journal
from app.billing.bookkeeping.sheets import sheet_text
from app.billing.bookkeeping.statement import statement_of
from app.billing.bookkeeping.vat import due_within, services_declaration
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.settlement import settlements_of
from app.billing.taxes import TaxLine
from app.i18n.languages import ENGLISH, Language
from app.models import Invoice
from tests.support.books import CUSTOMERS, STEPS, Year, a_customer, a_french_seller
from tests.support.builders import NOW

YEAR = Days(date(2026, 1, 1), date(2026, 12, 31))

TAXES = st.lists(
    st.builds(TaxLine, st.integers(0, 10_000), st.integers(1, 10**6), st.integers(0, 10**5)),
    min_size=1,
    max_size=3,
    unique_by=lambda line: line.rate_basis_points,
)


@given(TAXES, st.lists(st.integers(1, 10**6), max_size=6))
def test_parts_of_payments_add_up_to_the_tax_when_all_is_paid(taxes, amounts):
    whole = sum(line.net_minor + line.tax_minor for line in taxes)
    received, before, sums = 0, (), []
    for amount in [*amounts, whole]:
        received = min(received + amount, whole)
        parts = received_parts(taxes, received)
        assert sum(part.net_minor + part.tax_minor for part in parts) == received
        sums += less(parts, before)
        before = parts

    assert less(sums, taxes) == ()


@pytest.mark.usefixtures("database")
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, kind=st.sampled_from(sorted(CUSTOMERS)))
def test_journal_statement_and_vat_come_to_the_ledger_of_invoices(steps, kind):
    a_french_seller()
    customer = a_customer(kind)
    year = Year([customer])
    year.go(steps)
    settled = settlements_of(customer.id, list(Invoice.of(customer.id)))

    rows = list(journal(YEAR, ENGLISH, customer.id).rows)
    statement = statement_of(customer.id, YEAR)
    due = [part for _, part in due_within(YEAR, customer.id)]

    total_minor = sum(one.invoice.total_minor for one in settled)
    assert sum(row[-1].minor for row in rows) == total_minor
    assert {row[0] for row in rows} == {one.invoice.number for one in settled}
    assert statement.balances[0].closing_minor == sum(one.open_minor for one in settled)
    received = sum(one.paid_minor - one.refunded_minor for one in settled)
    assert sum(part.net_minor + part.tax_minor for part in due) == received
    if all(one.open_minor == 0 for one in settled if one.invoice.credit_of is None):
        taxes_minor = sum(one.invoice.tax_minor for one in settled)
        assert sum(part.tax_minor for part in due) == taxes_minor


@pytest.mark.usefixtures("database")
def test_income_is_deferred_by_days_and_what_was_credited_is_not():
    a_french_seller()
    customer, other = a_customer(), a_customer()
    credit_invoice(acting(other.operator, at=NOW), other.signing.invoice.id)

    (deferral,) = deferrals_on(date(2026, 10, 19))

    # 3,000.00 for 365 days, of which 73 come after 19 October.
    assert (deferral.days_after, deferral.deferred_minor) == (73, 60_000)
    assert deferral.issued.invoice.organization_id == customer.id
    assert list(deferrals_on(date(2026, 12, 31))) == []
    assert len(list(deferrals_on(date(2026, 2, 28)))) == 2
    entry = deferral_entry(date(2026, 10, 19))
    assert (entry.balance_cents, entry.postings[0].cents) == (0, 60_000)


@pytest.mark.usefixtures("database")
def test_services_are_declared_by_buyer_for_reverse_charge_alone():
    a_french_seller()
    european, _, _ = (a_customer(kind) for kind in ("european", "domestic", "foreign"))

    rows = list(services_declaration(month_of("2026-01")).rows)

    assert [(row[0], row[1], row[3].minor) for row in rows] == [("2026-01", "DE136695976", 300_000)]
    assert list(services_declaration(month_of("2026-02"), european.id).rows) == []


@pytest.mark.usefixtures("database")
def test_a_text_that_a_spreadsheet_would_run_is_defused_in_tables():
    customer = a_customer(number="=1+1")
    sheet = journal(YEAR, Language("fr"), customer.id)

    text = "".join(sheet_text(sheet, Language("fr")))

    assert ";'=1+1;" in text
    assert ";3000,00;600,00;3600,00" in text


@pytest.mark.usefixtures("database")
def test_vat_is_by_the_day_received_and_partial():
    a_french_seller()
    customer = a_customer()
    context = acting(customer.operator, at=NOW)
    record_payment(context, customer.signing.invoice.id, Receipt(100_000, NOW.date(), "SEPA 1"))

    ((movement, part),) = due_within(Days(NOW.date(), NOW.date()))

    assert (movement.day, part.tax_minor, part.net_minor) == (NOW.date(), 16_667, 83_333)


@pytest.mark.usefixtures("database")
def test_an_invoice_stands_before_what_a_slower_clock_received_for_it_that_day():
    customer = a_customer()
    invoice = customer.signing.invoice
    behind = acting(customer.operator, at=invoice.issued_at - timedelta(seconds=1))
    record_payment(behind, invoice.id, Receipt(100_000, invoice.issued_on, "SEPA 1"))

    lines = statement_of(customer.id, YEAR).lines

    assert [(line.kind, line.balance_minor) for line in lines] == [
        ("invoice", invoice.total_minor),
        ("received", invoice.total_minor - 100_000),
    ]
