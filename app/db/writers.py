"""The queue of a process's writers to SQLite, of which one writes at a time.

Its lock is handed on, not let go: whoever let it go would have it back before one who waits has
woken. Organizations take turns, so that one which writes without a pause holds up each other for
no longer than one of its transactions.
"""

import threading
import time

from app.limits import giving_way


class Writers:
    """A lock that is handed to the callers in turn, and to the requests of each as they came."""

    def __init__(self) -> None:
        """Begin with nobody who writes."""
        self._lock = threading.Lock()
        #: Whose request has the lock, None where none has.
        self._holder: str | None = None
        #: How often the lock was had.
        self._passed = 0
        #: Those who wait, by caller: first the one who has waited longest for its turn.
        self._waiting: dict[str, list[threading.Semaphore]] = {}

    def acquire(self, timeout: float) -> bool:
        """Wait for the lock, so many seconds; return whether it was had.

        A request gives way where the queue stands still.

        Raises:
            Busy: too many wait for locks already.
        """
        caller = giving_way.caller()
        with self._lock:
            if self._holder is None:
                self._hand_to(caller)
                return True
            called = threading.Semaphore(0)
            self._waiting.setdefault(caller, []).append(called)
        try:
            if self._is_called(called, timeout):
                return True
        except BaseException:
            if not self._leave(caller, called):
                self.release()
            raise
        return not self._leave(caller, called)

    def release(self) -> None:
        """Hand the lock to the next one: of another caller, if one waits."""
        with self._lock:
            last, self._holder = self._holder, None
            if not self._waiting:
                return
            first = next(iter(self._waiting))
            caller = next((other for other in self._waiting if other != last), first)
            called, *others = self._waiting.pop(caller)
            if others:
                self._waiting[caller] = others
            self._hand_to(caller)
        called.release()

    def _hand_to(self, caller: str) -> None:
        self._holder = caller
        self._passed += 1

    def _is_called(self, called: threading.Semaphore, timeout: float) -> bool:
        give_up_at = time.monotonic() + timeout
        while giving_way.is_possible() and timeout > giving_way.MOMENT_SECONDS:
            passed = self._passed
            if called.acquire(timeout=giving_way.moment_seconds()):
                return True
            if passed == self._passed:
                giving_way.give_way()
            timeout = max(0.0, give_up_at - time.monotonic())
        return called.acquire(timeout=timeout)

    def _leave(self, caller: str, called: threading.Semaphore) -> bool:
        """Leave the queue; return False where the lock was handed over meanwhile."""
        with self._lock:
            waiting = self._waiting.get(caller, [])
            if called not in waiting:
                return False
            waiting.remove(called)
            if not waiting:
                del self._waiting[caller]
        return True
