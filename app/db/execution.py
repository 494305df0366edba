"""How a thread has its connection and runs a statement: as peewee does, in a third of the steps."""

import time
from abc import abstractmethod
from typing import Any

from peewee import (  # type: ignore[attr-defined]  # the stubs lack the second
    OperationalError,
    __exception_wrapper__,
)
from playhouse.pool import MaxConnectionsExceeded

from app.db import deadlines


class Execution:
    """A pool of connections whose statements go to the driver at once.

    peewee would also offer each to a log, with the values that are given with it. Those are
    personal data, and have no place there. And it would hold a lock while a connection is made:
    where that hangs, those that have one could not give it back.
    """

    query_hooks: list[Any]
    in_transaction: Any
    _close: Any
    _pool_available: Any
    _state: Any

    #: How long to wait where all connections are in use.
    _wait_seconds: float

    @abstractmethod
    def _free(self) -> Any:
        """Return a connection that nobody uses, out of the pool or a new one; None: too many."""

    def connect(self, reuse_if_open: bool = False) -> bool:  # noqa: FBT001, FBT002  # as peewee's
        """Take a connection for this thread.

        Raises:
            OutOfTime: the deadline is over.
            MaxConnectionsExceeded: all connections stayed in use.
        """
        if not self._state.closed:
            if reuse_if_open:
                return False
            raise OperationalError("Connection already opened.")
        deadlines.check()
        self._state.reset()
        self._state.set_connection(self._taken())
        return True

    def close(self) -> bool:
        """Give this thread's connection back to the pool."""
        if self.in_transaction():
            raise OperationalError("Attempting to close database while transaction is open.")
        connection = self._state.conn
        self._state.reset()
        if connection is not None:
            self._close(connection)
        return connection is not None

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Run a statement on this thread's connection, and return its cursor."""
        connection = self._state.conn
        if connection is None or self.query_hooks:
            return super().execute_sql(sql, params)  # type: ignore[misc]  # of the class beside it
        try:
            cursor = connection.cursor()
            cursor.execute(sql, params or ())
        except Exception:
            with __exception_wrapper__:
                raise
        return cursor

    def _taken(self) -> Any:
        connection = self._free()
        if connection is not None:
            return connection
        give_up_at = time.monotonic() + self._wait_seconds
        while (left := give_up_at - time.monotonic()) > 0:
            with self._pool_available:
                self._pool_available.wait(min(left, 1.0))
            deadlines.check()
            connection = self._free()
            if connection is not None:
                return connection
        raise MaxConnectionsExceeded("all connections are in use")
