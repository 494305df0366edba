"""Sweeping: what is past its time goes, the oldest first and some rows at a time.

No transaction touches the rows of two organizations, so that their rows may lie in two databases.
None touches many, so that others write between them: SQLite has one writer, and whoever changes a
row of PostgreSQL keeps it to the end.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from operator import and_, eq
from typing import Any

from peewee import Case, ColumnBase, Field, NodeList

from app.db.transactions import run
from app.models.rows import OrganizationRow, Row

#: How many rows of a table a transaction changes at most.
ROWS_AT_ONCE = 100

#: How many of them are looked for at once, by their time and whosever they are: a search for each
#: organization would go through all that it has.
_FOUND_AT_ONCE = 1000

Key = tuple[Any, ...]


def delete_until(column: Field, until: object, *conditions: ColumnBase) -> None:
    """Delete the rows that meet all the conditions and whose `column` is at most `until`.

    A row that meets them no more by then is left.
    """
    model: type[Row] = column.model
    past = (column <= until, *conditions)
    found = model.select(*model._meta.get_primary_keys()).where(*past).order_by(column)
    while keys := list[Any](found.limit(_FOUND_AT_ONCE).tuples()):
        for some in _steps(model, keys):
            run(_delete, model, some, past)


def in_steps(work: Callable[[], int]) -> None:
    """Do as transactions, one after the other, what changes some rows until fewer are left."""
    while run(work) >= ROWS_AT_ONCE:
        pass


def _steps(model: type[Row], keys: Sequence[Key]) -> Iterator[list[Key]]:
    """Yield the keys of the rows that one transaction may touch."""

    def owner(key: Key) -> object:
        return key[0] if issubclass(model, OrganizationRow) else None

    for _, theirs in groupby(sorted(keys), owner):
        mine = list(theirs)
        for start in range(0, len(mine), ROWS_AT_ONCE):
            yield mine[start : start + ROWS_AT_ONCE]


def _delete(model: type[Row], keys: Sequence[Key], past: Sequence[ColumnBase]) -> None:
    columns = model._meta.get_primary_keys()
    # SQLite looks no row up by a list of tuples, and reads no condition in a hundred brackets.
    each = [reduce(and_, map(eq, columns, key)) for key in keys]
    these = NodeList(each, glue=" OR ", parens=True)
    # In a CASE, so that no index is chosen by it: SQLite would rather go through all that is past.
    still = Case(None, [(reduce(and_, past), 1)], 0) == 1
    model.delete().where(these, still).execute()
