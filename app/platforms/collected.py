"""Collections: what came in for an invoice or left it, with the VAT in it, as platforms want it.

That is the status 212, « encaissée », of the French reform; money that left is below zero.
"""

from dataclasses import dataclass
from hashlib import sha256

from app.billing.bookkeeping.movements import Movement, movements_at
from app.billing.bookkeeping.sheets import percent
from app.currencies import major_units
from app.json_text import json_bytes
from app.models import Invoice
from app.outbox.attempts import NotNeeded
from app.platforms.goods import Good, Topic

#: The status of an invoice that was paid, all of it or in part.
COLLECTED = "212"


@dataclass(frozen=True, slots=True)
class Collection:
    """Money that moved at an invoice, as a file for the platform and as facts of the trail."""

    good: Good
    facts: dict[str, object]


def collection_of(invoice: Invoice, movement_id: str) -> Collection:
    """Return what moved at an invoice, by the id of the payment, refund, reversal or transfer.

    Raises:
        NotNeeded: nothing of this id moved there.
    """
    moved = movements_at(invoice.organization_id, [invoice])
    movement = next((one for one in moved if one.id == movement_id), None)
    if movement is None:
        raise NotNeeded("No such money moved at the invoice.")
    key = sha256(f"{invoice.number}\n{movement_id}".encode()).hexdigest()
    name = f"{invoice.number}.{key[:16]}.json"
    content = json_bytes(_said(movement))
    good = Good(Topic.COLLECTIONS, key, name, "application/json", content)
    facts = {"collected_on": movement.day.isoformat(), "amount_minor": movement.amount_minor}
    return Collection(good, facts)


def _said(movement: Movement) -> dict[str, object]:
    currency = movement.invoice.currency

    def amount(minor: int) -> str:
        return str(major_units(minor, currency))

    return {
        "id": movement.id,
        "invoice": movement.invoice.number,
        "status": COLLECTED,
        "date": movement.day.isoformat(),
        "amount": amount(movement.amount_minor),
        "currency": currency,
        "vat": [
            {
                "rate": str(percent(part.rate_basis_points)),
                "net": amount(part.net_minor),
                "vat": amount(part.tax_minor),
            }
            for part in movement.parts
        ],
    }
