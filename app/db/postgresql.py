"""PostgreSQL: connections whose every wait ends with the deadline.

Where the deadline comes first, the connection is thrown away: what the server still does on it is
not waited for. The server ends that by timeouts of its own, which each transaction sets in the
round trip in which it begins, as a pooler that shares connections between transactions needs it.
"""

import math
import select
import time
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from peewee import (  # type: ignore[attr-defined]  # the stubs lack the second
    OperationalError,
    __exception_wrapper__,
)
from playhouse.pool import PoolConnection, PooledPostgresqlDatabase
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ReadOnlySqlTransaction
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready

from app.db import deadlines
from app.db.deadlines import OutOfTime
from app.db.execution import Execution
from app.errors import Busy
from app.limits import giving_way

R = TypeVar("R")

#: How long a server may take to let a connection in; the driver waits for no less than two seconds.
CONNECT_SECONDS = 5
_CONNECT_SECONDS_MIN = 2

#: What an address may say otherwise. A peer that is gone without a word is found out in a minute
#: where nothing is sent, and in the time of a request where something is. Units: seconds, and
#: milliseconds for the last.
TRANSPORT: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": deadlines.REQUEST_SECONDS * 1000,
}


class Connection(psycopg.Connection[Any]):
    """A connection that is thrown away where the deadline comes before the server's answer.

    So it is where the server only reads any more: it was the primary, and another is by now.
    """

    #: Whether a commit was not waited for until the standby had it, though the server should.
    standby_lacks_commit = False

    #: How long to wait for an answer where there is no deadline. Units: seconds; None: for ever.
    answer_seconds: float | None = None

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        """Wait for the server, at most until the deadline; give way where that may be for a lock.

        Raises:
            OutOfTime: the deadline came first.
            Busy: too many wait for locks already.
        """
        deadline = deadlines.current()
        left = self.answer_seconds if deadline is None else deadline.left()
        gives_way = giving_way.is_possible()
        if gives_way:
            gen, interval = _giving_way(gen), giving_way.moment_seconds()
        try:
            return super().wait(gen, interval, timeout if left is None else left)
        except (Busy, ReadOnlySqlTransaction):
            self.close()
            raise
        except psycopg.OperationalError:
            if left is None or self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
        finally:
            if gives_way:
                giving_way.go_on()
        # The server has not answered yet.
        self.close()
        if deadline is not None:
            raise deadline.over()
        raise OutOfTime(f"The database did not answer within {left:g} seconds.")

    def heed_notice(self, notice: psycopg.errors.Diagnostic) -> None:
        """Notice where a commit was given up to wait for its standby, as a cancellation does.

        The server says so by a warning alone, of no code and in its own language, and then that it
        has committed.
        """
        if notice.source_function == "SyncRepWaitForLSN":
            self.standby_lacks_commit = True


class Postgresql(Execution, PooledPostgresqlDatabase):  # type: ignore[misc]  # playhouse has no types
    """A pool of connections to one server, or to a pooler before it.

    One that is broken is dropped. No lock is held while the server is waited for: where that takes
    no new connection, those that have one go on, and give it back.
    """

    def __init__(
        self, address: str, *, wait_seconds: float, answer_seconds: float | None, **options: Any
    ) -> None:
        """Prepare to connect to `address`, and to wait so long where all connections are in use.

        `answer_seconds` is how long a statement without a deadline may take; None: for ever.
        """
        self._answer_seconds = answer_seconds
        given = conninfo_to_dict(address)
        self._transport = {name: value for name, value in TRANSPORT.items() if name not in given}
        self._names_its_timeout = "connect_timeout" in given
        self._wait_seconds = wait_seconds
        #: How many connections are being made.
        self._coming = 0
        super().__init__(address, **options)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction, with the server's timeouts, in one round trip.

        A connection that broke before is replaced: nothing hangs on it.
        """
        deadlines.check()
        if self.connection().closed:
            self._close(self._state.conn)
            self._state.conn = self._taken()
        deadline = deadlines.current()
        statements = beginning(isolation_level, None if deadline is None else deadline.seconds)
        with __exception_wrapper__:
            # Several statements at once cannot be prepared.
            self.connection().execute(statements, prepare=False)

    def commit(self) -> None:
        """Commit, unless the time is over.

        Raises:
            OperationalError: the standby that the server waits for may lack it, so that it is lost
                if that becomes the primary.
        """
        deadlines.check()
        with giving_way.committing():
            super().commit()
        connection = self.connection()
        if connection.standby_lacks_commit:
            connection.close()
            raise OperationalError("the commit was not waited for until the standby had it")

    def rollback(self) -> None:
        """Roll back; the transaction of a connection that was thrown away has ended with it."""
        if not self.connection().closed:
            super().rollback()

    def _free(self) -> Connection | None:
        return self._idle() or self._new()

    def _idle(self) -> Connection | None:
        """Take an idle connection that still stands, or None."""
        while True:
            with self._pool_lock:
                if not self._connections:
                    return None
                since, _, connection = self._connections.pop()
                self._in_use[self.conn_key(connection)] = PoolConnection(
                    since, connection, time.monotonic()
                )
            if _stands(connection):
                found: Connection = connection
                return found
            self._close(connection, close_conn=True)

    def _new(self) -> Connection | None:
        """Make a connection, or return None where there are as many as there may be."""
        with self._pool_lock:
            if len(self._in_use) + self._coming >= self._max_connections:
                return None
            self._coming += 1
        connection = None
        try:
            with __exception_wrapper__:
                connection = Connection.connect(
                    self.database,
                    autocommit=True,
                    **self._transport,
                    **self._timeout(),
                    **self.connect_params,
                )
        finally:
            with self._pool_lock:
                self._coming -= 1
                if connection is not None:
                    now = time.monotonic()
                    self._in_use[self.conn_key(connection)] = PoolConnection(now, connection, now)
        connection.add_notice_handler(connection.heed_notice)
        connection.answer_seconds = self._answer_seconds
        self.server_version = connection.info.server_version
        return connection

    def _timeout(self) -> dict[str, Any]:
        """Return how long to wait for a new connection, unless the address says it."""
        if self._names_its_timeout:
            return {}
        deadline = deadlines.current()
        left = CONNECT_SECONDS if deadline is None else min(CONNECT_SECONDS, deadline.left())
        return {"connect_timeout": max(_CONNECT_SECONDS_MIN, math.ceil(left))}


def _giving_way(gen: PQGen[R]) -> PQGen[R]:
    """Go through what waits for the server, and give way when it was silent for an interval."""
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if ready == Ready.NONE:
                giving_way.give_way()
            wanted = gen.send(ready)
    except StopIteration as end:
        result: R = end.value
        return result


@lru_cache(maxsize=64)
def beginning(isolation_level: str | None, seconds: float | None) -> str:
    """Return what begins a transaction that may take so long; None: as long as it needs.

    >>> print(beginning(None, 15))
    BEGIN; SET LOCAL statement_timeout = 15000; SET LOCAL lock_timeout = 10000; \
SET LOCAL idle_in_transaction_session_timeout = 15000
    """
    level = "" if isolation_level is None else f" ISOLATION LEVEL {isolation_level}"
    time_ms = 0 if seconds is None else int(seconds * 1000)
    lock_ms = 0 if seconds is None else int(deadlines.lock_seconds(seconds) * 1000)
    timeouts = {
        "statement_timeout": time_ms,
        "lock_timeout": lock_ms,
        "idle_in_transaction_session_timeout": time_ms,
    }
    settings = [f"SET LOCAL {name} = {value}" for name, value in timeouts.items()]
    return "; ".join([f"BEGIN{level}", *settings])


def _stands(connection: Connection) -> bool:
    """Return whether an idle connection is still there, as far as can be seen without asking.

    A server that ends a connection says something before, or hangs up: then there is something to
    read.
    """
    if connection.closed or connection.info.transaction_status != TransactionStatus.IDLE:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    try:
        for _ in range(3):
            if not poll.poll(0):
                return True
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        pass
    return False
