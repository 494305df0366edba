"""Periods of time in queries: half-open, and open at an end that is not given."""

from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from peewee import Field, Select

from app.identifiers import first_id

Q = TypeVar("Q", bound=Select)

#: An id names its millisecond, which the floats of a timestamp may round to the one before.
_TICK = timedelta(milliseconds=1)


class Period(NamedTuple):
    """`[starts_at, ends_at)`; None is no bound."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None


ALWAYS = Period()


class Made(NamedTuple):
    """Where a table keeps when its rows were made: the instant, and the id that names it too."""

    instant: Field
    id: Field
    prefix: str


def within(query: Q, made: Made, period: Period) -> Q:
    """Return the query for those rows alone that were made in `period`.

    The range of ids lets the primary key answer it.
    """
    if period.starts_at is not None:
        first = first_id(made.prefix, period.starts_at - _TICK)
        query = query.where((made.instant >= period.starts_at) & (made.id >= first))
    if period.ends_at is not None:
        last = first_id(made.prefix, period.ends_at + _TICK)
        query = query.where((made.instant < period.ends_at) & (made.id < last))
    return query
