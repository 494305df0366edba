"""What is done to the primary while clients work."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg

from tests.failover.cluster import Cluster, Node

#: How long commits go on that no standby gets, before the machine is lost.
CUT_SECONDS = 2.0

#: How long waits are cancelled: shorter than a client takes to repeat a confirmation. What such a
#: commit wrote can be read until the machine is lost, and a repetition would be answered from it.
CANCEL_SECONDS = 1.0

#: Makes the fault, and returns what mends it while clients still work, or None.
Make = Callable[[Cluster, Node], Callable[[], list[str]] | None]


@dataclass(frozen=True)
class Fault:
    name: str
    make: Make
    #: Whether the machine must be started again.
    kills: bool = False


def _switch_over(cluster: Cluster, _primary: Node) -> None:
    cluster.switch_over()


def _kill(_cluster: Cluster, primary: Node) -> None:
    primary.kill()


def _freeze(cluster: Cluster, primary: Node) -> Callable[[], list[str]]:
    """Stop the machine, with a write on its way, which it may not acknowledge when it thaws."""
    write = _Write(cluster.url_of(primary, "postgres"))
    primary.freeze()
    write.send()

    def thaw() -> list[str]:
        primary.thaw()
        return ["what was the primary acknowledged a write"] if write.acknowledged() else []

    return thaw


def _cut_and_kill(_cluster: Cluster, primary: Node) -> None:
    primary.stop_sending()
    time.sleep(CUT_SECONDS)
    primary.kill()


def _cut_cancel_and_kill(cluster: Cluster, primary: Node) -> None:
    """As `_cut_and_kill`, with an operator who cancels whatever waits for the standby."""
    with _connected(cluster.url_of(primary, "postgres")) as operator:
        primary.stop_sending()
        until = time.monotonic() + CANCEL_SECONDS
        while time.monotonic() < until:
            operator.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            )
            time.sleep(0.1)
    primary.kill()


#: Each of these must lose nothing where commits wait for the standby.
FAULTS = (
    Fault("switched over", _switch_over),
    Fault("killed", _kill, kills=True),
    Fault("frozen, thawed", _freeze),
    Fault("cut off, waits cancelled, killed", _cut_cancel_and_kill, kills=True),
)

#: This must lose something where they do not.
CONTROL = Fault("control: cut off, killed", _cut_and_kill, kills=True)


class _Write:
    """A write over a connection that is there before the server stops."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("CREATE TABLE IF NOT EXISTS written (at timestamptz)")
        self._done = False
        self._thread = threading.Thread(target=self._write, daemon=True)

    def send(self) -> None:
        self._thread.start()

    def acknowledged(self) -> bool:
        """Return whether the server said that it was done; wait until it has said anything."""
        self._thread.join(60)
        return self._done or self._thread.is_alive()

    def _write(self) -> None:
        with suppress(psycopg.Error):
            self._connection.execute("INSERT INTO written VALUES (now())")
            self._done = True
        self._connection.close()


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    connection = psycopg.connect(url, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()
