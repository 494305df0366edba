"""One customer at full tilt, and what another, who asks five times a second, feels of it."""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from itertools import count
from statistics import median

import psutil
import pytest

from app.access.principal import Role
from tests.conftest import opened
from tests.proxy.test_nginx import half_sent
from tests.support.builders import a_user, an_organization
from tests.support.clients import ScimClient, SsoClient
from tests.support.large_organizations import a_crowd
from tests.support.nginx import NAME, fronted
from tests.support.servers import Server

pytestmark = pytest.mark.long

#: In turn: what else the machine does is felt alike by all.
ROUNDS = 4
REQUESTS, SECONDS_APART = 20, 0.2
#: What else the machine does may spoil a measurement; who starves does so in each.
MEASUREMENTS_MAX = 3
LONGER_SECONDS_MAX = 0.25
MEDIAN_TIMES_MAX = 2
KINDS = ("creates", "filters", "bulk")
SLOW_BODIES = 48

#: What the workers use at most between two looks in which they do nothing.
LOOK_SECONDS, LOOKS_MAX = 2, 30
IDLE_SECONDS_MAX = 0.04

_numbers = count()


@pytest.fixture
def running(fresh_database, tmp_path):
    settings = {"SEATGATE_PUBLIC_URL": f"https://{NAME}", "SEATGATE_TRUSTED_PROXIES": "1"}
    with fresh_database() as url:
        server = Server(url, tmp_path / "stderr.txt", settings=settings).start()
        with opened(url):
            yield server
        server.stop()


class Neighbour:
    """A customer who reads, looks up, lets in and changes, one request after another."""

    def __init__(self, front):
        customer = an_organization(20)
        user = a_user(customer, "ada@example.com")
        scim = front.client(ScimClient, customer.secret(Role.SCIM), "127.0.0.2")
        sso = front.client(SsoClient, customer.secret(Role.SSO), "127.0.0.2")
        self.requests = [
            lambda: scim.get(f"/Users/{user.id}"),
            lambda: scim.find("/Users", 'userName eq "ada@example.com"'),
            lambda: sso.decide("ada@example.com"),
            lambda: scim.modify(
                f"/Users/{user.id}", {"op": "add", "path": "title", "value": f"{next(_numbers)}"}
            ),
        ]

    def seconds(self) -> list[float]:
        """Return how long each of the requests took; none may be refused."""
        took = []
        for number in range(REQUESTS):
            ask = self.requests[number % len(self.requests)]
            asked_at = time.perf_counter()
            answer = ask()
            took.append(time.perf_counter() - asked_at)
            assert answer.ok, (answer.status_code, answer.text)
            time.sleep(max(0, SECONDS_APART - took[-1]))
        return took


@contextmanager
def full_tilt(kind, server, customer) -> Iterator[None]:
    """Let a customer send all that it can, from a process of its own."""
    command = [sys.executable, "-m", "tests.support.hog", kind, str(server.port)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as hog:  # noqa: S603  # our own command
        hog.stdin.write(customer.secret(Role.SCIM) + "\n")
        hog.stdin.flush()
        assert hog.stdout.readline(), "nothing was answered"
        try:
            yield
        finally:
            hog.kill()


@contextmanager
def slow_bodies(front, customer) -> Iterator[None]:
    """Hold many requests open whose bodies do not come."""
    with ExitStack() as stack:
        for _ in range(SLOW_BODIES):
            line = stack.enter_context(front.connected())
            line.sendall(half_sent(customer))
        yield


def settle(server) -> None:
    """Wait until the server has done what a customer who is gone had asked for."""
    workers = [psutil.Process(pid) for pid in server.worker_pids]
    for _ in range(LOOKS_MAX):
        before = _cpu_seconds(workers)
        time.sleep(LOOK_SECONDS)
        if _cpu_seconds(workers) - before < IDLE_SECONDS_MAX:
            return
    pytest.fail("the server is still at work")


def _cpu_seconds(processes) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def measured(server, front) -> dict[str, list[float]]:
    """Return how long the neighbour's requests took, by what the other customer did meanwhile."""
    hog = {"creates": an_organization(100_000), "filters": a_crowd(), "bulk": an_organization(1)}
    meanwhile = {kind: partial(full_tilt, kind, server, hog[kind]) for kind in KINDS}
    meanwhile |= {"alone": nullcontext, "slow bodies": partial(slow_bodies, front, hog["bulk"])}
    neighbour, took = Neighbour(front), defaultdict(list)
    neighbour.seconds()
    for _ in range(ROUNDS):
        for kind, load in meanwhile.items():
            with load():
                took[kind] += neighbour.seconds()
            settle(server)
    return took


def is_fair(felt) -> bool:
    """Return whether no load made a request much longer, or the usual one more than twice so."""
    alone = felt["alone"]
    return all(
        max(took) <= max(alone) + LONGER_SECONDS_MAX
        and median(took) <= MEDIAN_TIMES_MAX * median(alone)
        for took in felt.values()
    )


def figures(felt) -> dict[str, str]:
    return {
        kind: f"median {1e3 * median(took):.1f} ms, longest {1e3 * max(took):.1f} ms"
        for kind, took in felt.items()
    }


def test_no_customer_starves_another(running, tmp_path):
    with fronted(running.port, tmp_path) as front:
        for _ in range(MEASUREMENTS_MAX):
            felt = measured(running, front)
            print(figures(felt))  # noqa: T201  # what was measured
            if is_fair(felt):
                return
    pytest.fail(f"in none of {MEASUREMENTS_MAX} measurements: {figures(felt)}")
