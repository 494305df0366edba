"""Numbers of invoices and credit notes: each series counts without a gap, year by year."""

from dataclasses import dataclass
from datetime import date

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
    latest = InvoiceSeries.select().where(InvoiceSeries.series == series)
    last = latest.order_by(InvoiceSeries.year.desc()).first()
    issued_on = max(today, last.last_issued_on) if last else today
    rows = (
        InvoiceSeries.insert(
            series=series, year=issued_on.year, counter=1, last_issued_on=issued_on
        )
        .on_conflict(
            conflict_target=[InvoiceSeries.series, InvoiceSeries.year],
            update={
                InvoiceSeries.counter: InvoiceSeries.counter + 1,
                InvoiceSeries.last_issued_on: greatest(
                    InvoiceSeries.last_issued_on, issued_on.isoformat()
                ),
            },
        )
        .returning(InvoiceSeries)
        .execute()
    )
    taken = next(iter(rows))
    return Number(taken.series, taken.year, taken.counter, taken.last_issued_on)
