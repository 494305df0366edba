"""SQLite: one file, whose statements and locks end with the deadline."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from peewee import (  # type: ignore[attr-defined]  # the stubs lack the second
    OperationalError,
    __exception_wrapper__,
)
from playhouse.pool import MaxConnectionsExceeded, PooledSqliteDatabase

from app.db import deadlines
from app.db.execution import Execution
from app.db.failures import is_lock
from app.limits import giving_way

#: How many steps a statement takes between two looks at the clock: some milliseconds. The look
#: waits for the interpreter, so that it must not be too frequent.
STEPS_BETWEEN_LOOKS = 50_000

#: How large the write-ahead log may stay once it was emptied. Units: bytes.
LOG_BYTES_MAX = 16 * 1024 * 1024

#: SQLite empties the log once nobody writes for a moment, which never comes while processes write
#: much without a pause. A log beyond this many bytes is emptied between two transactions.
LOG_GROWN_BYTES = 4 * LOG_BYTES_MAX
#: How often a process looks how large it is.
LOG_LOOK_SECONDS = 0.25
#: How long it then waits for those who write just now. They look by then, too, see that it is
#: being emptied, and pause for a moment.
LOG_PATIENCE_SECONDS = 0.3
LOG_PAUSE_SECONDS = 0.1

#: How long it takes until a lock of another process is looked at again: SQLite itself would look
#: ever more seldom, and never find it free beside one who writes without a pause.
LOOK_SECONDS = 0.001
#: And once it was held for a moment.
LATE_LOOK_SECONDS = 0.01

#: What is no file: a database that ends with its connection.
_IN_MEMORY = ":memory:"

#: The owner reads and writes the file, and no other account does.
_MODE = 0o600


class Sqlite(Execution, PooledSqliteDatabase):  # type: ignore[misc]  # playhouse has no types
    """A pool of connections to one file."""

    def __init__(self, path: str, *, lock_seconds: float, **options: Any) -> None:
        """Prepare to open the file at `path`, which is made with the first connection."""
        self._lock_seconds = self._wait_seconds = lock_seconds
        #: Whether the file was made, if it was not there.
        self._is_made = False
        self._looks_at_log_at = 0.0
        super().__init__(path, **options)

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction, and wait for the file's lock no longer than the deadline lets.

        A request that has waited for a moment gives way.
        """
        deadlines.check()
        began = time.monotonic()
        give_up_at = began + deadlines.lock_left(self._lock_seconds)
        with self._waiting(0):
            while not self._begins(lock_type, is_last=time.monotonic() >= give_up_at):
                self._wait(time.monotonic() - began)

    def commit(self) -> None:
        """Commit, unless the time is over."""
        deadlines.check()
        super().commit()
        now = time.monotonic()
        if now >= self._looks_at_log_at:
            self._looks_at_log_at = now + LOG_LOOK_SECONDS
            if _size_of(f"{self.database}-wal") > LOG_GROWN_BYTES:
                self._empty_log()

    def rollback(self) -> None:
        """Roll back; SQLite did so itself where it stopped a statement that wrote."""
        if self.connection().in_transaction:
            super().rollback()

    def _free(self) -> sqlite3.Connection | None:
        try:
            return self._connect()
        except MaxConnectionsExceeded:
            return None
        except sqlite3.Error:
            with __exception_wrapper__:
                raise

    def _connect(self) -> sqlite3.Connection:
        if not self._is_made:
            _make_private(self.database)
            self._is_made = True
        connection: sqlite3.Connection = super()._connect()
        return connection

    def _add_conn_hooks(self, conn: sqlite3.Connection) -> None:
        super()._add_conn_hooks(conn)
        conn.set_progress_handler(deadlines.is_over, STEPS_BETWEEN_LOOKS)

    def _begins(self, lock_type: str | None, *, is_last: bool) -> bool:
        """Begin a transaction if another process has no lock; it stands if this `is_last`."""
        try:
            super().begin(lock_type)
        except OperationalError as error:
            if is_last or not is_lock(error):
                raise
            return False
        return True

    def _wait(self, waited_seconds: float) -> None:
        if waited_seconds < giving_way.moment_seconds():
            time.sleep(LOOK_SECONDS)
            return
        if giving_way.is_possible():
            giving_way.give_way()
        time.sleep(LATE_LOOK_SECONDS)

    def _empty_log(self) -> None:
        """Begin the log anew, unless somebody still reads in it; what was committed stands anyway.

        Who would begin it anew beside a long reader would hold all writers up.
        """
        execute = self.connection().execute
        with self._waiting(LOG_PATIENCE_SECONDS), suppress(sqlite3.Error):
            is_busy, length, written_back = execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            if is_busy:  # another process is at it
                time.sleep(LOG_PAUSE_SECONDS)
            elif length == written_back:
                execute("PRAGMA wal_checkpoint(RESTART)").fetchone()

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """Let SQLite wait so long for a lock, for the length of a `with`."""
        connection = self.connection()
        connection.execute(f"PRAGMA busy_timeout = {_milliseconds(seconds)}")
        try:
            yield
        finally:
            connection.execute(f"PRAGMA busy_timeout = {_milliseconds(self._lock_seconds)}")


def _make_private(path: str) -> None:
    """Make the file, if it is not there, so that other accounts cannot read it.

    SQLite gives its log and its shared memory the rights of the file. Where it cannot be made,
    SQLite says so better.
    """
    if path == _IN_MEMORY:
        return
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _MODE))


def _size_of(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
