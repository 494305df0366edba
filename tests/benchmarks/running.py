"""One run: which workloads, at which sizes, how long, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.db import deadlines
from app.db.connections import connection
from app.db.pacing import paced
from app.exchanges import records
from app.seats.watching.alerts import update_alerts
from tests.benchmarks import commands
from tests.benchmarks.filling import fill
from tests.benchmarks.measuring import Figures, memory_of, peak_memory, run, statements
from tests.benchmarks.plans import Plan
from tests.benchmarks.report import Figure, Report, Row
from tests.benchmarks.servers import Measured, both
from tests.benchmarks.workloads import WORKLOADS, Workload
from tests.support.multitudes import COPYING_SECONDS, multiply

MEGABYTE = 1e6

#: What both servers are asked before their memory is compared, and on how many connections: so many
#: that each worker has answered some, and holds what it needs for its work.
ASKED_OF_ALL = ("get", "user_name", "page", "deep", "group", "put", "patch", "member", "create")
CONNECTIONS = 16

#: Growth is judged by the best of these, so that it is not that of what else the machine does. They
#: lie apart, since it may do that for some seconds.
GROWTH_ROUNDS = 3

Say = Callable[[str], None]


def run_plan(plan: Plan, say: Say) -> Report:
    """Measure what a plan says."""
    report = Report(plan)
    with both(plan.engine, plan.large * 2 + 1_000_000, plan.folder) as (product, ground):
        run_ = _Run(plan, report, product, ground, say)
        if plan.small < plan.large:
            run_.grow_to(plan.small)
            run_.measure_growth()
        run_.grow_to(plan.size)
        run_.measure_table()
        if plan.is_whole:
            run_.measure_memory()
            report.figures += commands.measure(product.server, plan.rounds)
        if plan.small < plan.large:
            run_.grow_to(plan.large)
            run_.measure_growth()
        if plan.is_whole:
            run_.measure_memory_of_group()
    return report


@dataclass
class _Run:
    """A run under way."""

    plan: Plan
    report: Report
    product: Measured
    ground: Measured
    say: Say

    def grow_to(self, size: int) -> None:
        self.say(f"{size:,} users …")
        fill(self.product, self.ground, min(size, self.plan.loaded_max))
        if size > self.plan.loaded_max:
            organization_id = self.product.subject.organization_id
            multiply(organization_id, size)
            # As housekeeping does; it would be at work on all who were copied meanwhile.
            with connection(), deadlines.within(COPYING_SECONDS), paced():
                now = datetime.now(UTC)
                records.purge(at=now)
                update_alerts(organization_id, at=now)
        self.product.subject.population.size = size
        # A server cuts a connection on which it has heard nothing for so long.
        for measured in (self.product, self.ground):
            measured.subject.transport.close()

    def measure_growth(self) -> None:
        size = self.product.subject.population.size
        flat = [workload for workload in self.plan.chosen if workload.flat]
        for number in range(1, min(self.plan.rounds, GROWTH_ROUNDS) + 1):
            self.say(f"  growth, round {number}")
            for workload in flat:
                seconds = self.plan.seconds / 2
                round_ = run(self.product.subject, workload, seconds, self.product.pids)
                p50 = Figures.of([round_]).p50
                best = self.report.growth.setdefault(workload.title, {})
                best[size] = min(p50, best.get(size, p50))

    def measure_table(self) -> None:
        for workload in self.plan.chosen:
            row = self._row(workload)
            self.report.rows.append(row)
            self.say(
                f"  {workload.title}: {row.ours.cpu:.2f} ms of CPU, {row.ratio:.1f} times"
                f" {row.theirs.cpu:.2f}, {row.statements:g} statements"
            )

    def _row(self, workload: Workload) -> Row:
        kind, _, name = workload.against.rpartition(":")
        other, against = self.ground, WORKLOADS[name or workload.name]
        if kind == "own":
            other = self.product
        ours, theirs = [], []
        for _ in range(self.plan.rounds):
            ours.append(self._round(self.product, workload))
            theirs.append(self._round(other, against))
        counted = statements(self.product.within, workload)
        return Row(workload, Figures.of(ours), Figures.of(theirs), counted)

    def _round(self, measured: Measured, workload: Workload):
        return run(measured.subject, workload, self.plan.seconds, measured.pids)

    def measure_memory(self) -> None:
        for measured in (self.product, self.ground):
            self._let_all_work(measured)
        ours, floors = memory_of(self.product.pids), memory_of(self.ground.pids)
        note = f"{ours / MEGABYTE:.0f} MB to {floors / MEGABYTE:.0f}"
        self.report.figures.append(Figure("memory", ours / floors, "times", 1.7, note))

    def _let_all_work(self, measured: Measured) -> None:
        for _ in range(CONNECTIONS):
            measured.subject.transport.close()
            for name in ASKED_OF_ALL:
                run(measured.subject, WORKLOADS[name], 0, measured.pids)

    def measure_memory_of_group(self) -> None:
        subject = self.product.subject
        with peak_memory(self.product.pids) as seen:
            for _ in range(3):
                subject.ask(next(WORKLOADS["group"].asks(subject)))
        title = f"memory while a group of {subject.population.size:,} is read"
        more = (max(seen) - seen[0]) / MEGABYTE
        self.report.figures.append(Figure(title, more, "MB more", 60))
