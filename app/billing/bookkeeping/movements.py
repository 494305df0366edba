"""How money moved: what came in and went out for invoices, was taken back, and passed on.

Each movement has the day on which it counts, and its part of the tax. A reversal is a movement of
its own, on its own day, beside what it takes back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.billing.bookkeeping.allotting import less, received_parts
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.issuing import documents_of
from app.billing.invoices.settlement import Settlement, settlements_of
from app.billing.taxes import TaxLine
from app.billing.terms import local_day
from app.models import CreditTax, Invoice, Payment, Refund, Replacement, Reversal, Seller, Transfer


class MovementKind(StrEnum):
    """Why money stands at an invoice, or no longer does."""

    RECEIVED = "received"
    REFUNDED = "refunded"
    PAYMENT_REVERSED = "payment_reversed"
    REFUND_REVERSED = "refund_reversed"
    PASSED_ON = "passed_on"
    TAKEN_OVER = "taken_over"


#: What the bank's statement shows, or what takes such a line back.
AT_THE_BANK = frozenset(
    {
        MovementKind.RECEIVED,
        MovementKind.REFUNDED,
        MovementKind.PAYMENT_REVERSED,
        MovementKind.REFUND_REVERSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Money that came to stand at an invoice, above 0, or no longer stands there.

    Units: the minor unit of the invoice's currency.
    """

    day: date
    #: The id of the payment, refund, reversal or transfer.
    id: str
    kind: MovementKind
    invoice: Invoice
    document: InvoiceDocument
    amount_minor: int
    #: What the bank's statement calls the payment or refund.
    reference: str
    #: The part of it that is net and tax, rate by rate.
    parts: tuple[TaxLine, ...] = ()

    @property
    def order(self) -> tuple[date, str]:
        """By the day, then as they were recorded: an id begins with its kind, then its time."""
        return self.day, recorded_order(self.id)


def recorded_order(record_id: str) -> str:
    """Return what sorts ids of several kinds by the time at which they were made."""
    return record_id.partition("_")[2]


@dataclass
class _Records:
    """The records behind the movements at some invoices."""

    entries: list[Payment | Refund]
    transfers: list[Transfer]
    reversals: Mapping[str, Reversal]
    #: The day on which an invoice was replaced.
    replaced_on: Mapping[str, date]
    time_zone: str
    transfers_by_entry: defaultdict[str, list[Transfer]] = field(init=False)

    def __post_init__(self) -> None:
        self.transfers_by_entry = defaultdict(list)
        for transfer in self.transfers:
            self.transfers_by_entry[transfer.payment_id or transfer.refund_id].append(transfer)


def movements_at(organization_id: str, invoices: Sequence[Invoice]) -> list[Movement]:
    """Return every movement at these invoices of an organization, in their order."""
    if not invoices:
        return []
    settlements = settlements_of(organization_id, invoices)
    today = max(invoice.issued_on for invoice in invoices)
    documents = documents_of(organization_id, settlements, today)
    books = {
        settlement.invoice.id: (settlement, document)
        for settlement, document in zip(settlements, documents, strict=True)
    }
    credited = _taxes_by_note(
        organization_id, [note.id for one in settlements for note in one.credit_notes]
    )
    records = _records_of(organization_id, list(books))
    found: defaultdict[str, list[Movement]] = defaultdict(list)
    for entry in records.entries:
        for invoice_id, movement in _of_entry(entry, records, books):
            found[invoice_id].append(movement)
    return sorted(
        (
            movement
            for invoice_id, moved in found.items()
            for movement in _with_parts(moved, books[invoice_id], credited)
        ),
        key=lambda movement: movement.order,
    )


_Books = Mapping[str, tuple[Settlement, InvoiceDocument]]


def _records_of(organization_id: str, ids: Sequence[str]) -> _Records:
    transfers = list(
        Transfer.of(
            organization_id, Transfer.from_invoice_id.in_(ids) | Transfer.to_invoice_id.in_(ids)
        )
    )
    passed = [transfer.payment_id or transfer.refund_id for transfer in transfers]
    entries: list[Payment | Refund] = [
        row
        for model in (Payment, Refund)
        for row in model.of(organization_id, model.invoice_id.in_(ids) | model.id.in_(passed))
    ]
    entry_ids = [entry.id for entry in entries]
    reversals = Reversal.of(
        organization_id, Reversal.payment_id.in_(entry_ids) | Reversal.refund_id.in_(entry_ids)
    )
    left = [transfer.from_invoice_id for transfer in transfers]
    time_zone = Seller.get().time_zone
    return _Records(
        entries,
        transfers,
        {row.payment_id or row.refund_id: row for row in reversals},
        {
            row.invoice_id: local_day(row.replaced_at, time_zone)
            for row in Replacement.of(organization_id, Replacement.invoice_id.in_(left))
        },
        time_zone,
    )


class _Move(NamedTuple):
    """A payment or refund comes to stand at an invoice, or leaves it."""

    invoice_id: str
    day: date
    record_id: str
    kind: MovementKind
    amount_minor: int


def _of_entry(
    entry: Payment | Refund, records: _Records, books: _Books
) -> Iterator[tuple[str, Movement]]:
    """Yield the movements of a payment or refund, each with the id of the invoice it is at."""
    for move in _moves(entry, records):
        if move.invoice_id in books:
            settlement, document = books[move.invoice_id]
            yield (
                move.invoice_id,
                Movement(
                    day=move.day,
                    id=move.record_id,
                    kind=move.kind,
                    invoice=settlement.invoice,
                    document=document,
                    amount_minor=move.amount_minor,
                    reference=entry.reference,
                ),
            )


def _moves(entry: Payment | Refund, records: _Records) -> Iterator[_Move]:
    if isinstance(entry, Payment):
        day, signed, kind = entry.received_on, entry.amount_minor, MovementKind.RECEIVED
    else:
        day, signed, kind = entry.refunded_on, -entry.amount_minor, MovementKind.REFUNDED
    yield _Move(entry.invoice_id, day, entry.id, kind, signed)
    standing = {entry.invoice_id}
    left = set()
    for transfer in records.transfers_by_entry[entry.id]:
        old, new = transfer.from_invoice_id, transfer.to_invoice_id
        day = records.replaced_on[old]
        yield _Move(old, day, transfer.id, MovementKind.PASSED_ON, -signed)
        yield _Move(new, day, transfer.id, MovementKind.TAKEN_OVER, signed)
        standing.add(new)
        left.add(old)
    if (reversal := records.reversals.get(entry.id)) is not None:
        day = local_day(reversal.reversed_at, records.time_zone)
        taken_back = _REVERSED[kind]
        for invoice_id in standing - left:
            yield _Move(invoice_id, day, reversal.id, taken_back, -signed)


_REVERSED = {
    MovementKind.RECEIVED: MovementKind.PAYMENT_REVERSED,
    MovementKind.REFUNDED: MovementKind.REFUND_REVERSED,
}


def _with_parts(
    moved: Iterable[Movement],
    book: tuple[Settlement, InvoiceDocument],
    credited: Mapping[str, Sequence[TaxLine]],
) -> Iterator[Movement]:
    """Yield an invoice's movements with their parts of the tax that it then bore."""
    settlement, document = book
    received, before = 0, tuple[TaxLine, ...]()
    for movement in sorted(moved, key=lambda movement: movement.order):
        received += movement.amount_minor
        notes = [note for note in settlement.credit_notes if note.issued_on <= movement.day]
        taxes = document.totals.tax_lines
        left = less(taxes, [_positive(line) for note in notes for line in credited[note.id]])
        parts = received_parts(left or taxes, received)
        yield replace(movement, parts=less(parts, before))
        before = parts


def _positive(line: TaxLine) -> TaxLine:
    return TaxLine(line.rate_basis_points, -line.net_minor, -line.tax_minor)


def _taxes_by_note(organization_id: str, ids: Sequence[str]) -> Mapping[str, list[TaxLine]]:
    taxes: defaultdict[str, list[TaxLine]] = defaultdict(list)
    for row in CreditTax.of(organization_id, CreditTax.credit_note_id.in_(ids)) if ids else ():
        taxes[row.credit_note_id].append(
            TaxLine(row.rate_basis_points, row.net_minor, row.tax_minor)
        )
    return taxes
