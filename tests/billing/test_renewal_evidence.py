"""What a renewal leaves behind: who held a seat, terms without a gap, and one renewal each."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError, OperationalError

from app.access.context import acting
from app.billing.contracts.renewals import renew_if_due
from app.billing.invoices.issuing import lines_of
from app.billing.terms import start_of_day
from app.models import (
    AuditEvent,
    ContractTerm,
    Invoice,
    LedgerEntry,
    RenewalHolder,
    SeatAssignment,
    SeatPool,
)
from app.people.sign_in import Login, Mode, decide
from tests.support.builders import NOW, a_user, an_organization, deactivate, fill
from tests.support.effort import examples

pytestmark = pytest.mark.usefixtures("database")

END = datetime(2027, 1, 1, tzinfo=UTC)
PROCESSES = 4


def test_a_renewal_keeps_who_held_a_seat_at_the_end_of_the_term():
    acme = an_organization(5, auto_renew=True)
    users = fill(acme)
    deactivate(acme, users[0], at=NOW + timedelta(days=1))
    deactivate(acme, users[1], at=END + timedelta(hours=1))

    renew_if_due(acme.id, at=END + timedelta(days=1))

    kept = list(RenewalHolder.select())
    assert {holder.user_id for holder in kept} == {user.id for user in users[1:]}
    assert {holder.term_number for holder in kept} == {2}
    assert acme.counts == (4, 3)


def test_the_evidence_of_a_renewal_is_as_long_as_its_term_has_seats():
    acme = an_organization(5, auto_renew=True)
    a_user(acme)
    a_user(acme)

    renew_if_due(acme.id, at=END + timedelta(days=800))

    terms = ContractTerm.select().where(ContractTerm.number > 1)
    opened = {term.number: term.opened_with for term in terms}
    kept = [holder.term_number for holder in RenewalHolder.select()]
    assert {number: kept.count(number) for number in opened} == opened == {2: 2, 3: 2, 4: 2}


def test_a_seat_whose_entry_is_dated_after_the_end_is_renewed_too():
    acme = an_organization(1, auto_renew=True)
    a_user(acme)
    assigned_at = SeatAssignment.get().assigned_at
    SeatAssignment.update(assigned_at=END + timedelta(seconds=1)).execute()

    renew_if_due(acme.id, at=END)

    assert acme.counts == (1, 1)
    assert RenewalHolder.select().count() == 1
    SeatAssignment.update(assigned_at=assigned_at).execute()


def test_a_seat_that_is_kept_for_somebody_is_not_renewed():
    acme = an_organization(3, auto_renew=True)
    user = a_user(acme)
    check = Login("new@example.com", mode=Mode.CHECK, hold=True)
    decide(acting(acme.sso, at=END - timedelta(seconds=1)), check)

    renew_if_due(acme.id, at=END)

    assert acme.counts == (1, 1)
    assert [holder.user_id for holder in RenewalHolder.select()] == [user.id]


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_evidence_is_append_only(change):
    acme = an_organization(1, auto_renew=True)
    fill(acme)
    renew_if_due(acme.id, at=END)
    rows = RenewalHolder
    statement = rows.delete() if change == "delete" else rows.update(user_id="somebody else")

    with pytest.raises((IntegrityError, OperationalError), match="append-only"):
        statement.execute()


def test_every_renewal_leaves_one_event():
    acme = an_organization(3, auto_renew=True)
    a_user(acme)

    renew_if_due(acme.id, at=END)

    (event,) = AuditEvent.select().where(AuditEvent.kind == "contract.renewed")
    invoice = Invoice.get(Invoice.term_number == 2)
    assert (event.actor, event.before) == ("renewal", {"term_number": 1, "purchased": 3})
    assert event.after == {"term_number": 2, "purchased": 1, "invoice_id": invoice.id}


def test_a_contract_that_ends_leaves_one_event():
    acme = an_organization(3)

    renew_if_due(acme.id, at=END + timedelta(days=1))
    renew_if_due(acme.id, at=END + timedelta(days=2))

    (event,) = AuditEvent.select().where(AuditEvent.kind == "contract.ended")
    assert event.after == {"ended_at": "2027-01-01T00:00:00.000000Z"}


@settings(
    max_examples=examples(5, many=60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    starts_on=st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    zone=st.sampled_from(["UTC", "Pacific/Kiritimati", "America/New_York"]),
)
@example(starts_on=date(2024, 2, 29), zone="UTC")
@example(starts_on=date(2024, 1, 31), zone="Europe/Berlin")
@example(starts_on=date(2024, 12, 31), zone="Pacific/Kiritimati")
def test_ten_years_of_renewals_leave_no_day_out_and_bill_none_twice(starts_on, zone):
    first_second = start_of_day(starts_on, zone)
    acme = an_organization(
        2, starts_on=starts_on, time_zone=zone, auto_renew=True, at=first_second, minimum_seats=2
    )

    renew_if_due(acme.id, at=first_second + timedelta(days=9 * 366))

    terms = list(ContractTerm.select().where(ContractTerm.organization_id == acme.id))
    invoices = Invoice.select().where(Invoice.organization_id == acme.id)
    services = sorted((lines_of(row)[0].service for row in invoices), key=lambda one: one.starts_on)
    assert len(terms) == len(services) == 10
    assert [(service.starts_on, service.ends_on) for service in services] == [
        (_years_after(starts_on, years), _years_after(starts_on, years + 1)) for years in range(10)
    ]
    assert {service.months for service in services} == {Fraction(12)}
    assert {row.total_minor for row in invoices} == {120_000}


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_many_processes_that_renew_at_once_make_one_renewal(database_url):
    customers = [an_organization(3, auto_renew=True) for _ in range(3)]
    for customer in customers:
        a_user(customer)
    settings = {"SEATGATE_DATABASE_URL": database_url, "SEATGATE_SANDBOX": "1"}
    environment = {**os.environ, **settings, "SEATGATE_CLOCK": "2027-01-01T00:00:00+00:00"}
    command = [sys.executable, "-m", "app.cli", "renewals", "run", "--json"]

    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)  # noqa: S603  # ours
        for _ in range(PROCESSES)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]

    assert [process.returncode for process in running] == [0] * PROCESSES
    assert sum(text.count(b'"outcome": "renewed"') for text in said) == len(customers)
    assert LedgerEntry.select().where(LedgerEntry.kind == "renewed").count() == len(customers)
    assert {pool.term_number for pool in SeatPool.select()} == {2}
    renewed = Invoice.select().where(Invoice.term_number == 2)
    assert sorted(invoice.number for invoice in renewed) == [
        f"INV-2027-{counter:06}" for counter in (1, 2, 3)
    ]


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
