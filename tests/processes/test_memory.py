"""What the processes of a server hold: one copy of what all of them need, and nothing unused."""

from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: How much room glibc sets aside for the heap of a thread, and at which multiples it begins
#: (HEAP_MAX_SIZE in its malloc/arena.c).
HEAP_BYTES = 64 * 1024 * 1024


class Span(NamedTuple):
    """Addresses of a process: the first, the one behind the last, the file that they stand for."""

    begins: int
    ends: int
    file: str


def kilobytes(pid: int) -> dict[str, int]:
    """Return the memory of a process by its kind, as Linux counts it."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name.rstrip(":"): int(size) for name, size, _ in map(str.split, lines)}


def mapped(pid: int) -> list[Span]:
    found = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, _, _, _, _, *file = line.split(maxsplit=5)
        found.append(Span(*(int(each, 16) for each in span.split("-")), "".join(file)))
    return found


def heaps_of_threads(pid: int) -> list[Span]:
    """Return the heaps that threads have to themselves: the used part, with room behind it."""
    spans = [span for span in mapped(pid) if not span.file]
    room = {span.begins: span.ends for span in spans}
    return [
        span
        for span in spans
        if span.begins % HEAP_BYTES == 0 and room.get(span.ends) == span.begins + HEAP_BYTES
    ]


def test_workers_share_most_of_what_they_hold(server_process):
    for pid in server_process.worker_pids:
        held = kilobytes(pid)
        assert held["Private_Dirty"] < held["Shared_Dirty"] / 2


def test_threads_of_a_worker_share_its_heap(server_process):
    for pid in server_process.worker_pids:
        assert heaps_of_threads(pid) == []


def test_a_server_over_sqlite_carries_no_driver_of_postgresql(server_process):
    for pid in [server_process.pid, *server_process.worker_pids]:
        assert [span.file for span in mapped(pid) if "psycopg" in span.file] == []
