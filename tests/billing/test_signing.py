from datetime import UTC, date, datetime

import pytest

from app.access.context import acting
from app.errors import InvalidInput, NotFound, SeatsBelowUse
from app.models import Contract, ContractTerm, Invoice, InvoiceLine, LedgerEntry
from app.people import provisioning
from app.seats import pools
from tests.support.builders import (
    NOW,
    Customer,
    a_contract,
    a_user,
    an_organization,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

TERM_ENDS_AT = datetime(2027, 1, 1, tzinfo=UTC)


def test_signing_opens_the_first_term_with_its_seats():
    acme = an_organization(100)

    assert acme.counts == (100, 0)
    term = ContractTerm.get()
    assert (term.number, term.starts_on, term.ends_on) == (1, date(2026, 1, 1), date(2027, 1, 1))
    assert (term.opened_with, term.unit_price_minor) == (100, 60_000)


def test_signing_issues_the_invoice_of_the_whole_term_at_once():
    acme = an_organization(100)

    invoice = acme.signing.invoice
    line = InvoiceLine.get()
    assert (invoice.issued_on, invoice.total_minor) == (date(2026, 1, 1), 6_000_000)
    assert (line.kind, line.quantity, line.months_remaining) == ("signing", 100, "12")


def test_the_ledger_says_which_contract_granted_the_seats():
    acme = an_organization(100)

    entry = LedgerEntry.get()
    assert (entry.kind, entry.quantity, entry.actor) == ("granted", 100, "operator")
    assert entry.cause == f"contract:{acme.signing.contract.id}" == acme.signing.invoice.cause


def test_a_signing_invoiced_elsewhere_issues_no_invoice():
    acme = an_organization(100, invoiced_elsewhere="SO-17")

    assert acme.signing.invoice is None
    assert acme.counts == (100, 0)
    assert Invoice.select().count() == 0


def test_an_invoice_of_a_contract_signed_late_is_dated_the_day_of_signing():
    acme = an_organization(5, at=NOW)

    assert acme.signing.invoice.issued_on == date(2026, 3, 1)
    assert acme.signing.invoice.total_minor == 300_000


def test_one_contract_runs_at_a_time():
    acme = an_organization(5)

    with pytest.raises(InvalidInput, match=acme.signing.contract.id):
        a_contract(acme, 10)

    assert acme.counts == (5, 0)


def test_a_contract_can_be_signed_when_the_last_one_ended():
    acme = an_organization(5)

    a_contract(acme, 3, starts_on=date(2027, 1, 1), at=TERM_ENDS_AT)

    assert acme.counts == (3, 0)
    assert Contract.select().where(Contract.ended_at.is_null()).count() == 1


def test_holders_keep_their_seats_in_the_next_contract():
    acme = an_organization(5)
    fill(acme)

    a_contract(acme, 6, starts_on=date(2027, 1, 1), at=TERM_ENDS_AT)

    assert acme.counts == (6, 5)


def test_fewer_seats_than_are_in_use_cannot_be_signed():
    acme = an_organization(5)
    fill(acme)

    with pytest.raises(SeatsBelowUse, match="5 seats are in use"):
        a_contract(acme, 4, starts_on=date(2027, 1, 1), at=TERM_ENDS_AT)

    assert acme.counts == (5, 5)


def test_fewer_seats_can_be_signed_after_releasing_some():
    acme = an_organization(5)
    leaver, *_ = fill(acme)
    provisioning.delete_user(acting(acme.scim, at=TERM_ENDS_AT), leaver.id)

    a_contract(acme, 4, starts_on=date(2027, 1, 1), at=TERM_ENDS_AT)

    assert acme.counts == (4, 4)


def test_a_contract_that_should_have_renewed_runs_on_instead():
    acme = an_organization(5, auto_renew=True)

    with pytest.raises(InvalidInput, match="runs until 2028-01-01"):
        a_contract(acme, 5, starts_on=date(2027, 1, 1), at=TERM_ENDS_AT)


@pytest.mark.parametrize(
    ("field", "terms"),
    [
        ("seats", {"seats": 0}),
        ("seats", {"seats": -5}),
        ("minimum_seats", {"seats": 5, "minimum_seats": 0}),
        ("minimum_seats", {"seats": 5, "minimum_seats": 6}),
        ("starts_on", {"seats": 5, "starts_on": date(2025, 1, 1)}),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(field, terms):
    acme = an_organization(None)

    with pytest.raises(InvalidInput) as refusal:
        a_contract(acme, **terms)

    assert refusal.value.field == field
    assert Contract.select().count() == 0


def test_nobody_signs_for_an_organization_that_is_not_there():
    stranger = Customer("org_nobody")

    with pytest.raises(NotFound):
        a_contract(stranger)


def test_the_term_runs_in_the_contracts_time_zone():
    acme = an_organization(1, time_zone="Europe/Berlin")
    last_second = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)

    pool = pools.pool_of(acme.id)

    assert pool.term_starts_at == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert pool.term_ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert a_user(acme, at=last_second).active


def test_a_contract_of_nothing_is_still_invoiced():
    acme = an_organization(5, unit_price_minor=0)

    assert acme.signing.invoice.total_minor == 0
