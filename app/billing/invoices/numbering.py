"""Numbers of invoices and credit notes: each series counts without a gap, year by year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import BaseQuery, Field, fn

from app.db.compiled import compiled, through
from app.db.sql import greatest
from app.db.transactions import assert_in_transaction
from app.models import InvoiceSeries


@dataclass(frozen=True)
class Number:
    """One number of a series, with the day that a document of this number bears."""

    series: str
    year: int
    counter: int
    issued_on: date

    @property
    def text(self) -> str:
        """The number as it is printed.

        >>> Number("INV", 2026, 7, date(2026, 3, 1)).text
        'INV-2026-000007'
        """
        return f"{self.series}-{self.year}-{self.counter:06}"


def next_number(series: str, today: date) -> Number:
    """Take the next number of a series.

    It is dated today or, should a later one be out already, as late as that. The counter's row is
    locked until the transaction ends, which is what makes numbers gapless, also after a rollback.
    """
    assert_in_transaction()
    taken = _count_on(series, today) or _begin_year(series, today)
    return Number(taken.series, taken.year, taken.counter, taken.last_issued_on)


def _count_on(series: str, today: date) -> InvoiceSeries | None:
    """Take the next number of the series' last year; None where that is over or there is none."""
    counted: Any = _counted.first(series, today, today.year)
    taken: InvoiceSeries | None = counted
    return taken


@compiled
def _counted(series: str, today: date, year: int) -> BaseQuery:
    years = InvoiceSeries.alias()
    last_year = years.select(fn.MAX(years.year)).where(years.series == series)
    return (
        InvoiceSeries.update(_next(today))
        .where(
            (InvoiceSeries.series == series)
            & (InvoiceSeries.year == last_year)
            & (InvoiceSeries.year >= year)
        )
        .returning(InvoiceSeries)
    )


def _begin_year(series: str, today: date) -> InvoiceSeries:
    """Take the first number of a year, or the next one where another request just took that."""
    rows = (
        InvoiceSeries.insert(series=series, year=today.year, counter=1, last_issued_on=today)
        .on_conflict(
            conflict_target=[InvoiceSeries.series, InvoiceSeries.year], update=_next(today)
        )
        .returning(InvoiceSeries)
        .execute()
    )
    taken: InvoiceSeries = next(iter(rows))
    return taken


def _next(today: date) -> dict[Field, object]:
    """Return what the next number changes of its year's row; a later day than today stays."""
    return {
        InvoiceSeries.counter: InvoiceSeries.counter + 1,
        InvoiceSeries.last_issued_on: greatest(
            InvoiceSeries.last_issued_on, through(date.isoformat, today)
        ),
    }
