from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError, OperationalError

from app.access.context import acting
from app.billing.contracts.amending import end_contract
from app.billing.invoices import crediting
from app.billing.invoices.crediting import credit_invoice, leftovers_of
from app.billing.invoices.facts import Fact
from app.billing.invoices.issuing import document_of, find_invoice, invoices_of, lines_of
from app.billing.invoices.leftovers import Portion, take
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.invoices.pdf import invoice_pdf
from app.billing.invoices.settlement import settlement_of, settlements_of
from app.billing.invoices.wording import invoice_words
from app.db.transactions import transaction
from app.errors import InvalidInput, InvoiceVoid, NotFound
from app.models import CreditLine, Invoice, Organization, Payment, Seller
from app.organizations.settings import SellerChanges, set_seller
from tests.support.builders import NOW, a_contract, a_user, an_organization, buy
from tests.support.effort import examples

pytestmark = pytest.mark.usefixtures("database")

TODAY = date(2026, 3, 1)


@pytest.fixture
def acme():
    return an_organization(2)


@pytest.fixture
def invoice(acme):
    return acme.signing.invoice


def credit(customer, invoice, portion=None, *, at=NOW):
    return credit_invoice(acting(customer.operator, at=at), invoice.id, portion)


def pay(customer, invoice, amount_minor):
    receipt = Receipt(amount_minor, TODAY, "SEPA 4711")
    return record_payment(acting(customer.operator, at=NOW), invoice.id, receipt)


def test_a_credit_note_is_the_mirror_of_its_invoice(acme, invoice):
    credit_note = credit(acme, invoice)

    mirrored = [line.credited() for line in lines_of(invoice)]
    assert list(lines_of(credit_note)) == mirrored
    assert credit_note.total_minor == -invoice.total_minor
    assert credit_note.buyer == invoice.buyer
    assert credit_note.credit_of == invoice.id


def test_a_credited_invoice_is_void_and_the_invoice_itself_is_as_it_was(acme, invoice):
    before = find_invoice(acme.id, invoice.id).__data__

    credit(acme, invoice)

    assert settlement_of(invoice).state(TODAY) == "void"
    assert find_invoice(acme.id, invoice.id).__data__ == before


def test_seats_stay_when_their_invoice_is_credited(acme, invoice):
    a_user(acme)

    credit(acme, invoice)

    assert acme.counts == (2, 1)


def test_an_invoice_is_credited_once(acme, invoice):
    credit(acme, invoice)

    with pytest.raises(InvoiceVoid, match="was credited before"):
        credit(acme, invoice)

    assert Invoice.select().where(Invoice.credit_of == invoice.id).count() == 1


def test_the_database_itself_refuses_a_second_credit_of_the_same_rest(acme, invoice):
    credit(acme, invoice)
    row = CreditLine.get().__data__

    with pytest.raises(IntegrityError):
        CreditLine.insert({**row, "position": 2}).execute()


@pytest.mark.parametrize("left", ["seats_left", "net_left_minor"])
def test_the_database_itself_refuses_to_credit_more_than_is_left(acme, invoice, left):
    credit(acme, invoice, Portion(1, seats=1))
    row = CreditLine.get().__data__

    with pytest.raises(IntegrityError):
        CreditLine.insert({**row, "number": 2, left: -1}).execute()


def test_a_credit_note_cannot_be_credited(acme, invoice):
    credit_note = credit(acme, invoice)

    with pytest.raises(InvalidInput, match="is a credit note"):
        credit(acme, credit_note)


def test_another_organizations_invoice_cannot_be_credited(invoice):
    with pytest.raises(NotFound):
        credit(an_organization(1), invoice)


def test_credit_notes_have_a_series_of_their_own_without_a_gap(acme, invoice):
    bought = buy(acme, 1).invoice
    with pytest.raises(RuntimeError, match="after the number was taken"):
        _credit_and_fall(invoice)

    notes = [credit(acme, invoice), credit(acme, bought)]

    assert [note.number for note in notes] == ["CN-2026-000001", "CN-2026-000002"]
    assert buy(acme, 1).invoice.number == "INV-2026-000003"


def test_the_seller_chooses_the_series_of_credit_notes(acme, invoice):
    set_seller(SellerChanges(credit_note_series="AV"), at=NOW)

    assert credit(acme, invoice).number == "AV-2026-000001"


@pytest.mark.parametrize(
    "changes",
    [
        SellerChanges(credit_note_series="INV"),
        SellerChanges(series="CN"),
        SellerChanges(series="NEW", credit_note_series="INV"),
        SellerChanges(series="CN", credit_note_series="NEW"),
        SellerChanges(credit_note_series="no capitals"),
    ],
    ids=["as invoices now", "as credit notes now", "as invoices once", "as credit notes once", "-"],
)
def test_no_series_numbers_both_invoices_and_credit_notes(acme, invoice, changes):
    credit(acme, invoice)

    with pytest.raises(InvalidInput, match="series"):
        set_seller(changes, at=NOW)

    assert Seller.get().series == "INV"


def test_a_credit_note_is_dated_in_its_own_year(acme, invoice):
    late = credit(acme, invoice, at=datetime(2027, 1, 5, tzinfo=UTC))

    assert (late.number, late.issued_on) == ("CN-2027-000001", date(2027, 1, 5))


def test_what_was_paid_for_a_credited_invoice_is_to_be_given_back(acme, invoice):
    pay(acme, invoice, 50_000)

    credit(acme, invoice)

    settlement = settlement_of(invoice)
    assert (settlement.paid_minor, settlement.open_minor) == (50_000, -50_000)


def test_a_credit_note_awaits_no_money(acme, invoice):
    settlement = settlement_of(credit(acme, invoice))

    assert settlement.state(TODAY + timedelta(days=400)) == "issued"
    assert settlement.open_minor == 0


def test_a_credit_note_prints_the_number_of_its_invoice(acme, invoice):
    document = document_of(credit(acme, invoice), TODAY)

    words = invoice_words(document)

    assert words.title == "Credit note"
    assert Fact("Credits invoice", "INV-2026-000001 of 1 January 2026") in words.facts
    assert words.headline == "1,200.00\xa0EUR credited"
    assert invoice_pdf(document).startswith(b"%PDF")


def test_a_credit_note_speaks_the_language_and_names_the_parties_of_its_invoice(acme, invoice):
    Organization.update(language="fr", party={"legal_name": "Renamed"}).execute()

    credit_note = credit(acme, invoice)

    assert (credit_note.language, credit_note.buyer) == (invoice.language, invoice.buyer)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_payments_and_credit_notes_are_append_only(acme, invoice, change):
    pay(acme, invoice, 1)
    credit(acme, invoice)

    for rows in (Payment, Invoice):
        statement = rows.delete() if change == "delete" else rows.update(organization_id="org_x")
        with pytest.raises((IntegrityError, OperationalError), match="append-only"):
            statement.execute()


@settings(
    max_examples=examples(10, many=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 120_000)), max_size=6))
def test_what_is_open_over_all_invoices_is_billed_less_paid(steps):
    acme = an_organization(1)
    paid = 0
    for is_credited, amount in steps:
        bought = buy(acme, 1).invoice
        if amount <= bought.total_minor:
            pay(acme, bought, amount)
            paid += amount
        if is_credited:
            credit(acme, bought)

    settlements = settlements_of(acme.id, invoices_of(acme.id))

    billed = sum(settlement.invoice.total_minor for settlement in settlements)
    assert sum(settlement.open_minor for settlement in settlements) == billed - paid


def test_an_ended_contracts_invoice_can_be_credited_after_the_next_signing(acme, invoice):
    end_contract(acting(acme.operator, at=NOW))
    a_contract(acme, 2, at=NOW)

    assert credit(acme, invoice).contract_id == invoice.contract_id


@transaction
def _credit_and_fall(invoice):
    taken = take(leftovers_of(invoice), None)
    crediting._issue_credit_note(settlement_of(invoice), taken, at=NOW)
    raise RuntimeError("after the number was taken")
