"""What commands cost that are run by hand: the CPU from their start to their end."""

import os
import statistics
import subprocess
import sys

from tests.benchmarks.report import Figure
from tests.support.servers import Server

#: Each command, what it is compared with, and how many times that it may take.
COMMANDS = (
    (("--version",), "import click", 3),
    (("--help",), "import click", 3),
    (("organization", "list"), "import peewee", 2),
)


def measure(server: Server, times: int) -> list[Figure]:
    """Return what the commands cost over the database of a server."""
    figures = []
    for arguments, code, target in COMMANDS:
        ours = _cpu_of([*server.program, *arguments], server, times)
        theirs = _cpu_of([sys.executable, "-c", code], server, times)
        title = f"`seatgate {' '.join(arguments)}`"
        note = f"`{code}`: {ours * 1e3:.0f} ms to {theirs * 1e3:.0f}"
        figures.append(Figure(title, ours / theirs, "times", target, note))
    return figures


def _cpu_of(command: list[str], server: Server, times: int) -> float:
    """Return the median of the seconds of CPU that a command takes."""
    took = []
    for _ in range(times):
        process = subprocess.Popen(  # noqa: S603  # our own command
            command,
            env=server._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        took.append(usage.ru_utime + usage.ru_stime)
    return statistics.median(took)
