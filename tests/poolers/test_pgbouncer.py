"""Everything works through a pooler that shares connections between transactions."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.conftest import opened
from tests.poolers.pgbouncer import SERVER_CONNECTIONS, pooled
from tests.support.builders import an_organization
from tests.support.concurrency import at_once
from tests.support.servers import Server
from tests.support.traffic import Kind, Traffic
from tests.support.verdicts import faults_of_books, lost

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")

CLIENTS = 8
SECONDS = 6.0

#: Pages of every surface: lists, look-ups, sums, and what is read row by row.
READ = {
    "scim": ("/Users?count=50", "/Groups", '/Users?filter=userName sw "created"', "/Schemas"),
    "owner": (
        "/seats",
        "/invoices",
        "/ledger",
        "/audit-events",
        "/contract/renewal",
        "/exports/ledger.csv",
        "/exports/assignments.csv",
    ),
}


@pytest.fixture
def pooled_url(database_url):
    with (
        TemporaryDirectory(prefix="seatgate-pooler-") as folder,
        pooled(database_url, Path(folder)) as url,
    ):
        yield url


def test_many_clients_share_few_connections(pooled_url, database_url, tmp_path):
    with opened(database_url):
        customers = [an_organization(1000) for _ in range(CLIENTS)]
    server = Server(pooled_url, tmp_path / "stderr.txt").start()
    with opened(database_url):
        traffic = Traffic([server], customers).start()
        reading = [lambda c=customer: _read_everything(server, c) for customer in customers]
        time.sleep(SECONDS / 2)
        answers = [status for statuses in at_once(reading) for status in statuses]
        time.sleep(SECONDS / 2)
        traffic.stop()
    assert traffic.strange == []
    assert traffic.refused == {}
    assert {one.kind for one in traffic.acknowledged} == set(Kind)
    assert answers == [200] * len(answers)
    assert lost(database_url, traffic.acknowledged) == []
    assert faults_of_books(pooled_url, server, traffic.acknowledged) == []
    assert _left_behind(pooled_url) == []
    assert server.operator("seats", "audit") is not None
    assert server.stop() == 0


def test_prepared_statements_are_what_it_forbids(pooled_url, database_url, tmp_path):
    """Were they made unasked, the test above would see it."""
    with opened(database_url):
        customers = [an_organization(1000) for _ in range(CLIENTS)]
    server = Server(f"{pooled_url}?prepare=1", tmp_path / "stderr.txt").start()
    with opened(database_url):
        traffic = Traffic([server], customers).start()
        time.sleep(SECONDS)
        traffic.stop()
    server.kill()

    assert traffic.strange or traffic.refused


def test_migrations_started_at_once_through_it_are_run_once(empty_database):
    command = [sys.executable, "-m", "app.cli", "db", "migrate"]

    def migrate():
        environment = {**os.environ, "SEATGATE_DATABASE_URL": url}
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout  # noqa: S603

    with (
        TemporaryDirectory(prefix="seatgate-pooler-") as folder,
        pooled(empty_database, Path(folder)) as url,
    ):
        said = at_once([migrate] * SERVER_CONNECTIONS)
        assert _left_behind(url) == []

    assert sorted(b"Applied" in text for text in said) == [False, False, True]


def _read_everything(server, customer):
    clients = {"scim": server.scim(customer), "owner": server.owner(customer)}
    return [
        clients[surface].get(path).status_code for surface, paths in READ.items() for path in paths
    ]


def _left_behind(url):
    """Return what transactions left in the sessions of the server, which others use after them."""
    left = set()
    connections = [psycopg.connect(url) for _ in range(SERVER_CONNECTIONS)]
    for connection in connections:
        # A transaction that is open holds its connection, so that the next gets another.
        left.update(connection.execute("SELECT name, statement FROM pg_prepared_statements"))
        left.update(connection.execute("SELECT name, statement FROM pg_cursors WHERE is_holdable"))
        left.update(
            connection.execute(
                "SELECT name, setting FROM pg_settings"
                " WHERE source = 'session' AND name LIKE '%timeout'"
            )
        )
        left.update(
            connection.execute(
                "SELECT 'advisory lock', objid::text FROM pg_locks WHERE locktype = 'advisory'"
            )
        )
    for connection in connections:
        connection.close()
    return sorted(left)
