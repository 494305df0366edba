"""A run: clients on tight pools, faults by the dice of a seed, and the judge at its end."""

import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from app.access.principal import Role
from app.db.connections import connection, open_database
from tests.chaos.clients import ChaosClient
from tests.chaos.engines import ENGINES, Engine
from tests.chaos.facts import Finding, Log
from tests.chaos.judging import customers_of, judge
from tests.chaos.machines import Machines
from tests.chaos.mutants import MUTANTS, take_guard_away
from tests.support.builders import Customer, a_group, a_user, an_organization
from tests.support.databases import fast_folder

CLIENTS = 8
CUSTOMERS = 4
SEATS = 4
MACHINES = 2

#: How long clients go on without faults at the end, so that everything can recover.
CALM_SECONDS = 2

#: How often each fault comes, beside those of the engine, of which each has the weight 1.
WEIGHTS = {"worker killed": 24, "server killed": 3, "process frozen": 3}

#: Seconds from one fault to the next, at least and at most.
PAUSES = (0.25, 0.8)


@dataclass(frozen=True)
class Plan:
    """What a run shall be."""

    engine: str
    seed: int
    seconds: float
    mutant: str | None = None

    @property
    def program(self) -> tuple[str, ...] | None:
        """What servers are started by: the product's own command where there is no mutant."""
        if self.mutant is None:
            return None
        return (sys.executable, "-m", "tests.chaos.mutants", self.mutant)


@dataclass
class Outcome:
    """What a run came to."""

    plan: Plan
    log: Log
    kills: int
    #: Of each fault: when it began.
    faults: list[tuple[str, float]]
    findings: list[Finding] = field(default_factory=list)

    def recoveries(self) -> dict[str, list[float]]:
        """Return, of each kind of fault, the seconds to the first request answered after it."""
        answered = sorted((one.began, one.ended) for one in self.log.asked if one.status < 500)
        found: dict[str, list[float]] = {}
        for name, at in self.faults:
            after = (ended - at for began, ended in answered if began >= at)
            seconds = min(after, default=None)
            if seconds is not None:
                found.setdefault(name, []).append(seconds)
        return found


def run(plan: Plan) -> Outcome:
    """Run a plan, and judge what it left behind."""
    with TemporaryDirectory(prefix="seatgate-", dir=fast_folder()) as name:
        folder = Path(name)
        with ENGINES[plan.engine](folder) as engine:
            if plan.mutant is not None:
                take_guard_away(MUTANTS[plan.mutant], engine.direct_url)
            return _run(plan, engine, folder)


def _run(plan: Plan, engine: Engine, folder: Path) -> Outcome:
    with _opened(engine):
        customers = [_a_tight_customer() for _ in range(CUSTOMERS)]
        began_with = customers_of([customer for customer, _ in customers])
    machines = Machines.over(engine.url, folder, MACHINES, plan.program)
    log, ended = Log(), threading.Event()
    try:
        machines.start()
        clients = [
            ChaosClient(
                *customers[number % CUSTOMERS],
                machines.addresses,
                log,
                random.Random(f"{plan.seed} {number}"),  # noqa: S311  # no secret
                ended,
            )
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        faults = _break(plan, engine, machines)
        time.sleep(CALM_SECONDS)
        ended.set()
        for client in clients:
            client.join()
        kills = machines.kills
    finally:
        ended.set()
        machines.end()
    with _opened(engine):
        findings = [*log.findings, *judge(clients, began_with)]
    return Outcome(plan, log, kills, faults, findings)


def _break(plan: Plan, engine: Engine, machines: Machines) -> list[tuple[str, float]]:
    """Let faults happen until the time is over, and return when each did."""
    dice = random.Random(plan.seed)  # noqa: S311  # no secret
    kinds = {
        "worker killed": lambda: machines.kill_worker(dice),
        "server killed": lambda: machines.kill_server(dice),
        "process frozen": lambda: machines.freeze(dice),
        **{
            name: lambda fault=fault: fault(machines.processes())
            for name, fault in engine.faults.items()
        },
    }
    weights = [WEIGHTS.get(name, 1) for name in kinds]
    done: list[tuple[str, float]] = []
    until = time.monotonic() + plan.seconds
    while time.monotonic() < until:
        time.sleep(dice.uniform(*PAUSES))
        [name] = dice.choices(list(kinds), weights)
        done.append((name, time.monotonic()))
        with suppress(psutil.Error):
            kinds[name]()
    return done


def _a_tight_customer() -> tuple[Customer, str]:
    """Return a customer with fewer seats than people, and the id of its team."""
    now = datetime.now(UTC)
    customer = an_organization(SEATS, at=now, starts_on=now.date())
    for role in (Role.SCIM, Role.PRIMARY_OWNER, Role.SSO):
        customer.secret(role)
    team = a_group(customer, "Team", [a_user(customer, active=False)])
    return customer, team.id


@contextmanager
def _opened(engine: Engine) -> Iterator[None]:
    """Let this process look at the database, past the proxy, on a connection of this moment."""
    database = open_database(engine.direct_url)
    try:
        with connection():
            yield
    finally:
        database.close_all()
