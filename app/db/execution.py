"""How a statement is run: as peewee does, in a third of the steps."""

from typing import Any

from peewee import __exception_wrapper__  # type: ignore[attr-defined]  # the stubs lack it


class Execution:
    """A database whose statements go to the driver at once.

    peewee would also offer each to a log, with the values that are given with it. Those are
    personal data, and have no place there.
    """

    query_hooks: list[Any]
    _state: Any

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
