"""How large SQLite's write-ahead log grows where processes write without a pause."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from app.db import sqlite
from app.db.connections import database_at
from tests.support.databases import fast_folder

WRITERS = 2
#: What each writes, and how much of it in one transaction, so that SQLite never finds a moment to
#: empty the log.
TRANSACTIONS = 150
BYTES_AT_ONCE = 4_000_000
#: After how long at most a process looks at it again.
LOOKED_AGAIN_SECONDS = 0.3

#: Runs in a process of its own.
WRITER = """
import sys
from app.db import sqlite
from app.db.connections import database, open_database
from app.db.transactions import run
path, transactions, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
# What is written between two looks would hang on the speed of the machine.
sqlite.LOG_LOOK_SECONDS = 0
open_database(f"sqlite:///{path}")

def write():
    database.execute_sql("DELETE FROM filling")
    database.execute_sql("INSERT INTO filling VALUES (zeroblob(?))", (size,))

for _ in range(transactions):
    run(write)
"""


@pytest.fixture
def path(tmp_path_factory):
    folder = Path(fast_folder() or tmp_path_factory.mktemp("log"))
    path = folder / f"seatgate-log-{tmp_path_factory.getbasetemp().name}.db"
    yield path
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def test_the_log_is_emptied_though_two_processes_write_without_a_pause(path):
    with writing(path) as written:
        largest = written()

    assert 0 < largest < 2 * sqlite.LOG_GROWN_BYTES


def test_a_process_looks_again_at_how_large_the_log_is_a_moment_later(path, monkeypatch):
    monkeypatch.setattr(sqlite, "LOG_GROWN_BYTES", 0)
    opened, seen = a_database(path), []
    with opened.connection_context():
        opened.connection().set_trace_callback(seen.append)
        for _ in range(2):
            seen.clear()
            write(opened)
            assert began_anew(seen)
            time.sleep(LOOKED_AGAIN_SECONDS)
    opened.close_all()


def test_nobody_waits_for_a_long_reader_so_that_the_log_can_be_emptied(path, monkeypatch):
    monkeypatch.setattr(sqlite, "LOG_GROWN_BYTES", 0)
    monkeypatch.setattr(sqlite, "LOG_LOOK_SECONDS", 0)
    opened, seen = a_database(path), []
    with opened.connection_context(), closing(sqlite3.connect(path)) as reader:
        opened.connection().set_trace_callback(seen.append)
        reader.execute("BEGIN").execute("SELECT * FROM filling").fetchall()

        write(opened)
        assert not began_anew(seen)

        reader.rollback()
        write(opened)
        assert began_anew(seen)
    opened.close_all()


def a_database(path):
    opened = database_at(f"sqlite:///{path}")
    with opened.connection_context():
        opened.execute_sql("CREATE TABLE filling (content BLOB)")
    return opened


def write(opened):
    with opened.atomic():
        opened.execute_sql("INSERT INTO filling VALUES (1)")


def began_anew(seen):
    return any("RESTART" in statement for statement in seen)


@contextmanager
def writing(path):
    a_database(path).close_all()
    command = [sys.executable, "-c", WRITER, str(path), str(TRANSACTIONS), str(BYTES_AT_ONCE)]
    processes = [subprocess.Popen(command) for _ in range(WRITERS)]  # noqa: S603  # this file's own
    log = path.with_name(path.name + "-wal")

    def largest():
        seen = 0
        while any(process.poll() is None for process in processes):
            with suppress(FileNotFoundError):
                seen = max(seen, log.stat().st_size)
        return seen

    try:
        yield largest
    finally:
        ended = [process.wait(30) for process in processes]
    assert ended == [0] * WRITERS
