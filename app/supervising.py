"""The parent of the workers: it starts one that died again, and lets the others be.

Granian ends the whole server when a worker dies twice within seconds. What is done instead stands
in `Supervisor`, over those parts of Granian that `tests/processes` holds it to.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian

log = logging.getLogger(__name__)

#: A worker that lived so long is started again at once.
STEADY_SECONDS = 10

#: How long the first pause is before one that did not is started again. Each is twice the last.
PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 30


class Pauses:
    """How long each worker that died is waited with, by its number."""

    def __init__(self) -> None:
        """Begin with workers that have not died."""
        self._last: dict[int, float] = {}

    def after(self, worker: int, lived_seconds: float) -> float:
        """Return for how many seconds a worker that lived so long is not started again.

        >>> pauses = Pauses()
        >>> [pauses.after(1, 2.0) for _ in range(8)]
        [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30, 30]
        >>> pauses.after(1, 60.0), pauses.after(1, 2.0), pauses.after(2, 2.0)
        (0.0, 0.5, 0.5)
        """
        if lived_seconds >= STEADY_SECONDS:
            self._last.pop(worker, None)
            return 0.0
        last = self._last.get(worker)
        pause = PAUSE_SECONDS_MIN if last is None else min(2 * last, PAUSE_SECONDS_MAX)
        self._last[worker] = pause
        return pause


class Supervisor(Granian):  # type: ignore[misc, valid-type]  # which class it is is chosen at import
    """Granian's server, with workers that die one by one and not together."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take what Granian takes."""
        super().__init__(*args, **options)
        self._pauses = Pauses()
        #: When each worker that died is started again, on the monotonic clock.
        self._due: dict[int, float] = {}

    def _spawn_worker(self, *args: Any, **options: Any) -> Any:
        worker = super()._spawn_worker(*args, **options)
        worker._watcher = partial(self._watch_over, worker)
        return worker

    def _watch_over(self, worker: Any) -> None:
        """Wait for a worker to end, in a thread of its own, and give notice unless it was asked to.

        A signal to stop may reach all processes of a server at once.
        """
        worker.inner.join()
        if not (worker.interrupt_by_parent or self.interrupt_signal):
            self.interrupt_children.append(worker.idx)
            self.main_loop_interrupt.set()

    def _serve_loop(self, spawn_target: Any, target_loader: Callable[..., Any]) -> None:
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait(self._seconds_to_wait())
            self.main_loop_interrupt.clear()
            if self.reload_signal:
                self._reload(spawn_target, target_loader)
                self._due.clear()
            while self.interrupt_children:
                self._put_off(self.wrks[self.interrupt_children.pop()])
            for number in self._those_due():
                self._respawn_workers([number], spawn_target, target_loader)

    def _seconds_to_wait(self) -> float | None:
        """Return how long there is nothing to do but to wait for a signal; None: for ever."""
        if not self._due:
            return None
        return min(max(min(self._due.values()) - time.monotonic(), 0), threading.TIMEOUT_MAX)

    def _put_off(self, worker: Any) -> None:
        now = time.monotonic()
        lived = now - worker.birth
        pause = self._pauses.after(worker.idx, lived)
        self._due[worker.idx] = now + pause
        log.error(
            "Worker %d (process %d) %s after %.1f s. It is started again %s; the others go on.",
            *(worker.idx + 1, worker.inner.pid, _end_of(worker.inner.exitcode), lived),
            f"in {pause:g} s" if pause else "at once",
        )

    def _those_due(self) -> list[int]:
        now = time.monotonic()
        due = [number for number, instant in self._due.items() if instant <= now]
        for number in due:
            del self._due[number]
        return due


def _end_of(code: int | None) -> str:
    """Return how a process ended, by the exit code that `multiprocessing` gives it.

    >>> _end_of(-9), _end_of(3)
    ('was killed by SIGKILL', 'ended with code 3')
    """
    if code is None or code >= 0:
        return f"ended with code {code}"
    return f"was killed by {signal.Signals(-code).name}"
