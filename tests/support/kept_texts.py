"""Statements whose text is kept, held to what peewee builds for the same values.

peewee takes ten times as long to build a statement as a database takes to run it. A text can hang
on the form of its values: what kinds they are, which are missing or empty, and which are alike. So
each form that comes is compared, with the first few different values that have it.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from weakref import WeakKeyDictionary

from app.db.compiled import Statement
from app.db.connections import database

_RUN = Statement._run

#: With how many different values of one form a statement is compared: more than the words between
#: which an argument chooses, where it is text.
VALUES_OF_A_FORM = 5

#: Of each statement, by engine and form, the values with which it was compared.
_compared: WeakKeyDictionary[Statement, dict[tuple, set[str]]] = WeakKeyDictionary()


def check_texts() -> None:
    """Build statements anew where they run, and compare their text and their values."""
    Statement._run = _checked


def trust_texts() -> None:
    """Run statements as the product does."""
    Statement._run = _RUN


@contextmanager
def trusted_texts() -> Iterator[None]:
    """Run statements as the product does, for work that takes long and is measured."""
    trust_texts()
    yield
    check_texts()


def _checked(statement, args, kwargs):
    arguments = statement._arguments(args, kwargs)
    form = (type(database.obj), *_form(arguments, statement._text_hangs_on))
    compared = _compared.setdefault(statement, defaultdict(set))[form]
    if len(compared) < VALUES_OF_A_FORM and (values := repr(arguments)) not in compared:
        named = dict(zip(statement._names, arguments, strict=True))
        assert statement.bound(*args, **kwargs) == statement.build(**named).sql()
        compared.add(values)
    return _RUN(statement, args, kwargs)


def _form(arguments: Sequence[object], whole: Sequence[int]) -> list[object]:
    """Return on what a text can hang: of each argument its kind, and those in `whole` as they are.

    A value of a closed set is its own kind.
    """
    first: dict[str, int] = {}
    return [
        argument
        if place in whole or argument is None or isinstance(argument, bool | Enum)
        else (type(argument), bool(argument), first.setdefault(repr(argument), place))
        for place, argument in enumerate(arguments)
    ]
