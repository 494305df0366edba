"""Processes that migrate one database at the same moment: one does it, the others wait for it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from playhouse.migrations import Runner

from app.db.connections import database, database_at, open_database
from app.db.migrating import _MIGRATION_LOCK, MIGRATIONS, migrate, pending
from tests.conftest import opened

PROCESSES = 10


@contextmanager
def another(url: str) -> Iterator[Callable[[], None]]:
    """Be a process that has begun to migrate, and give what ends its work."""

    def finish():
        its = database_at(url)
        Runner(its, str(MIGRATIONS)).up()
        its.close_all()
        release()

    if url.startswith("sqlite"):
        folder = os.open(Path(url.removeprefix("sqlite:///")).parent, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)

        def release():
            os.close(folder)

        yield finish
    else:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute("SELECT pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
            release = session.close
            yield finish


def test_the_second_to_migrate_waits_and_finds_nothing_to_do(empty_database):
    open_database(empty_database)
    waited = []
    with another(empty_database) as finish:

        def wait():
            waited.append(True)
            finish()

        assert migrate(wait) == []
    assert waited == [True]
    assert pending() == []
    database.close_all()


@pytest.mark.long
def test_ten_processes_migrate_at_once_and_each_says_what_happened(empty_database):
    environment = {**os.environ, "SEATGATE_DATABASE_URL": empty_database}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "app.cli", "db", "migrate"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    said = [(*process.communicate(), process.returncode) for process in running]

    first = [out for out, _, _ in said if "Applied 0001_initial." in out]
    assert [code for _, _, code in said] == [0] * PROCESSES
    assert len(first) == 1
    waited = [(out, err) for out, err, _ in said if err]
    assert waited
    assert set(waited) == {
        (
            "Nothing to apply: another process has migrated it to this version's schema.\n",
            "Another process is migrating the database. Waiting until it is done.\n",
        )
    }
    with opened(empty_database):
        assert pending() == []
