"""What was measured, as tables and as JSON."""

import platform
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from tests.benchmarks.measuring import Figures
from tests.benchmarks.plans import Plan
from tests.benchmarks.workloads import GROWTH_MAX, TOLERANCE, Workload


@dataclass(frozen=True)
class Row:
    """One workload, with the server that it is measured against."""

    workload: Workload
    ours: Figures
    theirs: Figures
    statements: float

    @property
    def ratio(self) -> float:
        return self.ours.cpu / self.theirs.cpu


@dataclass(frozen=True)
class Figure:
    """One figure that is not of a workload, and at most how large it shall be."""

    title: str
    found: float
    unit: str
    target: float | None = None
    note: str = ""


@dataclass
class Report:
    """All that one run found."""

    plan: Plan
    rows: list[Row] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    #: The p50 of workloads at each size. Units: milliseconds.
    growth: dict[str, dict[int, float]] = field(default_factory=dict)

    def missed(self) -> list[str]:
        """Return what is not as it shall be, a sentence each."""
        rows = [
            f"{row.workload.title}: {row.ratio:.1f} times, wanted {row.workload.target:g}"
            for row in self.rows
            if not met(row.ratio, row.workload.target)
        ]
        figures = [
            f"{each.title}: {each.found:.1f} {each.unit}, wanted {each.target:g}"
            for each in self.figures
            if not met(each.found, each.target)
        ]
        growth = [
            f"{name}: {grown(at):.1f} times slower at {max(at):,}"
            for name, at in self.growth.items()
            if grown(at) > GROWTH_MAX
        ]
        return rows + figures + growth

    def as_json(self) -> dict:
        rows = [
            {
                "workload": row.workload.name,
                "ratio": row.ratio,
                "target": row.workload.target,
                "met": met(row.ratio, row.workload.target),
                "statements": row.statements,
                "ours": asdict(row.ours),
                "against": row.workload.against or row.workload.name,
                "theirs": asdict(row.theirs),
            }
            for row in self.rows
        ]
        about = {
            "command": self.plan.command,
            "engine": self.plan.engine,
            "size": self.plan.size,
            **machine(),
        }
        figures = [asdict(each) for each in self.figures]
        return {**about, "rows": rows, "figures": figures, "growth": self.growth}

    def as_text(self) -> str:
        """Return the report as a document."""
        lines = [
            "# Performance",
            "",
            self._introduction(),
            "",
            *(f"- {name}: {value}" for name, value in machine().items()),
            f"- data: {self.plan.engine}, {'in memory' if self.plan.folder else 'on disk'}",
            "",
            *self._table(),
            "",
            *self._figures(),
            *self._growth(),
        ]
        return "\n".join(lines).rstrip() + "\n"

    def _introduction(self) -> str:
        plan = self.plan
        return (
            f"`{plan.command}` measures the server beside the floor: the least that a program in "
            "Flask does for the same requests, hand-written over sqlite3, with commits as durable "
            "and under the same WSGI server (`tests/benchmarks/floor.py`). Both have two workers "
            f"and {plan.size:,} users, of which ninety-nine in a hundred are in one group. One "
            f"connection asks each in turn, {plan.rounds} rounds of {plan.seconds:g} s; the ratio "
            "is of the medians of CPU a request, the whole tree of processes counted. It is met "
            f"up to {TOLERANCE - 1:.0%} above what is wanted."
        )

    def _table(self) -> Iterator[str]:
        database_cpu = self.plan.engine != "sqlite"
        header = ["workload", "p50 ms", "p95 ms", "a second", "CPU ms", "statements", "memory MB"]
        header += ["database CPU ms"] if database_cpu else []
        yield from _header([*header, "floor CPU ms", "ratio", "wanted", "met"])
        for row in self.rows:
            ours = row.ours
            cells = [row.workload.title, f"{ours.p50:.2f}", f"{ours.p95:.2f}"]
            cells += [f"{ours.a_second:.0f}", f"{ours.cpu:.2f}", f"{row.statements:g}"]
            cells += [f"{ours.memory / 1e6:.0f}"]
            cells += [f"{ours.database_cpu:.2f}"] if database_cpu else []
            yield _line([*cells, f"{row.theirs.cpu:.2f}", *_judged(row.ratio, row.workload.target)])

    def _figures(self) -> Iterator[str]:
        if not self.figures:
            return
        yield from _header(["figure", "found", "of", "wanted", "met"])
        for each in self.figures:
            found, wanted, fits = _judged(each.found, each.target)
            yield _line([each.title, f"{found} {each.unit}", each.note, wanted, fits])
        yield ""

    def _growth(self) -> Iterator[str]:
        if not self.growth:
            return
        yield "## Growth"
        yield ""
        yield f"The p50 in milliseconds; it may grow {GROWTH_MAX:g} times."
        yield ""
        sizes = sorted({size for at in self.growth.values() for size in at})
        yield from _header(["workload", *(f"{size:,} users" for size in sizes), "times", "flat"])
        for name, at in self.growth.items():
            times = grown(at)
            flat = "yes" if times <= GROWTH_MAX else "no"
            yield _line([name, *(f"{at[size]:.2f}" for size in sizes), f"{times:.2f}", flat])


def met(found: float, target: float | None) -> bool:
    """Return whether a figure is at most what is wanted, or little more."""
    return target is None or found <= target * TOLERANCE


def grown(at: dict[int, float]) -> float:
    """Return how often the time at the smallest size the one at the largest is."""
    return at[max(at)] / at[min(at)]


def machine() -> dict[str, str]:
    """Return on what and when was measured."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    cores = sum(
        line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines()
    )
    return {
        "date": date.today().isoformat(),  # noqa: DTZ011  # the day where it was measured
        "machine": f"{cpu}, {cores} cores",
        "versions": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}",
    }


def _judged(found: float, target: float | None) -> tuple[str, str, str]:
    if target is None:
        return f"{found:.1f}", "", ""
    return f"{found:.1f}", f"{target:g}", "yes" if met(found, target) else "no"


def _header(names: Sequence[str]) -> Iterator[str]:
    yield _line(names)
    yield "|" + "---|" * len(names)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
