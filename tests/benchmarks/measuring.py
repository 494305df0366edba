"""What a running server takes: time, and the CPU and memory of its whole tree of processes."""

import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.asking import Subject
from tests.benchmarks.workloads import Workload
from tests.support.counting import count_queries

#: What comes before each round and is not measured.
WARM_UNITS = 3
#: On how many units statements are counted.
COUNTED_UNITS = 4


@dataclass(frozen=True)
class Round:
    """One workload for a while. Units: seconds, bytes."""

    latencies: list[float]
    cpu: float
    database_cpu: float
    memory: int


@dataclass(frozen=True)
class Figures:
    """The medians of rounds, of one request or unit. Units: milliseconds, bytes."""

    p50: float
    p95: float
    a_second: float
    cpu: float
    database_cpu: float
    memory: int

    @classmethod
    def of(cls, rounds: Sequence[Round]) -> "Figures":
        latencies = sorted(each for round_ in rounds for each in round_.latencies)

        def of_each(part: str) -> float:
            shares = [getattr(round_, part) / len(round_.latencies) for round_ in rounds]
            return statistics.median(shares) * 1e3

        return cls(
            p50=statistics.median(latencies) * 1e3,
            p95=latencies[int(len(latencies) * 0.95)] * 1e3,
            a_second=len(latencies) / sum(latencies),
            cpu=of_each("cpu"),
            database_cpu=of_each("database_cpu"),
            memory=max(round_.memory for round_ in rounds),
        )


def run(subject: Subject, workload: Workload, seconds: float, pids: Sequence[int]) -> Round:
    """Ask a workload of a server on one connection for a while, and return what it took."""
    units = _units(subject, workload)
    for _ in range(WARM_UNITS):
        next(units)
    before, ends_at = subject.spent(), time.perf_counter() + seconds
    latencies = [next(units)]
    while time.perf_counter() < ends_at:
        latencies.append(next(units))
    cpu, database_cpu = (
        (now - then) / workload.parts for now, then in zip(subject.spent(), before, strict=True)
    )
    return Round(latencies, cpu, database_cpu, memory_of(pids))


def statements(subject: Subject, workload: Workload) -> float:
    """Return how many statements a request takes of an application in this process."""
    requests = workload.asks(subject)
    request, total = next(requests), 0
    for turn in range((1 + COUNTED_UNITS) * workload.steps):
        with count_queries() as sent:
            answer = subject.ask(request)
        if turn >= workload.steps:
            total += sent.count
        request = requests.send(answer)
    return total / COUNTED_UNITS / workload.parts


def _units(subject: Subject, workload: Workload) -> Iterator[float]:
    """Yield how long each unit of a workload takes."""
    requests = workload.asks(subject)
    request = next(requests)
    while True:
        passed = 0.0
        for _ in range(workload.steps):
            started = time.perf_counter()
            answer = subject.ask(request)
            passed += time.perf_counter() - started
            request = requests.send(answer)
        yield passed / workload.parts


def family(pid: int) -> list[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def cpu_of(pids: Sequence[int]) -> float:
    """Return the seconds of CPU, the system's and their own, that processes have taken.

    Linux has a clock for each process, of the same time as in /proc/PID/stat, but finer.
    """
    return sum(time.clock_gettime_ns((~pid << 3) | 2) for pid in pids) / 1e9


def memory_of(pids: Sequence[int]) -> int:
    """Return the bytes of memory of processes, of which each shares what it shares (PSS)."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return total


@contextmanager
def peak_memory(pids: Sequence[int]) -> Iterator[list[int]]:
    """Look at the memory of processes again and again; the list holds what was seen."""
    seen, over = [memory_of(pids)], threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            seen.append(memory_of(pids))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()
