"""What the engines say about how they would carry out a statement."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from app.db.connections import database, on_postgresql

#: What SQLite calls the indexes of primary keys and unique columns.
SQLITE_NAMES = {
    "sqlite_autoindex_scim_user_1": "scim_user_pkey",
    "sqlite_autoindex_scim_group_1": "scim_group_pkey",
    "sqlite_autoindex_token_1": "token_secret_hash_key",
}

#: What is no table: values, and the ids of a page, which are found before its rows.
DERIVED = {"json_each", "CONSTANT", "page"}

#: Few rows, or one: reading them whole is no fault.
SMALL = {"installation", "organization", "seat_pool", "contract", "term", "seller"}

#: A table of so few rows is read whole for good reasons.
FEW_ROWS = 100


@dataclass(frozen=True)
class Step:
    """One access to a table, as the engine plans it."""

    text: str
    index: str | None
    reads_all: bool


def steps_of(statements) -> list[Step]:
    """Return the accesses to tables that the statements take, as the engine explains them."""
    planned = [
        each
        for each in list(statements)
        if each.sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}
    ]
    if on_postgresql():
        return [step for each in planned for step in _explained_by_postgresql(each)]
    return [step for each in planned for step in _explained_by_sqlite(each)]


def sqlite_work(statement) -> int:
    """Return how many hundreds of instructions SQLite takes to carry out a statement."""
    hundreds = count()
    connection = database.connection()
    connection.set_progress_handler(lambda: next(hundreds) and None, 100)
    try:
        connection.execute(statement.sql, statement.params or ()).fetchall()
    finally:
        connection.set_progress_handler(None, 0)
    return next(hundreds)


def _explained_by_sqlite(statement):
    aliases = {alias: name for name, alias in re.findall(r'"(\w+)" AS "(\w+)"', statement.sql)}
    # An INSERT looks for orphans only if there are some already.
    checked = int(not statement.sql.startswith("INSERT"))
    database.execute_sql(f"PRAGMA foreign_keys = {checked}")
    explained = database.execute_sql(f"EXPLAIN QUERY PLAN {statement.sql}", statement.params)
    database.execute_sql("PRAGMA foreign_keys = 1")
    for *_, text in explained.fetchall():
        access = re.match(r"(SCAN|SEARCH) (\w+)", text)
        if access is None or aliases.get(access[2], access[2]) in {*DERIVED, *SMALL}:
            continue
        index = re.search(r"INDEX (\w+)", text)
        name = index and SQLITE_NAMES.get(index[1], index[1])
        yield Step(f"{text} <- {statement.sql}", name, reads_all=access[1] == "SCAN")


def _explained_by_postgresql(statement):
    explained = database.execute_sql(f"EXPLAIN (FORMAT JSON) {statement.sql}", statement.params)
    plan = explained.fetchone()[0][0]["Plan"]
    return accesses_in(plan, f"{plan} <- {statement.sql}")


def accesses_in(plan: dict, text: str) -> Iterator[Step]:
    """Yield the accesses to tables in a plan of PostgreSQL."""
    nodes = [plan]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        if not node["Node Type"].endswith(("Seq Scan", "Index Scan", "Index Only Scan")):
            continue
        if node.get("Relation Name") in SMALL:
            continue
        whole = "Index Cond" not in node and _rows_at_once(node) > FEW_ROWS
        yield Step(text, node.get("Index Name"), reads_all=whole)


def _rows_at_once(node: dict) -> float:
    """Return how many rows an access looked at each time; as if many if it did not run."""
    if "Actual Rows" not in node:
        return math.inf
    return node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
