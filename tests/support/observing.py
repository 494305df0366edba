"""What the engines do for the statements of a request, seen while they run.

PostgreSQL explains each statement just before it runs, in its transaction and with its values, and
says how many rows it touched. SQLite counts the instructions that it takes, and explains later.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace

from app.db.connections import database, on_postgresql
from tests.support.query_plans import Step, accesses_in, steps_of

_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")

#: How many instructions of SQLite are one of its work.
INSTRUCTIONS = 50


@dataclass
class Observed:
    """One statement as it ran."""

    sql: str
    params: object
    #: On PostgreSQL the most rows that a part of its plan took, on SQLite its instructions.
    work: int = 0
    #: How many rows were sorted at most; SQLite does not say.
    sorted_rows: int = 0
    steps: list[Step] = field(default_factory=list)

    @property
    def reads_all(self) -> list[str]:
        return [step.text for step in self.steps if step.reads_all]


@contextmanager
def observed() -> Iterator[list[Observed]]:
    """Observe the statements of this process until the end of the `with`."""
    seen: list[Observed] = []
    with _looking_on_postgresql(seen) if on_postgresql() else _looking_on_sqlite(seen):
        yield seen


@contextmanager
def _looking_on_postgresql(seen: list[Observed]) -> Iterator[None]:
    with _executing(lambda execute: _on_postgresql(execute, seen)):
        yield


@contextmanager
def _looking_on_sqlite(seen: list[Observed]) -> Iterator[None]:
    connections: set = set()
    with _executing(lambda execute: _on_sqlite(execute, seen, connections)):
        yield
    for each in connections:
        each.set_progress_handler(None, 0)
    for each in seen:
        each.steps = steps_of([SimpleNamespace(sql=each.sql, params=each.params)])


@contextmanager
def _executing(instead: Callable[[Callable], Callable]) -> Iterator[None]:
    """Let the open database carry out statements in another way."""
    opened = database.obj
    opened.execute_sql = instead(opened.execute_sql)
    try:
        yield
    finally:
        del opened.execute_sql


def _on_postgresql(execute: Callable, seen: list[Observed]) -> Callable:
    def explained(sql, params, **options):
        if sql.startswith(_VERBS):
            seen.append(_analyzed(execute, sql, params))
        return execute(sql, params, **options)

    return explained


def _analyzed(execute: Callable, sql: str, params: object) -> Observed:
    """Carry a statement out, say what it took, and undo it."""
    inside = database.in_transaction()
    execute("SAVEPOINT looking" if inside else "BEGIN", None)
    try:
        plan = execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params).fetchone()[0][0]["Plan"]
    finally:
        execute("ROLLBACK TO looking" if inside else "ROLLBACK", None)
    nodes = list(_nodes_of(plan))
    return Observed(
        sql,
        params,
        work=max(map(_rows_of, nodes)),
        sorted_rows=max(
            (_rows_of(each) for each in nodes if "Sort" in each["Node Type"]), default=0
        ),
        steps=list(accesses_in(plan, f"{json.dumps(plan)} <- {sql} {params}")),
    )


def _nodes_of(plan: dict) -> Iterator[dict]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes_of(each)


def _rows_of(node: dict) -> int:
    removed = sum(rows for name, rows in node.items() if name.startswith("Rows Removed by"))
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])


def _on_sqlite(execute: Callable, seen: list[Observed], connections: set) -> Callable:
    def counted(sql, params, **options):
        connection = database.connection()
        connections.add(connection)
        if not sql.startswith(_VERBS):
            connection.set_progress_handler(None, 0)
            return execute(sql, params, **options)
        mine = Observed(sql, params)
        seen.append(mine)
        ticks = count(1)

        def tick() -> None:
            mine.work = next(ticks) * INSTRUCTIONS

        connection.set_progress_handler(tick, INSTRUCTIONS)
        return execute(sql, params, **options)

    return counted
