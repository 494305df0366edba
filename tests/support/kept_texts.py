"""Statements whose text is kept, held to what peewee builds: in each test, at the cost of time."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.db.compiled import Statement

_RUN = Statement._run


def check_texts() -> None:
    """Build every statement anew where it runs, and compare its text and its values."""
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
    arguments = dict(zip(statement._names, statement._arguments(args, kwargs), strict=True))
    built = statement.build(**arguments)
    assert statement.bound(*args, **kwargs) == built.sql()
    return _RUN(statement, args, kwargs)
