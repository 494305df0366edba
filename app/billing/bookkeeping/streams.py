"""Invoices and movements of a period, over one organization or all, in order, a batch at a time.

No more than a batch is in memory.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from typing import Any, NamedTuple, TypeVar

from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.movements import (
    AT_THE_BANK,
    Movement,
    MovementKind,
    movements_at,
    recorded_order,
)
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.issuing import documents_of
from app.billing.invoices.settlement import settlements_of
from app.billing.terms import local_day, start_of_day
from app.models import Invoice, Payment, Refund, Replacement, Reversal, Seller, Transfer
from app.models.rows import OrganizationRow

Item = TypeVar("Item")

#: How many records are read at a time.
BATCH = 200


class Issued(NamedTuple):
    """An invoice or credit note, and what it says."""

    invoice: Invoice
    document: InvoiceDocument


class _Key(NamedTuple):
    """A record of money: its day, its id, and whose it is."""

    day: date
    id: str
    organization_id: str


def issued_within(days: Days, organization_id: str | None = None) -> Iterator[Issued]:
    """Yield what was issued on these days, by day and then as it was issued."""
    rows = _rows(Invoice, Invoice.issued_on, (days.first, days.last), organization_id)
    for batch in batches(rows):
        yield from _printed(batch)


def moved_within(days: Days, organization_id: str | None = None) -> Iterator[Movement]:
    """Yield what moved at the bank on these days, or was taken back, in its order."""
    time_zone = Seller.get().time_zone
    merged = heapq.merge(
        _keys(Payment, Payment.received_on, (days.first, days.last), organization_id),
        _keys(Refund, Refund.refunded_on, (days.first, days.last), organization_id),
        _keys(Reversal, Reversal.reversed_at, _instants(days, time_zone), organization_id),
        key=lambda key: (key.day, recorded_order(key.id)),
    )
    for batch in batches(merged):
        found = {
            movement.id: movement for movement in _movements(batch) if movement.kind in AT_THE_BANK
        }
        yield from (found[key.id] for key in batch)


def passed_within(days: Days, organization_id: str | None = None) -> Iterator[list[Movement]]:
    """Yield what passed from an invoice to its replacement on these days.

    Each is two movements: it left the one, and came to the other.
    """
    time_zone = Seller.get().time_zone
    replaced = _rows(
        Replacement, Replacement.replaced_at, _instants(days, time_zone), organization_id
    )
    for batch in batches(replaced):
        for replacement in batch:
            yield from _passed(replacement)


def _passed(replacement: Replacement) -> Iterator[list[Movement]]:
    invoices = Invoice.of(
        replacement.organization_id,
        Invoice.id.in_([replacement.invoice_id, replacement.replacement_id]),
    )
    transfers = Transfer.of(
        replacement.organization_id, Transfer.from_invoice_id == replacement.invoice_id
    )
    wanted = {transfer.id for transfer in transfers}
    pairs: defaultdict[str, list[Movement]] = defaultdict(list)
    for movement in movements_at(replacement.organization_id, list(invoices)) if wanted else ():
        if movement.id in wanted:
            pairs[movement.id].append(movement)
    for _, pair in sorted(pairs.items()):
        yield sorted(pair, key=lambda movement: movement.kind is not MovementKind.PASSED_ON)


def _printed(batch: list[Invoice]) -> Iterator[Issued]:
    documents: dict[str, InvoiceDocument] = {}
    for organization_id, invoices in _by_organization(batch):
        settlements = settlements_of(organization_id, invoices)
        printed = documents_of(organization_id, settlements, max(row.issued_on for row in batch))
        for invoice, document in zip(invoices, printed, strict=True):
            documents[invoice.id] = document
    return (Issued(invoice, documents[invoice.id]) for invoice in batch)


def _movements(batch: list[_Key]) -> Iterator[Movement]:
    """Yield every movement at the invoices at which one of these records moved something."""
    for organization_id, keys in _by_organization(batch):
        ids = _invoices_behind(organization_id, [key.id for key in keys])
        yield from movements_at(
            organization_id, list(Invoice.of(organization_id, Invoice.id.in_(ids)))
        )


def _invoices_behind(organization_id: str, records: list[str]) -> set[str]:
    """Return the invoices at which payments and refunds stood, those that were reversed too."""
    reversals = Reversal.of(organization_id, Reversal.id.in_(records))
    entries = {*records} | {row.payment_id or row.refund_id for row in reversals}
    ids = {
        row.invoice_id
        for model in (Payment, Refund)
        for row in model.of(organization_id, model.id.in_(entries))
    }
    transfers = Transfer.of(
        organization_id, Transfer.payment_id.in_(entries) | Transfer.refund_id.in_(entries)
    )
    return ids | {transfer.to_invoice_id for transfer in transfers}


def _keys(
    model: type[OrganizationRow], column: Any, bounds: tuple[Any, Any], organization_id: str | None
) -> Iterator[_Key]:
    time_zone = Seller.get().time_zone
    for row in _rows(model, column, bounds, organization_id):
        moment = getattr(row, column.name)
        day = local_day(moment, time_zone) if isinstance(moment, datetime) else moment
        yield _Key(day, row.id, row.organization_id)


def _rows(
    model: Any, column: Any, bounds: tuple[Any, Any], organization_id: str | None
) -> Iterator[Any]:
    """Yield the rows between two values of a column, both included, by it and their key."""
    key = model.invoice_id if model is Replacement else model.id
    query = model.select() if organization_id is None else model.of(organization_id)
    query = query.where(column.between(*bounds)).order_by(column, key).limit(BATCH)
    after: tuple[Any, str] | None = None
    while True:
        page = query
        if after is not None:
            page = query.where((column > after[0]) | ((column == after[0]) & (key > after[1])))
        rows = list(page)
        yield from rows
        if len(rows) < BATCH:
            return
        after = getattr(rows[-1], column.name), getattr(rows[-1], key.name)


def _instants(days: Days, time_zone: str) -> tuple[datetime, datetime]:
    end = start_of_day(days.last + timedelta(days=1), time_zone)
    return start_of_day(days.first, time_zone), end - datetime.resolution


def _by_organization(batch: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    rows = sorted(batch, key=lambda row: row.organization_id)
    for organization_id, group in groupby(rows, key=lambda row: row.organization_id):
        yield organization_id, list(group)


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield the items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def count_within(model: Any, column: Any, days: Days, organization_id: str | None) -> int:
    """Return how many records of a table have their day within these days."""
    instants = column.name.endswith("_at")
    bounds = _instants(days, Seller.get().time_zone) if instants else (days.first, days.last)
    query = model.select() if organization_id is None else model.of(organization_id)
    counted: int = query.where(column.between(*bounds)).count()
    return counted
