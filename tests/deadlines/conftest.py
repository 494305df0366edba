"""A server whose requests may take two seconds, and locks that others hold."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from tests.support.servers import Server

#: How long a request may take here, how long it waits for one lock, and what a slow machine adds.
SECONDS = 2
LOCK_SECONDS = SECONDS * 2 / 3
SLACK_SECONDS = 4

HASTY = {"SEATGATE_DEADLINE_SECONDS": str(SECONDS)}


@pytest.fixture(scope="module")
def server_process(fresh_database, tmp_path_factory) -> Iterator[Server]:
    """Run a hasty server for the tests of a module."""
    with fresh_database() as url:
        log = tmp_path_factory.mktemp("server") / "stderr.txt"
        server = Server(url, log, settings=HASTY).start()
        yield server
        server.stop()


@contextmanager
def locked(engine, url, *organizations):
    """Hold what a new user of the organizations needs: SQLite's file, or the pools' rows."""
    if engine == "sqlite":
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as rival:
            rival.execute("BEGIN IMMEDIATE")
            yield
    else:
        with psycopg.connect(url) as rival:
            rival.execute(
                "SELECT 1 FROM seat_pool WHERE organization_id = ANY(%s) FOR UPDATE",
                [[organization.id for organization in organizations]],
            )
            yield
            rival.rollback()


def timed(call):
    """Return an answer, and after how many seconds it came."""
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def is_put_off(answer):
    """Return whether an answer says to come again, and when."""
    return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0


def until(holds, seconds):
    """Wait until something holds, at most so long."""
    give_up_at = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.01)
