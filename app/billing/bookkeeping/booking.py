"""The entries of a period, numbered without a gap within each journal and year.

Numbers go on from period to period: the first one of a period follows those of its year before it.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from app.billing.bookkeeping import fec
from app.billing.bookkeeping.accounts import AccountRole, chart_of
from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.euros import Euros
from app.billing.bookkeeping.postings import (
    BANK,
    OTHER,
    SALES,
    JournalEntry,
    invoice_entry,
    money_entry,
    passing_entry,
)
from app.billing.bookkeeping.streams import (
    count_within,
    issued_within,
    moved_within,
    passed_within,
)
from app.models import Invoice, Payment, Refund, Reversal, Seller

_ALWAYS = (AccountRole.CUSTOMERS, AccountRole.SALES, AccountRole.BANK)
_WITH_TAX = (AccountRole.VAT, AccountRole.VAT_PENDING)


def entries_text(days: Days, organization_id: str | None = None) -> Iterator[str]:
    """Yield the entries of a period in the layout of the FEC: sales, then bank, then the rest.

    Raises:
        AccountsMissing: the seller lacks an account.
        EuroRateMissing: no rate of a currency is known for a day.
    """
    taxed = Invoice.select().where(Invoice.tax_minor != 0).exists()
    chart = chart_of(Seller.get().accounts, (*_ALWAYS, *(_WITH_TAX if taxed else ())))
    yield fec.header_text()
    for journal, entries in _journals(days, organization_id):
        yield from fec.entry_texts(_numbered(journal, entries, days, organization_id), chart)


def numbered_entries(
    days: Days, organization_id: str | None = None
) -> Iterator[tuple[str, JournalEntry]]:
    """Yield the entries of a period with their numbers, journal by journal."""
    for journal, entries in _journals(days, organization_id):
        yield from _numbered(journal, entries, days, organization_id)


def _journals(
    days: Days, organization_id: str | None
) -> Iterator[tuple[str, Iterator[JournalEntry]]]:
    euros = Euros()
    yield (
        SALES,
        (
            invoice_entry(issued.document, issued.invoice.organization_id, euros)
            for issued in issued_within(days, organization_id)
            if issued.invoice.net_minor or issued.invoice.tax_minor
        ),
    )
    yield (
        BANK,
        (
            money_entry(movement, movement.invoice.organization_id, euros)
            for movement in moved_within(days, organization_id)
        ),
    )
    yield (
        OTHER,
        (
            passing_entry(
                passed,
                taken,
                (passed.invoice.organization_id, taken.invoice.organization_id),
                euros,
            )
            for passed, taken in passed_within(days, organization_id)
        ),
    )


def _numbered(
    journal: str, entries: Iterator[JournalEntry], days: Days, organization_id: str | None
) -> Iterator[tuple[str, JournalEntry]]:
    year, number = days.first.year, _booked_before(journal, days.first, organization_id)
    for entry in entries:
        if entry.day.year != year:
            year, number = entry.day.year, 0
        number += 1
        yield f"{journal}-{year}-{number:06}", entry


def _booked_before(journal: str, first: date, organization_id: str | None) -> int:
    """Return how many entries a journal has in a year before a day."""
    new_year = date(first.year, 1, 1)
    if first == new_year:
        return 0
    before = Days(new_year, first - timedelta(days=1))
    return _COUNTS[journal](before, organization_id)


def _sales(days: Days, organization_id: str | None) -> int:
    query = Invoice.select() if organization_id is None else Invoice.of(organization_id)
    something = (Invoice.net_minor != 0) | (Invoice.tax_minor != 0)
    counted: int = query.where(Invoice.issued_on.between(days.first, days.last), something).count()
    return counted


def _at_the_bank(days: Days, organization_id: str | None) -> int:
    columns = (
        (Payment, Payment.received_on),
        (Refund, Refund.refunded_on),
        (Reversal, Reversal.reversed_at),
    )
    return sum(count_within(model, column, days, organization_id) for model, column in columns)


def _passed(days: Days, organization_id: str | None) -> int:
    """Return how many payments and refunds passed on; each goes with its replacement's day."""
    return sum(1 for _ in passed_within(days, organization_id))


_COUNTS: dict[str, Callable[[Days, str | None], int]] = {
    SALES: _sales,
    BANK: _at_the_bank,
    OTHER: _passed,
}
