"""`make test-failover`: what becomes of acknowledged work when the primary is lost, in ten minutes.

The control, whose commits do not wait for the standby, must lose something: what cannot see a loss
proves nothing.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.db.connections import open_database
from app.db.migrating import migrate
from tests.conftest import opened
from tests.failover.cluster import Cluster, Node, running
from tests.failover.faults import CONTROL, FAULTS, Fault
from tests.support.builders import Customer, an_organization
from tests.support.servers import Server
from tests.support.traffic import Traffic
from tests.support.verdicts import faults_of_books, lost

CLIENTS = 8
SEATS = 5000
CONTROL_RUNS = 3

BEFORE_SECONDS = 3.0
AFTER_SECONDS = 3.0

#: The most that may pass from the fault until a server acknowledges anything again.
RECOVERY_SECONDS_MAX = 30.0
#: After this a run is given up.
GIVE_UP_SECONDS = 60.0

HEADING = f"{'fault':<34}{'answered':>9}{'503':>6}{'closed':>7}{'lost':>6}{'recovery s':>12}\n"


@dataclass(frozen=True)
class Outcome:
    """What one fault did."""

    fault: Fault
    answered: int
    refused: int
    closed: int
    lost: int
    recovery_seconds: float
    problems: tuple[str, ...]

    def __str__(self) -> str:
        counts = f"{self.answered:>9,}{self.refused:>6}{self.closed:>7}{self.lost:>6}"
        return f"{self.fault.name:<34}{counts}{self.recovery_seconds:>12.1f}\n"


def main() -> int:
    sys.stdout.write(HEADING)
    faults = [fault for fault in FAULTS if os.environ.get("FAULT", "") in fault.name]
    with _installation(synchronous=True) as (cluster, servers, customers):
        outcomes = [_outcome(fault, cluster, servers, customers) for fault in faults]
        problems = [f"{o.fault.name}: {line}" for o in outcomes for line in _judged(o)]
        problems += _shown(cluster.password, servers)
    problems += _control()
    sys.stdout.write("".join(f"FAILED {line}\n" for line in problems))
    sys.stdout.write(f"{len(outcomes)} faults, {len(problems)} problems\n")
    return int(bool(problems))


def _judged(outcome: Outcome) -> list[str]:
    problems = list(outcome.problems)
    if outcome.lost:
        problems.append(f"{outcome.lost} acknowledged operations were lost")
    if outcome.recovery_seconds > RECOVERY_SECONDS_MAX:
        problems.append(f"a server acknowledged nothing for {outcome.recovery_seconds:.1f} seconds")
    if not outcome.answered:
        problems.append("nothing was acknowledged, so nothing was tested")
    return problems


def _control() -> list[str]:
    """Lose the primary of a cluster whose commits do not wait, until something is lost."""
    with _installation(synchronous=False) as (cluster, servers, customers):
        for _ in range(CONTROL_RUNS):
            if _outcome(CONTROL, cluster, servers, customers, judged=False).lost:
                return []
    return [f"control: nothing was lost in {CONTROL_RUNS} runs, so a loss is not seen"]


def _outcome(
    fault: Fault,
    cluster: Cluster,
    servers: Sequence[Server],
    customers: Sequence[Customer],
    *,
    judged: bool = True,
) -> Outcome:
    cluster.wait_until_whole()
    primary = cluster.primary()
    traffic = Traffic(servers, customers).start()
    time.sleep(BEFORE_SECONDS)
    at = time.monotonic()
    mend = fault.make(cluster, primary)
    if fault.kills:
        at = time.monotonic()
    problems = _wait_for_recovery(traffic, cluster, primary, at)
    problems += mend() if mend else []
    time.sleep(AFTER_SECONDS)
    traffic.stop()
    silence = traffic.longest_silence(at)
    missing = lost(cluster.url_of(cluster.primary()), traffic.acknowledged)
    if judged:
        problems += traffic.strange
        problems += faults_of_books(cluster.url, servers[0], traffic.acknowledged)
    if fault.kills:
        primary.start()
    outcome = Outcome(
        fault,
        len(traffic.acknowledged),
        traffic.refused["503"],
        traffic.refused["closed"],
        len(missing),
        silence,
        tuple(problems),
    )
    sys.stdout.write(str(outcome))
    sys.stdout.flush()
    return outcome


def _wait_for_recovery(traffic: Traffic, cluster: Cluster, was: Node, at: float) -> list[str]:
    """Wait until another is the primary and every server acknowledges again."""
    while time.monotonic() - at < GIVE_UP_SECONDS:
        if cluster.primary() is not was:
            moment = time.monotonic()
            while time.monotonic() - at < GIVE_UP_SECONDS:
                if traffic.recovered_since(moment):
                    return []
                time.sleep(0.2)
        time.sleep(0.2)
    return [f"nothing was acknowledged within {GIVE_UP_SECONDS:.0f} seconds"]


@contextmanager
def _installation(*, synchronous: bool) -> Iterator[tuple[Cluster, list[Server], list[Customer]]]:
    """Run a cluster and two servers before it, with an organization for each client."""
    with (
        running(synchronous=synchronous) as cluster,
        tempfile.TemporaryDirectory() as folder,
        ExitStack() as ended_by,
    ):
        open_database(cluster.url)
        migrate()
        with opened(cluster.url):
            customers = [an_organization(SEATS) for _ in range(CLIENTS)]
            servers = [
                ended_by.enter_context(_serving(cluster.url, Path(folder) / f"server{number}.txt"))
                for number in range(2)
            ]
            for customer in customers:
                for server in servers:
                    server.scim(customer), server.sso(customer), server.owner(customer)
        yield cluster, servers, customers


@contextmanager
def _serving(url: str, log: Path) -> Iterator[Server]:
    server = Server(url, log, workers=1).start()
    try:
        yield server
    finally:
        server.kill()


def _shown(password: str, servers: Sequence[Server]) -> list[str]:
    return ["the password is in a log" for server in servers if password in server.stderr]


if __name__ == "__main__":
    sys.exit(main())
