"""Transactions as they run, held to the rule that each touches the rows of one organization.

A statement says by its values whose rows it touches: each that names a table of organizations is
given the id of one. What is shared by all stands in tables without an organization, such as the
counter of invoice numbers.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from functools import cache

from app import models
from app.db import transactions
from app.db.execution import Execution
from app.models import Organization

#: What was found since a test last asked.
_found: list[str] = []

_here = threading.local()

_ORGANIZATION_ID = re.compile(r"org_[0-9a-f]{32}")
_TABLES = re.compile(r'(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?', re.IGNORECASE)

#: What needs to name no organization: the look-up of one by its id, which may be none; of whose a
#: secret is, before which none is known; and of whether a series of the vendor's has numbers.
_LOOK_UP = re.compile(
    r"""SELECT\ .*\ WHERE\ \(?"\w+"\."(?:secret_hash|state_hash)"\ =
    | SELECT\ .*"organization"\ AS\ "t1"\ WHERE\ \(+"t1"\."id"\ =
    | SELECT\ EXISTS\(SELECT\ 1\ FROM\ "invoice"\ AS\ "t1"\ WHERE\ \(+"t1"\."series"\ =""",
    re.DOTALL | re.VERBOSE,
)

_EXECUTE = Execution.execute_sql
_WRITING = transactions._Writing


def watch() -> None:
    """Look at every statement of every transaction of this process from now on."""
    Execution.execute_sql = _executing
    transactions._Writing = _Watched


def look_away() -> None:
    """Let statements run unseen."""
    Execution.execute_sql = _EXECUTE
    transactions._Writing = _WRITING


def found() -> list[str]:
    """Return what broke the rule since the last call."""
    said = list(_found)
    _found.clear()
    return said


class _Watched(transactions._Writing):
    def __enter__(self):
        _here.ids = set()
        super().__enter__()

    def __exit__(self, *error):
        try:
            super().__exit__(*error)
        finally:
            ids, _here.ids = _here.ids, None
            if len(ids) > 1:
                _found.append(f"a transaction touched {sorted(ids)}")


def _executing(self, sql, params=None):
    touched = getattr(_here, "ids", None)
    if touched is not None:
        ids = set(_ids_in(params or ()))
        touched |= ids
        if not ids and (tables := _owned_tables(sql)) and not _LOOK_UP.match(sql):
            _found.append(f"a statement on {sorted(tables)} names no organization: {sql}")
    return _EXECUTE(self, sql, params)


def _ids_in(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            if _ORGANIZATION_ID.fullmatch(value):
                yield value
        elif isinstance(value, list):
            yield from _ids_in(value)


@cache
def _owned_tables(sql: str) -> frozenset[str]:
    """Return the tables of organizations that a statement names."""
    return frozenset(_TABLES.findall(sql)) & _owned()


@cache
def _owned() -> frozenset[str]:
    tables = (getattr(models, name)._meta for name in models.__all__)
    owned = {table.table_name for table in tables if "organization_id" in table.columns}
    return frozenset({*owned, Organization._meta.table_name})
