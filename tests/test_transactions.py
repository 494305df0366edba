"""Transactions: committed whole or not at all, never nested, and run again when they lose."""

import sqlite3
from threading import Barrier, Thread

import pytest

from app.db import deadlines
from app.db.connections import connection, database
from app.db.transactions import ATTEMPTS_MAX, assert_in_transaction, snapshot, transaction
from app.errors import Busy, DomainError
from app.models import Organization, SeatPool
from tests.support.builders import NOW, an_organization, buy

on_postgresql_only = pytest.mark.parametrize(
    "engine", ["postgresql"], indirect=True, scope="session"
)
on_sqlite_only = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.mark.usefixtures("database")
def test_raising_rolls_back():
    acme = an_organization(5)

    with pytest.raises(DomainError):
        _rename(acme.id, "Renamed", DomainError("no"))

    assert Organization.get_by_id(acme.id).name != "Renamed"


@pytest.mark.usefixtures("database")
def test_use_cases_do_not_call_each_other():
    acme = an_organization(5)

    @transaction
    def outer():
        buy(acme, 1)

    with pytest.raises(RuntimeError, match="a transaction is open already"):
        outer()

    assert acme.counts == (5, 0)


@pytest.mark.usefixtures("database")
def test_part_of_a_use_case_cannot_be_called_alone():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        assert_in_transaction()


@pytest.mark.usefixtures("database", "across_organizations")
@on_postgresql_only
def test_a_transaction_that_loses_a_deadlock_is_run_again():
    first, second = an_organization(5), an_organization(5)
    meeting, runs = Barrier(2), []

    def suspend_both(ids):
        _in_a_thread_of_its_own(_suspend_both, ids, meeting, runs)

    rivals = [
        Thread(target=suspend_both, args=(ids,))
        for ids in ([first.id, second.id], [second.id, first.id])
    ]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()

    assert len(runs) == 3
    assert SeatPool.select().where(SeatPool.suspended_at.is_null()).count() == 0


@pytest.mark.usefixtures("database", "across_organizations")
@on_postgresql_only
def test_a_transaction_that_loses_every_time_hears_that_the_server_is_busy():
    acme = an_organization(5)
    runs = []

    @transaction
    def lose():
        runs.append("run")
        Organization.update(name="Renamed").execute()
        database.execute_sql(
            "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = 'serialization_failure'; END $$"
        )

    with pytest.raises(Busy, match="Try again in a moment"):
        lose()

    assert len(runs) == ATTEMPTS_MAX
    assert Organization.get_by_id(acme.id).name != "Renamed"


@on_sqlite_only
@pytest.mark.usefixtures("database")
def test_a_database_that_stays_locked_is_busy(database_url):
    acme = an_organization(5)
    rival = sqlite3.connect(database_url.removeprefix("sqlite:///"))
    rival.execute("BEGIN IMMEDIATE")

    with deadlines.within(0.3), pytest.raises(Busy):
        _rename(acme.id, "Renamed")
    rival.close()

    _rename(acme.id, "Renamed")


@pytest.mark.usefixtures("database")
def test_a_snapshot_does_not_see_what_commits_meanwhile():
    acme = an_organization(5)

    with snapshot():
        before = SeatPool.get_by_id(acme.id).purchased
        rival = Thread(target=_in_a_thread_of_its_own, args=(buy, acme, 1))
        rival.start()
        rival.join()
        during = SeatPool.get_by_id(acme.id).purchased

    assert (before, during) == (5, 5)
    assert acme.counts == (6, 0)


@pytest.mark.usefixtures("database")
def test_instants_come_back_as_they_were():
    acme = an_organization(5)
    instant = NOW.replace(microsecond=123_456)

    SeatPool.update(suspended_at=instant).execute()

    assert SeatPool.get_by_id(acme.id).suspended_at == instant
    SeatPool.update(suspended_at=None).execute()


def _in_a_thread_of_its_own(use_case, *arguments):
    with connection():
        use_case(*arguments)


@transaction
def _suspend_both(ids, meeting, runs):
    """Lock two pools, the second when the rival holds it: the third run is the loser's second."""
    runs.append(ids)
    first, second = ids
    _suspend(first)
    if len(runs) <= meeting.parties:
        meeting.wait(10)
    _suspend(second)


def _suspend(organization_id):
    SeatPool.update(suspended_at=NOW).where(SeatPool.organization_id == organization_id).execute()


@transaction
def _rename(organization_id, name, error=None):
    Organization.update(name=name).where(Organization.id == organization_id).execute()
    if error is not None:
        raise error
