"""The one way to write: a use case is one transaction.

A use case is a function decorated with `transaction`: returning commits, raising rolls back, and
there is never one inside another.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from peewee import Database, OperationalError

from app.db import deadlines, pacing
from app.db.connections import database, on_postgresql
from app.db.deadlines import TRANSACTION_SECONDS, Deadline
from app.db.failures import is_lock, is_lost_conflict, note
from app.db.writers import Writers
from app.errors import Busy
from app.limits import giving_way
from app.log_lines import Repeated

failing = Repeated(logging.getLogger(__name__), "a follow-up failed and is left to housekeeping")

P = ParamSpec("P")
R = TypeVar("R")

#: How often a transaction that lost a deadlock or a serialisation conflict is run before `Busy` is
#: raised.
ATTEMPTS_MAX = 4

#: What this thread's transaction has put off until it commits.
_put_off = threading.local()

#: Of this process.
_sqlite_writers = Writers()


def run(work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """Do `work` as one transaction: returning commits, raising rolls back.

    What it put off with `follow_up` is done once it has committed.

    Work that loses a deadlock or a serialisation conflict is rolled back and done again, so it must
    do nothing but read and write the database. All attempts together have the deadline of the
    request, or else one of their own, and wait for one lock as long as `deadlines.lock_seconds`
    says.

    Raises:
        Busy: it lost every time, or a lock did not come free.
        OutOfTime: the deadline came first.
        RuntimeError: a transaction is open already; use cases do not call each other.
    """
    with deadlines.within(TRANSACTION_SECONDS):
        patience = deadlines.be_patient()
        for attempt in range(1, ATTEMPTS_MAX + 1):
            _put_off.work = []
            began = time.monotonic()
            try:
                with _Writing(patience):
                    result = work(*args, **kwargs)
            except OperationalError as error:
                if is_lock(error) and not patience.left():
                    break
                if not (is_lost_conflict(error) or is_lock(error)):
                    raise
            else:
                pacing.pause_after(time.monotonic() - began)
                _catch_up()
                return result
            time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311  # nosec B311  # only spreads the rivals
    raise _busy()


def transaction(work: Callable[P, R]) -> Callable[P, R]:
    """Make `work`, which no caller asked for, one transaction. As `run`."""

    @wraps(work)
    def running(*args: P.args, **kwargs: P.kwargs) -> R:
        return run(work, *args, **kwargs)

    return running


def follow_up(work: Callable[[], object]) -> None:
    """Do `work` after the transaction at hand has committed, in transactions of its own.

    It must be something that housekeeping would do otherwise: if it fails, that is logged, and what
    was committed stands.
    """
    assert_in_transaction()
    _put_off.work.append(work)


def _catch_up() -> None:
    work, _put_off.work = _put_off.work, []
    for piece in work:
        try:
            piece()
        except Exception as error:  # the request that it follows has been done
            note(failing, error)


@contextmanager
def snapshot() -> Iterator[None]:
    """Read from one consistent state of the whole database, for as long as the `with` lasts."""
    with database.atomic("REPEATABLE READ" if on_postgresql() else "DEFERRED"):
        yield


@contextmanager
def bounded() -> Iterator[None]:
    """Read what may take long, for the length of a `with`, under the server's own timeouts, too.

    On PostgreSQL that takes two more round trips: without them a statement whose reader gave up
    runs on to its end.
    """
    if on_postgresql() and not database.in_transaction():
        with database.atomic():
            yield
    else:
        yield


def assert_in_transaction() -> None:
    """Fail where a function that writes part of a use case is called outside one."""
    if not database.in_transaction():
        raise RuntimeError("call this inside a transaction")


class _Writing:
    """One attempt at a transaction, on SQLite in the turn of this process's writers."""

    __slots__ = ("_is_queued", "_patience", "_transaction")

    _transaction: Any

    def __init__(self, patience: Deadline) -> None:
        self._patience = patience
        self._is_queued = not on_postgresql()

    def __enter__(self) -> None:
        opened = database.obj
        if opened.in_transaction():
            raise RuntimeError("a transaction is open already")
        _line_up(opened, self._patience)
        giving_way.note_writing(writes=True)
        try:
            self._begin(opened)
        except BaseException:
            giving_way.note_writing(writes=False)
            raise
        finally:
            giving_way.go_on()

    def __exit__(self, *error: object) -> None:
        try:
            self._transaction.__exit__(*error)
        finally:
            giving_way.note_writing(writes=False)
            if self._is_queued:
                _sqlite_writers.release()

    def _begin(self, opened: Database) -> None:
        if not self._is_queued:
            self._transaction = opened.transaction()
            self._transaction.__enter__()
            return
        if not _sqlite_writers.acquire(timeout=self._patience.left()):
            raise _busy()
        try:
            self._transaction = opened.transaction("IMMEDIATE")
            self._transaction.__enter__()
        except BaseException:
            _sqlite_writers.release()
            raise


def _line_up(opened: Database, patience: Deadline) -> None:
    """Begin nothing more while more requests are worked on than may, as after a lock came free."""
    if not giving_way.must_line_up():
        return
    opened.close()
    try:
        giving_way.wait_in_line(patience.left())
    finally:
        opened.connect(reuse_if_open=True)


def _busy() -> Busy:
    return Busy("The server is busy with other changes to the same data. Try again in a moment.")
