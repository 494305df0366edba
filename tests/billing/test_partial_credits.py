"""Parts of an invoice are credited: whole seats as they were sold, or an amount of a line."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.invoices.crediting import credit_invoice, leftovers_of
from app.billing.invoices.issuing import document_of, lines_of
from app.billing.invoices.leftovers import Portion
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.settlement import settlement_of, settlements_of
from app.billing.invoices.wording import invoice_words
from app.errors import InvalidInput, InvoiceVoid
from app.models import AuditEvent, CreditLine
from app.organizations.settings import OrganizationChanges, set_organization
from tests.support.builders import NOW, a_user, an_organization, buy

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 3, 1)
MID_MONTH = datetime(2026, 3, 17, 9, tzinfo=UTC)


@pytest.fixture
def acme():
    customer = an_organization(1)
    tax(customer, "20")
    return customer


@pytest.fixture
def bought(acme):
    """Return the invoice of five seats for 294/31 months: 2,370.97 before tax."""
    return buy(acme, 5, at=MID_MONTH).invoice


def tax(customer, rate):
    changes = OrganizationChanges(tax_rate=rate)
    set_organization(acting(operator_for(customer.id), at=NOW), changes)


def credit(customer, invoice, line=None, *, at=MID_MONTH, **portion):
    wanted = Portion(line or 1, **portion) if portion or line else None
    return credit_invoice(acting(customer.operator, at=at), invoice.id, wanted)


def test_seats_are_credited_as_they_were_sold(acme, bought):
    note = credit(acme, bought, seats=2)

    (line,) = lines_of(note)
    assert (line.quantity, line.net_minor, line.unit_price_minor) == (-2, -94_839, 60_000)
    assert (note.net_minor, note.tax_minor) == (-94_839, -18_968)


def test_crediting_some_seats_and_then_the_others_closes_to_zero(acme, bought):
    notes = [credit(acme, bought, seats=2), credit(acme, bought, seats=3)]

    assert sum(note.net_minor for note in notes) == -bought.net_minor
    assert sum(note.tax_minor for note in notes) == -bought.tax_minor
    assert settlement_of(bought).state(TODAY) == "void"


def test_an_amount_of_a_line_is_credited_before_tax(acme, bought):
    note = credit(acme, bought, amount_minor=10_000)

    assert (note.net_minor, note.tax_minor, note.total_minor) == (-10_000, -2_000, -12_000)
    assert [line.quantity for line in lines_of(note)] == [0]


def test_the_line_of_a_credit_names_the_line_that_it_credits(acme, bought):
    note = credit(acme, bought, seats=1)

    row = CreditLine.get(CreditLine.credit_note_id == note.id)

    assert (row.invoice_id, row.line_position, row.number) == (bought.id, 1, 1)
    assert (row.seats_left, row.net_left_minor) == (4, bought.net_minor - 47_419)


def test_without_a_portion_all_that_is_left_is_credited(acme, bought):
    credit(acme, bought, amount_minor=10_000)

    rest = credit(acme, bought)

    assert rest.net_minor == 10_000 - bought.net_minor
    assert settlement_of(bought).state(TODAY) == "void"
    assert settlement_of(bought).open_minor == 0


@pytest.mark.parametrize(
    ("portion", "field", "sentence"),
    [
        ({"seats": 4}, "seats", r"Line 1 has 3 seats and 1422\.58 EUR left to credit"),
        ({"seats": 0}, "seats", "Line 1 has 3 seats"),
        ({"amount_minor": 142_259}, "amount", r"Line 1 has 3 seats and 1422\.58 EUR left"),
        ({"amount_minor": 0}, "amount", "Line 1 has 3 seats"),
        ({"seats": 1, "amount_minor": 1}, "seats", "not both"),
        ({"line": 2}, "line", "There is no line 2"),
    ],
)
def test_more_than_is_left_of_a_line_is_refused_and_what_is_left_is_named(
    acme, bought, portion, field, sentence
):
    credit(acme, bought, seats=2)

    with pytest.raises(InvalidInput, match=sentence) as refusal:
        credit(acme, bought, **portion)

    assert refusal.value.field == field
    assert CreditLine.select().count() == 1


def test_seats_whose_amount_was_credited_are_not_credited_at_their_whole_price(acme, bought):
    credit(acme, bought, amount_minor=200_000)

    with pytest.raises(InvalidInput, match="Credit fewer, or the rest of the line"):
        credit(acme, bought, seats=5)


def test_nothing_is_left_to_credit_of_a_void_invoice(acme, bought):
    credit(acme, bought, seats=5)

    with pytest.raises(InvoiceVoid):
        credit(acme, bought, amount_minor=1)


def test_seats_quotes_and_renewals_stay_when_a_part_is_credited(acme, bought):
    a_user(acme)
    before = acme.counts

    credit(acme, bought, seats=4)

    assert acme.counts == before


def test_the_same_credit_twice_within_a_day_must_be_meant(acme, bought):
    first = credit(acme, bought, seats=1)

    with pytest.raises(InvalidInput, match=f"{first.number} credited just this of line 1"):
        credit(acme, bought, seats=1)

    assert credit(acme, bought, seats=1, again=True).number == "CN-2026-000002"
    assert credit(acme, bought, seats=1, at=MID_MONTH + timedelta(hours=25))


def test_a_partly_credited_invoice_says_so_until_it_is_due(acme, bought):
    credit(acme, bought, seats=1)

    settlement = settlement_of(bought)

    assert settlement.state(bought.due_on) == "partly_credited"
    assert settlement.state(bought.due_on + timedelta(days=1)) == "overdue"
    assert settlement.credited_minor == 56_903


def test_what_was_paid_beyond_what_is_left_is_overpaid(acme, bought):
    receipt = Receipt(bought.total_minor, MID_MONTH.date(), "SEPA 4711")
    record_payment(acting(acme.operator, at=MID_MONTH), bought.id, receipt)

    note = credit(acme, bought, seats=1)

    settlement = settlement_of(bought)
    assert settlement.state(TODAY) == "paid"
    assert settlement.overpaid_minor == -note.total_minor


def test_a_partial_credit_note_does_not_say_that_it_cancels(acme, bought):
    words = invoice_words(document_of(credit(acme, bought, seats=1), TODAY))

    said = {fact.label: fact.text for fact in words.facts}
    assert said["Credit on invoice"] == f"{bought.number} of 17 March 2026"
    assert "Credits invoice" not in said
    assert words.lines[0].details[0].startswith("-1 seat \N{MULTIPLICATION SIGN} €600.00")


def test_the_printed_tax_of_a_credit_note_is_the_one_it_was_issued_with(acme, bought):
    notes = [credit(acme, bought, seats=1, again=True) for _ in range(5)]

    printed = [document_of(note, TODAY).totals for note in notes]

    assert [totals.tax_minor for totals in printed] == [note.tax_minor for note in notes]
    assert sum(totals.total_minor for totals in printed) == -bought.total_minor


def test_the_audit_trail_keeps_what_was_open_before_and_after(acme, bought):
    note = credit(acme, bought, seats=1)

    event = AuditEvent.get(AuditEvent.kind == "invoice.credited")

    assert event.before == {"open_minor": bought.total_minor}
    assert event.after["open_minor"] == bought.total_minor + note.total_minor


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seats=st.integers(1, 7),
    price=st.integers(0, 20_003),
    rate=st.sampled_from(["0", "5.5", "20", "19.6"]),
    day=st.integers(1, 31),
    portions=st.lists(st.tuples(st.booleans(), st.integers(1, 4_000)), max_size=6),
)
def test_credits_of_any_kind_close_an_invoice_to_zero(seats, price, rate, day, portions):
    customer = an_organization(1, unit_price_minor=price)
    tax(customer, rate)
    invoice = buy(customer, seats, at=datetime(2026, 3, day, 9, tzinfo=UTC)).invoice
    at = datetime(2026, 4, 1, tzinfo=UTC)

    for by_seats, size in portions:
        portion = {"seats": size % 3 + 1} if by_seats else {"amount_minor": size}
        try:
            credit(customer, invoice, **portion, again=True, at=at)
        except (InvalidInput, InvoiceVoid):
            continue
    if not settlement_of(invoice).is_void:
        credit(customer, invoice, at=at)

    (settlement,) = settlements_of(customer.id, [invoice])
    notes = settlement.credit_notes
    assert sum(note.net_minor for note in notes) == -invoice.net_minor
    assert sum(note.tax_minor for note in notes) == -invoice.tax_minor
    assert all(note.net_minor <= 0 and note.tax_minor <= 0 for note in notes)
    assert all(left.net_minor == 0 for left in leftovers_of(invoice).values())
