"""Which invoices are asked for: by where they stand and when they were issued."""

from dataclasses import dataclass
from datetime import date

from peewee import Case, Function, ModelSelect, fn

from app.billing.invoices.document import InvoiceState
from app.models import Invoice, Payment


@dataclass(frozen=True)
class Sought:
    """What invoices shall have in common; None is anything.

    `today` is the seller's, by which invoices fall due. Both days are included.
    """

    today: date
    state: InvoiceState | None = None
    first: date | None = None
    last: date | None = None


def sought_invoices(
    organization_id: str, sought: Sought, *, after: str | None = None, limit: int
) -> list[Invoice]:
    """Return invoices and credit notes, newest first.

    `after` is the id of the last one already seen.
    """
    query = Invoice.select().where(Invoice.organization_id == organization_id)
    if sought.first is not None:
        query = query.where(Invoice.issued_on >= sought.first)
    if sought.last is not None:
        query = query.where(Invoice.issued_on <= sought.last)
    if sought.state is not None:
        query = query.where(_state(sought.today) == sought.state.value)
    if after is not None:
        query = query.where(Invoice.id < after)
    return list(query.order_by(Invoice.id.desc()).limit(limit))


def _state(today: date) -> Case:
    """Return the state of an invoice as the database works it out, as `Settlement.state` does."""
    states = [
        (Invoice.credit_of.is_null(is_null=False), InvoiceState.ISSUED.value),
        (_credit_notes() > 0, InvoiceState.VOID.value),
        (Invoice.total_minor <= _paid_minor(), InvoiceState.PAID.value),
        (Invoice.due_on < today, InvoiceState.OVERDUE.value),
    ]
    return Case(None, states, InvoiceState.ISSUED.value)


def _credit_notes() -> "ModelSelect[Invoice]":
    """Return how many there are; EXISTS would let PostgreSQL read those of everybody."""
    note = Invoice.alias()
    return note.select(fn.COUNT(note.id)).where(
        (note.organization_id == Invoice.organization_id) & (note.credit_of == Invoice.id)
    )


def _paid_minor() -> Function:
    payments = Payment.select(fn.SUM(Payment.amount_minor)).where(
        (Payment.organization_id == Invoice.organization_id) & (Payment.invoice_id == Invoice.id)
    )
    return fn.COALESCE(payments, 0)
