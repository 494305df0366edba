"""The invariants by number: the use cases keep them, and the database refuses what breaks them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from peewee import IntegrityError, OperationalError

from app.access.context import acting
from app.billing.contracts.previews import preview
from app.billing.contracts.renewals import renew_if_due
from app.billing.contracts.running import open_term, running_contract
from app.billing.contracts.succession import what_follows
from app.errors import SeatLimitReached
from app.models import (
    Contract,
    ContractTerm,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    LedgerEntry,
    Purchase,
    SeatAssignment,
    SeatPool,
    User,
)
from app.people import provisioning
from app.seats import pools
from app.seats.pools import Cause
from app.seats.rules import EntryKind, SeatCounts
from tests.support.auditing import violations
from tests.support.builders import (
    NOW,
    a_contract,
    a_user,
    activate,
    an_organization,
    buy,
    deactivate,
    fill,
)

pytestmark = pytest.mark.usefixtures("database")

REFUSED = (IntegrityError, OperationalError)
END = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("in_use", [6, -1])
def test_i1_the_database_itself_refuses_more_in_use_than_purchased(in_use):
    acme = an_organization(5)

    with pytest.raises(IntegrityError):
        SeatPool.update(in_use=in_use).execute()

    assert acme.counts == (5, 0)


def test_i1_the_database_itself_refuses_fewer_purchased_than_in_use():
    acme = an_organization(5)
    fill(acme)

    with pytest.raises(REFUSED):
        SeatPool.update(purchased=4, state="ended").execute()

    assert acme.counts == (5, 5)


def test_i2_an_active_user_holds_exactly_one_open_assignment():
    acme = an_organization(5)
    user = a_user(acme)

    (assignment,) = SeatAssignment.select()

    assert assignment.id == user.assignment_id
    assert (assignment.user_id, assignment.released_at) == (user.id, None)


def test_i2_coming_and_going_leaves_the_history_and_one_open_assignment():
    acme = an_organization(5)
    user = a_user(acme)

    for hour in range(10, 13):
        deactivate(acme, user, at=NOW.replace(hour=hour))
        activate(acme, user, at=NOW.replace(hour=hour, minute=30))

    assert SeatAssignment.select().count() == 4
    assert SeatAssignment.select().where(SeatAssignment.released_at.is_null()).count() == 1


def test_i2_the_database_itself_refuses_a_second_open_assignment():
    acme = an_organization(5)
    user = a_user(acme)

    with pytest.raises(IntegrityError):
        SeatAssignment.create(
            organization_id=acme.id,
            id="sea_second",
            user_id=user.id,
            assigned_at=NOW,
            assigned_sequence=3,
        )


@pytest.mark.parametrize(
    "change",
    [{"assignment_id": None}, {"active": False}, {"deleted_at": NOW}],
    ids=lambda change: next(iter(change)),
)
def test_i2_the_database_itself_refuses_an_active_user_without_a_seat(change):
    acme = an_organization(5)
    fill(acme)

    with pytest.raises(IntegrityError):
        User.update(change).execute()


def test_i3_the_database_itself_refuses_to_lower_purchased_inside_a_term():
    acme = an_organization(5)

    with pytest.raises(IntegrityError, match="purchased never falls inside a term"):
        SeatPool.update(purchased=4).execute()

    assert acme.counts == (5, 0)


def test_i3_purchased_falls_at_a_renewal_only():
    acme = an_organization(5, auto_renew=True)
    fallen = []

    for month in range(1, 13):
        fallen.append(acme.counts[0])
        buy(acme, 1, at=datetime(2026, month, 15, tzinfo=UTC))
    renew_if_due(acme.id, at=END)

    assert fallen == sorted(fallen)
    assert acme.counts == (1, 0)


def test_i4_every_increase_has_one_cause_and_one_invoice():
    acme = an_organization(5, auto_renew=True)
    buy(acme, 2)
    renew_if_due(acme.id, at=END)

    increases = LedgerEntry.select().where(LedgerEntry.kind.in_(["granted", "renewed"]))

    causes = sorted(entry.cause for entry in increases)
    assert [cause.partition(":")[0] for cause in causes] == ["contract", "quote", "renewal"]
    assert causes == sorted(invoice.cause for invoice in Invoice.select())


def test_i4_the_database_itself_refuses_a_second_increase_for_one_cause():
    acme = an_organization(5)
    entry = LedgerEntry.get()

    with pytest.raises(IntegrityError):
        LedgerEntry.insert({**entry.__data__, "sequence": 2}).execute()

    assert acme.counts == (5, 0)


@pytest.mark.parametrize("model", [Invoice, Purchase])
def test_i4_the_database_itself_refuses_a_second_invoice_or_purchase(model):
    acme = an_organization(5)
    buy(acme, 1)
    row = model.select().order_by(model.id.desc()).get()
    another = {"id": "another", "number": "INV-2026-000099", "counter": 99}
    values = {**row.__data__, **{name: another[name] for name in another if name in row.__data__}}

    with pytest.raises(IntegrityError):
        model.insert(values).execute()


def test_i5_replaying_the_ledger_gives_the_pools_figures():
    acme = an_organization(2, auto_renew=True)
    first, second = fill(acme)
    deactivate(acme, first)
    buy(acme, 3)
    fill(acme)
    provisioning.delete_user(acting(acme.scim, at=NOW), second.id)
    renew_if_due(acme.id, at=END)

    replayed = SeatCounts()
    for entry in LedgerEntry.select().order_by(LedgerEntry.sequence):
        replayed = replayed.after(EntryKind(entry.kind), entry.quantity)

    assert replayed == pools.counts_of(acme.id)


@pytest.mark.parametrize("model", [LedgerEntry, Invoice, InvoiceLine, Purchase])
@pytest.mark.parametrize("verb", ["change", "delete"])
def test_i6_what_was_recorded_cannot_be_changed_or_deleted(model, verb):
    acme = an_organization(5)
    buy(acme, 1)
    before = list(model.select().tuples())
    changed = {"quantity": 1} if hasattr(model, "quantity") else {"net_minor": 1}
    query = model.update(changed) if verb == "change" else model.delete()

    with pytest.raises(IntegrityError, match="is append-only"):
        query.execute()

    assert list(model.select().tuples()) == before


def test_i6_the_ledger_never_runs_against_time():
    acme = an_organization(5)
    user = a_user(acme, at=NOW)

    deactivate(acme, user, at=NOW - timedelta(hours=1))

    entries = LedgerEntry.select().order_by(LedgerEntry.sequence)
    assert [entry.at for entry in entries][1:] == [NOW, NOW]


def test_i7_nothing_automatic_takes_a_seat_from_anyone():
    acme = an_organization(5, auto_renew=True)
    holders = fill(acme)
    with pytest.raises(SeatLimitReached):
        a_user(acme)

    renew_if_due(acme.id, at=END)
    with pytest.raises(SeatLimitReached):
        a_user(acme, at=END)

    active = {row[0] for row in User.select(User.id).where(User.active).tuples()}
    assert active == {user.id for user in holders}


@pytest.mark.parametrize("standing", ["suspended", "ended", "term over", "ended and recorded"])
def test_i8_releasing_is_possible_in_every_state_of_the_contract(standing):
    acme = an_organization(2, auto_renew=standing == "term over")
    first, second = fill(acme)
    at = NOW
    if standing == "suspended":
        SeatPool.update(suspended_at=NOW).execute()
    else:
        at = END + timedelta(days=40)
    if standing == "ended and recorded":
        renew_if_due(acme.id, at=at)

    deactivate(acme, first, at=at)
    provisioning.delete_user(acting(acme.scim, at=at), second.id)

    assert acme.counts == (2, 0)


def test_i10_numbers_have_no_gap_and_no_repeat():
    customers = [an_organization(1) for _ in range(3)]
    for customer in customers:
        buy(customer, 1)

    counters = [
        row[0] for row in Invoice.select(Invoice.counter).order_by(Invoice.counter).tuples()
    ]

    assert counters == [1, 2, 3, 4, 5, 6]
    assert InvoiceSeries.get().counter == 6


def test_i10_the_database_itself_refuses_a_repeated_number():
    an_organization(1)
    values = Invoice.get().__data__

    with pytest.raises(IntegrityError):
        Invoice.insert({**values, "id": "another", "cause": "quote:another"}).execute()


def test_i10_numbers_do_not_run_against_their_dates():
    an_organization(1, at=NOW)
    an_organization(1, at=NOW - timedelta(days=20))

    days = [row[0] for row in Invoice.select(Invoice.issued_on).order_by(Invoice.counter).tuples()]

    assert days == [date(2026, 3, 1)] * 2


def test_i11_gate_owner_and_renewal_count_the_same_seats():
    acme = an_organization(3, auto_renew=True)
    holders = fill(acme)

    with pytest.raises(SeatLimitReached) as refusal:
        a_user(acme)
    ahead = preview(running_contract(acme.id, at=NOW))
    renew_if_due(acme.id, at=END)

    assert refusal.value.in_use == ahead.in_use == ahead.would_renew_at == len(holders)
    assert acme.counts == (3, 3)


def test_i12_nothing_is_opened_or_dated_ahead_of_the_clock():
    acme, globex = an_organization(5, auto_renew=True), an_organization(5, auto_renew=True)
    a_contract(globex, 5, starts_on=date(2027, 1, 1), at=NOW)
    almost = END - timedelta(seconds=1)

    for customer in (acme, globex):
        renew_if_due(customer.id, at=almost)
        coming = what_follows(customer.id)
        row = ContractTerm(
            organization_id=customer.id,
            contract_id=coming.contract.id,
            number=coming.term.number,
            starts_on=coming.term.starts_on,
            ends_on=coming.term.ends_on,
        )
        with pytest.raises(ValueError, match="starts at 2027-01-01"):
            open_term(coming.contract, row, Cause("renewal", "ahead"), at=almost)

    assert violations(at=almost) == []
    assert {row.issued_on for row in Invoice.select()} == {date(2026, 1, 1)}


def test_two_contracts_cannot_run_at_once_in_the_database_itself():
    acme = an_organization(5)

    with pytest.raises(IntegrityError):
        Contract.insert({**acme.signing.contract.__data__, "id": "ctr_second"}).execute()


def test_a_row_cannot_point_into_another_organization():
    acme, globex = an_organization(5), an_organization(5)
    user = a_user(acme)

    with pytest.raises(IntegrityError):
        SeatAssignment.create(
            organization_id=globex.id,
            id="sea_stray",
            user_id=user.id,
            assigned_at=NOW,
            assigned_sequence=2,
        )
