"""Two sessions on PostgreSQL that go on statement by statement, as a scheduler lets them.

Each session is a thread with a connection of its own. It stops before each of its statements, its
COMMIT among them, until the scheduler lets it go. One that waits for a lock of the other is found
by asking PostgreSQL who blocks whom; the other one goes on then.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from peewee import Database, OperationalError
from psycopg.errors import DeadlockDetected

#: How long the scheduler waits for a session before it asks whether a lock keeps it; twice as long
#: each further time, as it may be slow.
PATIENCE_SECONDS = 0.002

#: After this long a session that neither arrives nor waits for a lock is a fault of the test.
HANGS_AFTER_SECONDS = 20

_mine = threading.local()


@dataclass
class Step:
    """One step of a schedule: who made it, which statement, and who could have gone instead."""

    session: int
    statement: str
    #: Which sessions stood before a statement and could go.
    open_to: tuple[int, ...]


@dataclass
class Run:
    """What happened along one schedule."""

    steps: list[Step]
    #: What each session returned, or the exception that ended it.
    outcomes: tuple[object, object]
    #: How many transactions lost a deadlock, and were done again.
    deadlocks: int = 0

    @property
    def choices(self) -> list[int]:
        """Who went at each step."""
        return [step.session for step in self.steps]


class Session(threading.Thread):
    """One of the two: a piece of work that stops before each statement."""

    def __init__(self, work: Callable[[], object], changed: threading.Condition) -> None:
        super().__init__(daemon=True)
        self.work, self.changed = work, changed
        self.outcome: object = None
        #: The statement that it stands before; None while it runs, and when it is done.
        self.before: str | None = None
        self.backend: int | None = None
        #: Whether it waited for a lock when it was last looked at.
        self.waits = False
        #: How many of its transactions lost a deadlock.
        self.deadlocks = 0
        self.done = False
        self._go = threading.Semaphore(0)

    def run(self) -> None:
        _mine.session = self
        try:
            self.outcome = self.work()
        except Exception as error:  # it is what the session came to
            self.outcome = error
        with self.changed:
            self.done = True
            self.changed.notify_all()

    @property
    def rests(self) -> bool:
        """Whether it stands before a statement, or is done."""
        return self.done or self.before is not None

    def stop(self, statement: str, backend: int) -> None:
        """Stand before a statement until the scheduler says go."""
        with self.changed:
            self.before, self.backend = statement, backend
            self.changed.notify_all()
        self._go.acquire()

    def go(self) -> None:
        """Let it run its statement, and on to the next."""
        self.before = None
        self._go.release()


def as_it_is(statement: str) -> str:
    """Leave a statement alone."""
    return statement


@contextmanager
def stepped(database: Database, rewrite: Callable[[str], str] = as_it_is) -> Iterator[None]:
    """Let every session stop before what it asks of `database`, for the length of a `with`.

    `rewrite` may take something out of a session's statement, such as a lock.
    """
    execute, commit = database.execute_sql, database.commit

    def stop(statement: str) -> None:
        session = getattr(_mine, "session", None)
        if session is not None:
            session.stop(statement, database.connection().info.backend_pid)

    def stopping_execute(sql, params=None):
        if getattr(_mine, "session", None) is not None:
            sql = rewrite(sql)
        stop(sql)
        try:
            return execute(sql, params)
        except OperationalError as error:
            if isinstance(getattr(error, "orig", None), DeadlockDetected):
                _mine.session.deadlocks += 1
            raise

    def stopping_commit():
        stop("COMMIT")
        return commit()

    database.execute_sql, database.commit = stopping_execute, stopping_commit
    try:
        yield
    finally:
        del database.execute_sql, database.commit


@dataclass
class Scheduler:
    """Lets two sessions go on in the order that it is given, and afterwards one after the other."""

    watcher: psycopg.Connection
    changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, works: Sequence[Callable[[], object]], prefix: Sequence[int]) -> Run:
        """Let the sessions go as `prefix` says, then the last one on to its end, then the other."""
        sessions = [Session(work, self.changed) for work in works]
        steps: list[Step] = []
        for session in sessions:
            session.start()
            self._settle(session)
        while not all(session.done for session in sessions):
            ready = self._ready(sessions)
            if not ready:
                break  # the last that waited had nothing to do after it
            number = self._next(ready, steps, prefix)
            chosen = sessions[number]
            steps.append(Step(number, chosen.before or "", tuple(ready)))
            chosen.go()
            self._settle(chosen)
        outcomes = sessions[0].outcome, sessions[1].outcome
        return Run(steps, outcomes, sum(session.deadlocks for session in sessions))

    def _next(self, ready: list[int], steps: list[Step], prefix: Sequence[int]) -> int:
        wanted = prefix[len(steps)] if len(steps) < len(prefix) else None
        if wanted in ready:
            return wanted
        last = steps[-1].session if steps else ready[0]
        return last if last in ready else ready[0]

    def _ready(self, sessions: Sequence[Session]) -> list[int]:
        """Return which sessions stand before a statement; wait where both wait for locks."""
        give_up = HANGS_AFTER_SECONDS / PATIENCE_SECONDS
        while give_up:
            for session in sessions:
                self._settle(session)
            ready = [number for number, one in enumerate(sessions) if one.before is not None]
            if ready or all(session.done for session in sessions):
                return ready
            give_up -= 1
        raise TimeoutError("both sessions wait")

    def _settle(self, session: Session) -> None:
        """Wait until a session stands before a statement, is done, or waits for a lock."""
        if session.waits and self._is_blocked(session):
            return
        patience = PATIENCE_SECONDS
        while patience < HANGS_AFTER_SECONDS:
            with self.changed:
                if self.changed.wait_for(lambda: session.rests, patience):
                    session.waits = False
                    return
            if self._is_blocked(session):
                return
            patience *= 2
        raise TimeoutError(f"a session hangs: {session.outcome}")

    def _is_blocked(self, session: Session) -> bool:
        session.waits = session.backend is not None and bool(
            self.watcher.execute(
                "SELECT cardinality(pg_blocking_pids(%s)) > 0", (session.backend,)
            ).fetchone()[0]
        )
        return session.waits
