"""Workers: what becomes of them when their parent dies, and of the others when one of them does."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest
import requests

from tests.support.servers import Server

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

SECONDS_MAX = 20


@pytest.fixture
def mortal(database_url, tmp_path):
    server = Server(database_url, tmp_path / "stderr.txt").start()
    yield server
    if psutil.pid_exists(server.pid):
        server.kill()


def wait_for(what: Callable[[], object]) -> None:
    """Return when something has come to be."""
    give_up_at = time.monotonic() + SECONDS_MAX
    while not what():
        assert time.monotonic() < give_up_at, "it did not come to be"
        time.sleep(0.02)


def alive(pids: list[int]) -> list[int]:
    return [
        pid
        for pid in pids
        if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    ]


def test_workers_end_with_their_parent_and_leave_the_port_to_the_next_server(mortal):
    workers = mortal.worker_pids
    assert len(workers) == 2

    os.kill(mortal.pid, signal.SIGKILL)
    mortal._process.wait()

    wait_for(lambda: not alive(workers))
    mortal.start(mortal.port)
    assert requests.get(f"{mortal.url}/live", timeout=5).status_code == 200


def test_a_worker_that_dies_again_and_again_is_started_again_and_takes_no_other_along(mortal):
    mortal_worker, steady = sorted(mortal.worker_pids)

    for deaths in (1, 2, 3):
        os.kill(mortal_worker, signal.SIGKILL)
        # A process listens until the last of its threads is gone, and only then can be reaped.
        wait_for(lambda dead=mortal_worker: not psutil.pid_exists(dead))
        assert requests.get(f"{mortal.url}/live", timeout=5).status_code == 200
        wait_for(lambda: len(alive(mortal.worker_pids)) == 2)
        assert mortal.stderr.count("Worker ") == deaths
        (mortal_worker,) = set(alive(mortal.worker_pids)) - {steady}

    assert steady in alive(mortal.worker_pids)
    pauses = re.findall(
        r"Worker \d \(process \d+\) was killed by SIGKILL after [\d.]+ s. "
        r"It is started again in ([\d.]+) s; the others go on.",
        mortal.stderr,
    )
    assert pauses == ["0.5", "1", "2"]


#: A parent whose child heeds no SIGTERM, and which ends at once. It prints the child's process id.
STUBBORN = """
import os, signal, time
from app.processes import end_with
parent = os.getpid()
child = os.fork()
if child:
    print(child, flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end_with(parent, within_seconds=0.2)
time.sleep(600)
"""


def test_a_worker_that_cannot_stop_ends_all_the_same_when_its_parent_is_gone(engine):  # noqa: ARG001  # once
    said = subprocess.run(  # noqa: S603  # our own script
        [sys.executable, "-c", STUBBORN],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=SECONDS_MAX,
    ).stdout

    wait_for(lambda: not alive([int(said)]))
