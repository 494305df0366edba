from datetime import UTC, date, datetime, timedelta

import pytest

from app.access.context import acting
from app.billing.contracts.previews import preview
from app.billing.contracts.renewals import renew_all_due, renew_if_due
from app.billing.contracts.running import running_contract
from app.errors import ContractEnded, SeatLimitReached
from app.models import Contract, ContractTerm, Invoice, LedgerEntry, SeatPool
from app.people import provisioning
from tests.support.builders import (
    NOW,
    a_user,
    an_organization,
    buy,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

END = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_contract_renews_with_the_seats_in_use():
    acme = an_organization(5, auto_renew=True)
    a_user(acme)
    a_user(acme)

    renew_if_due(acme.id, at=END)

    assert acme.counts == (2, 2)
    term = ContractTerm.get(ContractTerm.number == 2)
    assert (term.starts_on, term.ends_on) == (date(2027, 1, 1), date(2028, 1, 1))


def test_renewal_never_goes_below_the_minimum():
    acme = an_organization(5, auto_renew=True, minimum_seats=3)
    a_user(acme)

    renew_if_due(acme.id, at=END)

    assert acme.counts == (3, 1)


def test_an_empty_contract_renews_with_one_seat():
    acme = an_organization(5, auto_renew=True)

    renew_if_due(acme.id, at=END)

    assert acme.counts == (1, 0)


def test_a_renewal_is_invoiced_for_the_whole_term():
    acme = an_organization(5, auto_renew=True)
    fill(acme)

    renew_if_due(acme.id, at=END)

    invoice = Invoice.get(Invoice.term_number == 2)
    assert (invoice.total_minor, invoice.issued_on) == (300_000, date(2027, 1, 1))
    assert invoice.cause == f"renewal:{acme.signing.contract.id}/2"


@pytest.mark.parametrize(("use", "difference"), [(2, -3), (5, 0)])
def test_the_ledger_keeps_the_difference(use, difference):
    acme = an_organization(5, auto_renew=True)
    for _ in range(use):
        a_user(acme)

    renew_if_due(acme.id, at=END)

    entry = LedgerEntry.get(LedgerEntry.kind == "renewed")
    assert (entry.quantity, entry.actor) == (difference, "renewal")


def test_an_agreed_price_holds_from_the_renewal_on():
    acme = an_organization(1, auto_renew=True, renewal_unit_price_minor=72_000)

    renew_if_due(acme.id, at=END + timedelta(days=400))

    invoices = Invoice.select().order_by(Invoice.term_number)
    assert [invoice.total_minor for invoice in invoices] == [60_000, 72_000, 72_000]


def test_renewing_twice_changes_nothing():
    acme = an_organization(5, auto_renew=True)

    assert renew_if_due(acme.id, at=END) == 1
    assert renew_if_due(acme.id, at=END) == 0

    assert Invoice.select().count() == 2


def test_nothing_renews_a_second_before_the_end():
    acme = an_organization(5, auto_renew=True)

    assert renew_if_due(acme.id, at=END - timedelta(seconds=1)) == 0

    assert acme.counts == (5, 0)


def test_a_late_run_renews_every_term_that_is_over():
    acme = an_organization(5, auto_renew=True, minimum_seats=2)

    assert renew_if_due(acme.id, at=datetime(2029, 6, 1, tzinfo=UTC)) == 3

    assert acme.counts == (2, 0)
    assert SeatPool.get_by_id(acme.id).term_number == 4
    issued = [row[0] for row in Invoice.select(Invoice.issued_on).order_by(Invoice.id).tuples()]
    assert issued == [date(2026, 1, 1)] + [date(2029, 6, 1)] * 3


def test_a_late_run_counts_those_who_held_a_seat_at_the_end():
    acme = an_organization(5, auto_renew=True)
    first, *_ = fill(acme)
    deactivate(acme, first, at=END + timedelta(hours=1))

    renew_if_due(acme.id, at=END + timedelta(days=1))

    assert acme.counts == (5, 4)


def test_those_who_left_before_the_end_are_not_counted():
    acme = an_organization(5, auto_renew=True)
    first, *_ = fill(acme)
    deactivate(acme, first, at=END - timedelta(seconds=1))

    renew_if_due(acme.id, at=END)

    assert acme.counts == (4, 4)


def test_holders_keep_their_seats():
    acme = an_organization(5, auto_renew=True)
    user = a_user(acme)

    renew_if_due(acme.id, at=END)

    assert SeatPool.get_by_id(acme.id).in_use == 1
    assert deactivate(acme, user, at=END).assignment_id is None


def test_the_first_request_of_a_new_term_renews_the_contract():
    acme = an_organization(5, auto_renew=True)
    a_user(acme)
    first_second = END + timedelta(seconds=1)

    with pytest.raises(SeatLimitReached, match="1 of 1 seats in use"):
        a_user(acme, at=first_second)

    assert SeatPool.get_by_id(acme.id).term_number == 2
    buy(acme, 1, at=first_second)
    assert a_user(acme, at=first_second).active


def test_a_purchase_in_a_new_term_renews_the_contract_first():
    acme = an_organization(5, auto_renew=True)
    a_user(acme)

    bought = buy(acme, 2, at=END)

    assert acme.counts == (3, 1)
    assert bought.invoice.total_minor == 120_000
    assert [invoice.counter for invoice in Invoice.select().where(Invoice.year == 2027)] == [1, 2]


def test_a_release_does_not_wait_for_the_renewal():
    acme = an_organization(5, auto_renew=True)
    user = a_user(acme)

    provisioning.delete_user(acting(acme.scim, at=END + timedelta(days=1)), user.id)

    assert SeatPool.get_by_id(acme.id).term_number == 1
    assert acme.counts == (5, 0)


def test_a_contract_that_does_not_renew_ends():
    acme = an_organization(5)
    fill(acme)

    renew_if_due(acme.id, at=END + timedelta(days=3))

    assert Contract.get().ended_at == END
    assert acme.counts == (5, 5)
    assert Invoice.select().count() == 1
    with pytest.raises(ContractEnded):
        a_user(acme, at=END + timedelta(days=3))


def test_renewals_run_for_every_organization_that_is_due():
    acme = an_organization(1, auto_renew=True)
    globex = an_organization(1)
    later = an_organization(1, starts_on=date(2026, 2, 1), auto_renew=True)

    assert renew_all_due(at=END) == sorted([acme.id, globex.id])

    assert SeatPool.get_by_id(later.id).term_number == 1


def test_terms_are_counted_from_the_contracts_own_day():
    acme = an_organization(1, starts_on=date(2024, 2, 29), auto_renew=True, at=_noon(2024, 2, 29))

    renew_if_due(acme.id, at=_noon(2028, 2, 29))

    starts = ContractTerm.select(ContractTerm.starts_on).order_by(ContractTerm.number).tuples()
    assert [row[0].isoformat() for row in starts] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_a_term_ends_at_midnight_where_the_contract_is():
    acme = an_organization(1, auto_renew=True, time_zone="America/New_York")

    assert renew_if_due(acme.id, at=END) == 0
    assert renew_if_due(acme.id, at=END + timedelta(hours=5)) == 1


def test_owners_see_the_renewal_ahead_of_time():
    acme = an_organization(5, auto_renew=True, renewal_unit_price_minor=72_000)
    a_user(acme)
    a_user(acme)

    ahead = preview(running_contract(acme.id, at=NOW))

    assert (ahead.would_renew_at, ahead.would_drop, ahead.on) == (2, 3, date(2027, 1, 1))
    assert (ahead.unit_price_minor, ahead.total_minor) == (72_000, 144_000)


def test_what_owners_see_is_what_happens():
    acme = an_organization(5, auto_renew=True, minimum_seats=2)
    a_user(acme)
    ahead = preview(running_contract(acme.id, at=NOW))

    renew_if_due(acme.id, at=END)

    assert acme.counts == (ahead.would_renew_at, 1)
    assert Invoice.get(Invoice.term_number == 2).net_minor == ahead.total_minor


def test_a_contract_that_does_not_renew_has_no_renewal_to_show():
    acme = an_organization(5)

    ahead = preview(running_contract(acme.id, at=NOW))

    assert (ahead.auto_renew, ahead.would_renew_at, ahead.total_minor) == (False, None, None)


def _noon(year, month, day):
    return datetime(year, month, day, 12, tzinfo=UTC)
