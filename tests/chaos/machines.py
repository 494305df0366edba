"""The servers of a run: they are killed, frozen and started again, as a supervisor would."""

import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path

import psutil

from app.config import Config
from tests.support.servers import STOP_SECONDS_MAX, Server

WORKERS = 4

#: How long a process is frozen at most.
FROZEN_SECONDS_MAX = 1.5

#: How often a start is tried on a machine that is busy.
STARTS_MAX = 4

#: How often the supervisor looks.
LOOK_SECONDS = 0.1


@dataclass
class Machine:
    """One server with its workers, started again whenever it is gone."""

    server: Server
    lock: threading.Lock = field(default_factory=threading.Lock)
    starts: int = 0
    #: The workers that were seen last, which an end of their parent may leave behind.
    _workers: list[psutil.Process] = field(default_factory=list)

    def start(self) -> None:
        with self.lock:
            self._end_orphans()
            if self.starts:
                self.server.reap()
            self.server.start()
            self.starts += 1

    def start_surely(self) -> None:
        """Start, and try again where the machine is too busy for the first try."""
        for _ in range(STARTS_MAX - 1):
            with suppress(RuntimeError):
                return self.start()
        return self.start()

    @property
    def main(self) -> psutil.Process | None:
        with suppress(psutil.NoSuchProcess, AttributeError):
            process = psutil.Process(self.server.pid)
            if process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def workers(self) -> list[psutil.Process]:
        main = self.main
        with suppress(psutil.NoSuchProcess):
            if main is not None:
                self._workers = main.children()
                return self._workers
        return []

    def kill(self) -> int:
        """Kill the server with its workers, and return how many processes that were."""
        main, workers = self.main, self.workers()
        for process in (*([main] if main else []), *workers):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if main:
            # By now its successor may have been started.
            main.wait(STOP_SECONDS_MAX)
        return 1 + len(workers) if main else 0

    def _end_orphans(self) -> None:
        for worker in self._workers:
            with suppress(psutil.NoSuchProcess):
                worker.kill()
        self._workers = []
        self.server.close_clients()


@dataclass
class Machines:
    """All servers over one database, and the supervisor that starts them again."""

    machines: list[Machine]
    ended: threading.Event = field(default_factory=threading.Event)
    kills: int = 0

    @classmethod
    def over(
        cls, url: str, folder: Path, count: int, program: tuple[str, ...] | None
    ) -> "Machines":
        # All machines go by the clock of this one.
        settings = {"SEATGATE_SANDBOX": "", "SEATGATE_CLOCK": ""}
        if "rate_limit" in {each.name for each in fields(Config)}:
            settings["SEATGATE_RATE_LIMIT"] = "0"
        machines = []
        for number in range(count):
            server = Server(url, folder / f"stderr-{number}.txt", WORKERS, settings=settings)
            if program is not None:
                server.program = program
            machines.append(Machine(server))
        return cls(machines)

    def start(self) -> None:
        with ThreadPoolExecutor(len(self.machines)) as threads:
            list(threads.map(Machine.start_surely, self.machines))
        for machine in self.machines:
            threading.Thread(target=self._supervise, args=(machine,), daemon=True).start()

    def addresses(self) -> list[str]:
        return [machine.server.url for machine in self.machines]

    def processes(self) -> list[psutil.Process]:
        return [worker for machine in self.machines for worker in machine.workers()]

    def kill_worker(self, dice: random.Random) -> None:
        workers = self.processes()
        if workers:
            with suppress(psutil.NoSuchProcess):
                dice.choice(workers).kill()
                self.kills += 1

    def kill_server(self, dice: random.Random) -> None:
        self.kills += dice.choice(self.machines).kill()

    def freeze(self, dice: random.Random) -> None:
        workers = self.processes()
        if not workers:
            return
        frozen = dice.choice(workers)
        with suppress(psutil.NoSuchProcess):
            frozen.send_signal(signal.SIGSTOP)
            time.sleep(dice.uniform(0.2, FROZEN_SECONDS_MAX))
            frozen.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Kill all of them for good."""
        self.ended.set()
        for machine in self.machines:
            with machine.lock:
                machine.kill()
                machine._end_orphans()
                machine.server.reap()

    def _supervise(self, machine: Machine) -> None:
        while not self.ended.wait(LOOK_SECONDS):
            machine.workers()
            if machine.main is None:
                with suppress(RuntimeError, OSError):
                    machine.start()
