"""What came in and went out for invoices: payments and refunds, where they stand now.

A payment stands at the invoice for which it was entered, or at the replacement to which it passed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.models import Payment, Refund, Reversal, Transfer


@dataclass(frozen=True)
class Reversed:
    """A payment or refund that was taken back."""

    entry: Payment | Refund
    reversal: Reversal


@dataclass
class Entries:
    """The payments and refunds of one invoice, and those that were taken back."""

    payments: list[Payment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    reversed: list[Reversed] = field(default_factory=list)


def entries_of(organization_id: str, ids: Sequence[str]) -> dict[str, Entries]:
    """Return the payments and refunds that stand at each of these invoices, oldest first."""
    if not ids:
        return {}
    came, left = _transfers(organization_id, ids)
    found: dict[str, Entries] = {invoice_id: Entries() for invoice_id in ids}
    rows = [
        *_rows(Payment, organization_id, ids, list(came)),
        *_rows(Refund, organization_id, ids, list(came)),
    ]
    reversals = _reversals(organization_id, [row.id for row in rows])
    for row in rows:
        for invoice_id in ({row.invoice_id} | came[row.id]) - left[row.id]:
            if invoice_id in found:
                _file(found[invoice_id], row, reversals.get(row.id))
    return found


def _transfers(
    organization_id: str, ids: Sequence[str]
) -> tuple[defaultdict[str, set[str]], defaultdict[str, set[str]]]:
    """Return, by payment or refund, the invoices to which it passed and those that it left."""
    came: defaultdict[str, set[str]] = defaultdict(set)
    left: defaultdict[str, set[str]] = defaultdict(set)
    transfers = Transfer.of(
        organization_id, Transfer.to_invoice_id.in_(ids) | Transfer.from_invoice_id.in_(ids)
    )
    for transfer in transfers:
        entry_id = transfer.payment_id or transfer.refund_id
        came[entry_id].add(transfer.to_invoice_id)
        left[entry_id].add(transfer.from_invoice_id)
    return came, left


def _rows(
    model: type[Payment] | type[Refund],
    organization_id: str,
    ids: Sequence[str],
    passed: Sequence[str],
) -> Iterable[Payment | Refund]:
    query = model.of(organization_id, model.invoice_id.in_(ids) | model.id.in_(passed))
    return list(query.order_by(model.id))


def _reversals(organization_id: str, ids: Sequence[str]) -> dict[str, Reversal]:
    if not ids:
        return {}
    rows = Reversal.of(organization_id, Reversal.payment_id.in_(ids) | Reversal.refund_id.in_(ids))
    return {row.payment_id or row.refund_id: row for row in rows}


def _file(entries: Entries, row: Payment | Refund, reversal: Reversal | None) -> None:
    if reversal is not None:
        entries.reversed.append(Reversed(row, reversal))
    elif isinstance(row, Payment):
        entries.payments.append(row)
    else:
        entries.refunds.append(row)
