"""The deadline of this thread's work, and what looks at it."""

import os
import sqlite3
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from app.db import deadlines, transactions
from app.db.connections import connection, database, open_database
from app.db.deadlines import OutOfTime
from app.db.failures import is_unavailable, refusal
from app.db.sqlite import LOG_BYTES_MAX
from app.errors import Busy
from app.models import Organization
from tests.support.builders import an_organization

on_sqlite_only = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
on_postgresql_only = pytest.mark.parametrize(
    "engine", ["postgresql"], indirect=True, scope="session"
)

#: It takes far longer than any deadline here.
ENDLESS = (
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 3e7)"
    " SELECT MAX(n) FROM counted"
)


def elsewhere(work, *arguments):
    """Do some work in a thread with a connection of its own, which may break."""

    def connected():
        with connection():
            return work(*arguments)

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(connected).result()


def rename(organization_id, name="Renamed"):
    Organization.update(name=name).where(Organization.id == organization_id).execute()


@pytest.mark.usefixtures("database")
def test_a_statement_without_end_ends_with_the_deadline():
    def stopped():
        with deadlines.within(0.2):
            try:
                database.execute_sql(ENDLESS).fetchall()
            except Exception as error:  # each engine's own
                return error if isinstance(error, Busy) else refusal(error)

    began = time.monotonic()
    answer = elsewhere(stopped)

    assert time.monotonic() - began < 3
    assert isinstance(answer, OutOfTime)
    assert "longer than 0.2 seconds" in answer.message
    assert elsewhere(database.execute_sql, "SELECT 1").fetchone() == (1,)


@pytest.mark.usefixtures("database")
def test_nothing_is_committed_after_the_deadline():
    acme = an_organization(5)

    def late():
        rename(acme.id)
        time.sleep(0.25)

    def run_late():
        with deadlines.within(0.2):
            transactions.run(late)

    with pytest.raises(OutOfTime):
        elsewhere(run_late)

    assert Organization.get_by_id(acme.id).name != "Renamed"
    transactions.run(rename, acme.id)
    assert Organization.get_by_id(acme.id).name == "Renamed"


@on_sqlite_only
@pytest.mark.parametrize("holder", ["another process", "this process"])
def test_the_lock_of_the_file_and_that_of_the_process_end_with_one_deadline(
    database, database_url, holder
):
    acme = an_organization(5)
    rival = sqlite3.connect(database_url.removeprefix("sqlite:///"))
    if holder == "another process":
        rival.execute("BEGIN IMMEDIATE")
    else:
        transactions._sqlite_writers.acquire(1)
    began = time.monotonic()
    try:
        with deadlines.within(0.9), pytest.raises(Busy):
            transactions.run(rename, acme.id)
        seconds = time.monotonic() - began
    finally:
        rival.close()
        if holder == "this process":
            transactions._sqlite_writers.release()

    assert 0.5 < seconds < 0.9 + 0.5
    assert database.execute_sql("PRAGMA busy_timeout").fetchone() == (10_000,)
    transactions.run(rename, acme.id)


@pytest.mark.usefixtures("database")
@on_postgresql_only
def test_a_transaction_begins_with_the_timeouts_of_the_server():
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

    def timeouts():
        return [database.execute_sql(f"SHOW {name}").fetchone()[0] for name in names]

    with deadlines.within(15):
        inside = transactions.run(timeouts)
        with transactions.bounded():
            reading = timeouts()
    background = transactions.run(timeouts)

    assert inside == reading == ["15s", "10s", "15s"]
    assert background == ["1min", "10s", "1min"]
    assert timeouts() == ["0", "0", "0"]


@pytest.mark.usefixtures("database")
@on_postgresql_only
def test_a_transaction_that_is_idle_for_too_long_is_ended_by_the_server():
    acme = an_organization(5)

    def idle():
        # As a process sees it that was stopped: its own clock stood still.
        deadlines._mine.deadline = deadlines.Deadline(time.monotonic() + 60, 0.3)
        database.begin()
        rename(acme.id)
        time.sleep(0.6)
        try:
            database.execute_sql("SELECT 1")
        except Exception as error:  # the driver's own
            return error

    ended = elsewhere(idle)

    assert is_unavailable(ended)
    assert "too long" in refusal(ended).message
    assert Organization.get_by_id(acme.id).name != "Renamed"


@pytest.mark.usefixtures("database")
@on_postgresql_only
def test_a_connection_that_the_server_ended_is_not_given_out(database_url):
    def backend():
        return database.connection().info.backend_pid

    first = elsewhere(backend)
    again = elsewhere(backend)
    with psycopg.connect(database_url, autocommit=True) as killer:
        killer.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))

    assert again == first
    assert elsewhere(backend) != first


@pytest.mark.usefixtures("database")
@on_postgresql_only
def test_the_next_transaction_after_a_connection_broke_has_another(database_url):
    acme = an_organization(5)

    def breaking():
        backend = database.connection().info.backend_pid
        with psycopg.connect(database_url, autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))
        with pytest.raises(Exception) as broken:  # noqa: PT011  # the driver's own
            transactions.run(rename, acme.id)
        transactions.run(rename, acme.id, "Twice")
        return broken.value

    assert is_unavailable(elsewhere(breaking))
    assert Organization.get_by_id(acme.id).name == "Twice"


@on_postgresql_only
def test_what_has_no_deadline_does_not_wait_for_an_answer_for_ever(database_url):
    opened = open_database(database_url, answer_seconds=0.3)
    began = time.monotonic()
    try:
        with pytest.raises(OutOfTime, match=r"within 0\.3 seconds"):
            elsewhere(database.execute_sql, "SELECT pg_sleep(5)")
        assert time.monotonic() - began < 3
        assert elsewhere(database.execute_sql, "SELECT 1").fetchone() == (1,)
    finally:
        opened.close_all()


def test_a_new_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "new.db"
    opened = open_database(f"sqlite:///{path}")
    before = os.umask(0o022)
    try:
        with connection():
            database.execute_sql("CREATE TABLE one (id INTEGER)")
            modes = {
                Path(f"{path}{suffix}").name: stat.S_IMODE(Path(f"{path}{suffix}").stat().st_mode)
                for suffix in ("", "-wal", "-shm")
            }
            limit = database.execute_sql("PRAGMA journal_size_limit").fetchone()
    finally:
        os.umask(before)
        opened.close_all()

    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
    assert limit == (LOG_BYTES_MAX,)


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    opened = open_database("sqlite:///:memory:")
    try:
        with connection():
            database.execute_sql("CREATE TABLE one (id INTEGER)")
    finally:
        opened.close_all()

    assert list(tmp_path.iterdir()) == []
