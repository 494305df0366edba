"""A real `seatgate serve` process to speak to."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psutil

from app.access.principal import Role
from tests.support.builders import NOW, Customer
from tests.support.clients import Client, OwnerClient, ScimClient, SsoClient

WORKERS = 2
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15


@dataclass
class Server:
    """One server process with its workers, whose clock starts at `starts_at` and runs on."""

    database_url: str
    log: Path
    workers: int = WORKERS
    starts_at: datetime = NOW
    settings: dict[str, str] = field(default_factory=dict)
    #: What the command line is called by.
    program: tuple[str, ...] = (sys.executable, "-m", "app.cli")
    port: int = field(init=False)
    _process: subprocess.Popen = field(init=False, repr=False)
    _clients: list[Client] = field(init=False, default_factory=list, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process whose children are the workers."""
        return self._process.pid

    @property
    def worker_pids(self) -> list[int]:
        """The processes that serve."""
        return [process.pid for process in psutil.Process(self.pid).children()]

    @property
    def stderr(self) -> str:
        """What the process has said on standard error."""
        return self.log.read_text()

    def start(self, port: int | None = None, *options: str) -> "Server":
        """Start the process, at a free port unless one is given, and return when it listens."""
        self.port = port or free_port()
        with self.log.open("w") as log, self._said.open("w") as said:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                [*self._command(), *options],
                env=self._environment(),
                stdout=said,
                stderr=log,
            )
        self._wait_until_it_listens()
        return self

    def stop(self) -> int:
        """Ask the process to stop and return its exit code."""
        self.close_clients()
        self._process.terminate()
        try:
            return self._process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def kill(self) -> None:
        """End the process and its workers at once, whatever they are doing."""
        self.close_clients()
        family = [*psutil.Process(self._process.pid).children(recursive=True), self._process]
        for process in family:
            process.kill()
        self._process.wait()

    def reap(self) -> None:
        """Wait for a process that was killed from outside."""
        self._process.wait(STOP_SECONDS_MAX)

    def scim(self, customer: Customer, provider: str | None = None) -> ScimClient:
        """Return a provisioning client of an organization."""
        return self._client(ScimClient, customer, Role.SCIM, provider)

    def owner(self, customer: Customer, role: Role = Role.PRIMARY_OWNER) -> OwnerClient:
        """Return a client of the owner surface."""
        return self._client(OwnerClient, customer, role)

    def sso(self, customer: Customer, provider: str | None = None) -> SsoClient:
        """Return a client of the login hook."""
        return self._client(SsoClient, customer, Role.SSO, provider)

    def operator(self, *arguments: str) -> dict:
        """Run a command of the vendor's beside the server; return what it answers in JSON."""
        command = [*self.program, *arguments, "--json"]
        done = subprocess.run(  # noqa: S603  # our own command
            command, env=self._environment(), capture_output=True, check=True
        )
        return json.loads(done.stdout)

    def close_clients(self) -> None:
        """Close the connections of every client made so far."""
        while self._clients:
            self._clients.pop().close()

    def _client(self, kind, customer: Customer, role: Role, provider: str | None = None):
        client = kind(self.url, customer.secret(role, provider))
        self._clients.append(client)
        return client

    def _command(self) -> list[str]:
        command = [*self.program, "serve", "--host", "127.0.0.1"]
        return [*command, "--port", str(self.port), "--workers", str(self.workers)]

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("SEATGATE_")
        }
        return {
            **inherited,
            "SEATGATE_DATABASE_URL": self.database_url,
            "SEATGATE_SANDBOX": "1",
            "SEATGATE_CLOCK": self.starts_at.isoformat(),
            **self.settings,
        }

    @property
    def _said(self) -> Path:
        """The file of what the process says on standard output."""
        return self.log.with_name(f"{self.log.name}.out")

    def _listens(self) -> bool:
        return "Listening on" in self._said.read_text()

    def _wait_until_it_listens(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < give_up_at and self._process.poll() is None:
            if self._listens():
                return
            time.sleep(0.05)
        self._process.kill()
        self._process.wait()
        raise RuntimeError(f"the server did not start:\n{self.stderr}")


def free_port() -> int:
    """Return a port that no process listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
