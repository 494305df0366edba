"""Processes that stand still, as under a debugger or on a machine that hangs."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """Stop processes for the length of a `with`; those that ended meanwhile are passed over."""
    stopped = [pid for pid in pids if _send(pid, signal.SIGSTOP)]
    try:
        yield
    finally:
        for pid in stopped:
            _send(pid, signal.SIGCONT)


def family(pid: int) -> list[int]:
    """Return a process with all that descend from it, itself first."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def backends(url: str) -> list[int]:
    """Return the backends of PostgreSQL that serve a database, but for the one that is asked."""
    with psycopg.connect(url) as asking:
        rows = asking.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in rows]


def whole_server(url: str) -> list[int]:
    """Return all processes of PostgreSQL: the one that takes connections, and its children."""
    with psycopg.connect(url) as asking:
        return family(psutil.Process(asking.info.backend_pid).ppid())


def _send(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
