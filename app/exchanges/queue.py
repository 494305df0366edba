"""The queue between requests and the record of what they said.

Putting something in never waits: where the queue is full, the newcomer is dropped and counted. One
thread of each process writes, on a connection of its own, a few rows at a time, so that requests
that write to the same file wait for no more than a moment. At a normal stop of the process what
waits is written, within a deadline.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

from app.access.principal import Principal
from app.db.connections import connection
from app.errors import Busy
from app.exchanges.asked import Asked
from app.exchanges.recording import Contact, Recording

log = logging.getLogger(__name__)

#: How many exchanges wait at most, and how much memory they hold at most. Units: bytes.
LENGTH_MAX = 1_000
BYTES_MAX = 16 * 1024 * 1024

#: How long the writer lets exchanges gather, and how long it pauses where it cannot write.
GATHER_SECONDS = 0.25
PAUSE_SECONDS = 1.0

#: How long writing may go on when the process stops; less than a worker is given to stop.
FLUSH_SECONDS = 4.0

#: How many exchanges are taken from the queue at once.
TAKEN_MAX = 50

#: How often reads of one token are noted: when it last asked is known to half a minute.
NOTED_EVERY = timedelta(seconds=30)

_UNAVAILABLE = (Busy, OperationalError, InterfaceError, MaxConnectionsExceeded)

Write = Callable[[Sequence[Asked], Sequence[Contact]], Recording]


@dataclass(frozen=True)
class Capacity:
    """How many exchanges may wait, and how many bytes of bodies."""

    length: int = LENGTH_MAX
    size: int = BYTES_MAX


class Recorder:
    """Takes exchanges from requests, and has them written down. One for each process."""

    def __init__(self, capacity: Capacity | None = None, write: Write = Recording.of) -> None:
        """Begin with nothing to write, and write nothing until `enable`."""
        self._capacity, self._prepare = capacity or Capacity(), write
        self._changed = threading.Condition()
        self._waiting: deque[Asked] = deque()
        self._size = 0
        self._contacts: dict[tuple[str, str], Contact] = {}
        self._noted: dict[tuple[str, str], datetime] = {}
        self._thread: threading.Thread | None = None
        self._enabled = self._stopping = False
        #: Whether the thread waits for something to write.
        self._idle = False
        self._give_up_at: float | None = None
        #: How many exchanges were not written: the queue was full, or the database kept refusing.
        self.dropped = 0

    def enable(self) -> None:
        """Let a thread write, which begins with the first exchange: so it outlives a fork."""
        self._enabled = True

    def record(self, asked: Asked) -> bool:
        """Put an exchange into the queue, and return whether it had room. It never waits."""
        with self._changed:
            full = len(self._waiting) >= self._capacity.length
            if full or self._size + asked.size > self._capacity.size:
                self.dropped += 1
                return False
            self._waiting.append(asked)
            self._size += asked.size
            self._wake()
        return True

    def note_contact(self, principal: Principal, at: datetime) -> None:
        """Note that a token last asked where nothing else is recorded. It never waits."""
        token = principal.organization_id, principal.actor.removeprefix("token:")
        with self._changed:
            last = self._noted.get(token)
            if last is not None and last <= at < last + NOTED_EVERY:
                return
            if len(self._noted) >= self._capacity.length:
                self._noted.clear()
            self._noted[token] = at
            self._contacts[token] = Contact(*token, principal.provider, at)
            self._wake()

    def stop(self, seconds: float = FLUSH_SECONDS) -> None:
        """Write what waits, for at most so long, and end the thread."""
        with self._changed:
            thread, self._stopping = self._thread, True
            self._give_up_at = time.monotonic() + seconds
            self._changed.notify()
        if thread is not None and thread.is_alive():
            thread.join(seconds + PAUSE_SECONDS)
        with self._changed:
            self._thread, self._stopping, self._give_up_at = None, False, None

    def _wake(self) -> None:
        if self._enabled and (self._thread is None or not self._thread.is_alive()):
            # No daemon: the interpreter waits for it, and it sees that the main thread has ended.
            self._thread = threading.Thread(target=self._run, name="exchanges", daemon=False)
            # While the process ends no thread can begin any more: what came last is lost.
            with suppress(RuntimeError):
                self._thread.start()
        # While it gathers, or writes, it is left alone: what comes is written next.
        if self._idle:
            self._changed.notify()

    def _run(self) -> None:
        said = 0
        while self._waits():
            with self._changed:
                self._changed.wait_for(self._ends, GATHER_SECONDS)
                asked, contacts = self._take()
            self._write(asked, contacts)
            if self.dropped > said:
                log.warning("%d exchanges were not recorded so far", self.dropped)
                said = self.dropped

    def _waits(self) -> bool:
        """Return whether there is something to write, once there is or the process stops."""
        with self._changed:
            while not (self._waiting or self._contacts):
                if self._ends():
                    return False
                self._idle = True
                self._changed.wait(PAUSE_SECONDS)
                self._idle = False
            return True

    def _take(self) -> tuple[list[Asked], list[Contact]]:
        count = min(TAKEN_MAX, len(self._waiting))
        asked = [self._waiting.popleft() for _ in range(count)]
        self._size -= sum(each.size for each in asked)
        contacts, self._contacts = list(self._contacts.values()), {}
        return asked, contacts

    def _write(self, asked: list[Asked], contacts: list[Contact]) -> None:
        try:
            recording = self._prepare(asked, contacts)
        except Exception:  # what cannot be read must not end the thread
            log.exception("exchanges could not be read")
            self._drop(len(asked))
            return
        while recording.left:
            try:
                with connection():
                    recording.write()
            except _UNAVAILABLE:
                if not self._may_try_again():
                    self._drop(recording.left)
                    return
            except Exception:  # one row that cannot be written must not keep the others out
                log.exception("an exchange could not be recorded")
                self._drop(recording.skip())

    def _may_try_again(self) -> bool:
        """Return whether writing goes on after a pause."""
        with self._changed:
            if not self._ends():
                self._changed.wait(PAUSE_SECONDS)
                return True
        time.sleep(GATHER_SECONDS)
        return time.monotonic() < (self._give_up_at or 0)

    def _ends(self) -> bool:
        """Return whether the process or this recorder stops, and then begin its last seconds."""
        ends = self._stopping or not threading.main_thread().is_alive()
        if ends and self._give_up_at is None:
            self._give_up_at = time.monotonic() + FLUSH_SECONDS
        return ends

    def _drop(self, count: int) -> None:
        with self._changed:
            self.dropped += count
