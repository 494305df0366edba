"""Which invoices are asked for: by where they stand and when they were issued."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN, Case, Expression, Function, ModelAlias, ModelSelect, fn

from app.billing.invoices.document import InvoiceState
from app.models import Invoice, Payment, Refund, Reversal, Transfer
from app.models.rows import same_organization


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
    query = Invoice.of(organization_id)
    if sought.first is not None:
        query = query.where(Invoice.issued_on >= sought.first)
    if sought.last is not None:
        query = query.where(Invoice.issued_on <= sought.last)
    if sought.state is not None:
        query = query.where(_state(sought.today) == sought.state.value)
    if after is not None:
        query = query.where(Invoice.id < after)
    return list(query.order_by(Invoice.id.desc()).limit(limit))


def is_overdue(today: date) -> Expression:
    """Return the condition that an invoice was to be paid before `today`, and was not."""
    overdue: Expression = (Invoice.due_on < today) & (_state(today) == InvoiceState.OVERDUE.value)
    return overdue


def _state(today: date) -> Case:
    """Return the state of an invoice as the database works it out, as `Settlement.state` does."""
    note = Invoice.alias()
    notes = fn.COALESCE(_of_notes(note, fn.COUNT(note.id)), 0)
    open_minor = (
        Invoice.total_minor
        + fn.COALESCE(_of_notes(note, fn.SUM(note.total_minor)), 0)
        - _standing_minor(Payment, "payment_id")
        + _standing_minor(Refund, "refund_id")
    )
    credited_net = fn.COALESCE(_of_notes(note, fn.SUM(note.net_minor)), 0)
    states = [
        (Invoice.credit_of.is_null(is_null=False), InvoiceState.ISSUED.value),
        ((notes > 0) & (Invoice.net_minor + credited_net == 0), InvoiceState.VOID.value),
        (open_minor <= 0, InvoiceState.PAID.value),
        (Invoice.due_on < today, InvoiceState.OVERDUE.value),
        (notes > 0, InvoiceState.PARTLY_CREDITED.value),
    ]
    return Case(None, states, InvoiceState.ISSUED.value)


def _of_notes(note: "ModelAlias[Invoice]", figure: Function) -> "ModelSelect[Invoice]":
    """Return a figure over the credit notes; EXISTS would let PostgreSQL read everybody's."""
    return note.select(figure).where(
        same_organization(note, Invoice) & (note.credit_of == Invoice.id)
    )


def _standing_minor(model: type[Payment] | type[Refund], entry: str) -> Expression:
    """Return what stands at the invoice: entered there or passed to it, and not taken back.

    `entry` is the column of transfers and reversals that names a row of the model.
    """
    total: Expression = fn.COALESCE(_entered(model, entry), 0) + fn.COALESCE(
        _passed_on(model, entry), 0
    )
    return total


def _entered(
    model: type[Payment] | type[Refund], entry: str
) -> "ModelSelect[Payment] | ModelSelect[Refund]":
    left, back = Transfer.alias(), Reversal.alias()
    return (
        model.select(fn.SUM(model.amount_minor))
        .join(left, JOIN.LEFT_OUTER, on=_is_of(left, model, entry) & _leaves(left))
        .join_from(model, back, JOIN.LEFT_OUTER, on=_is_of(back, model, entry))
        .where(
            same_organization(model, Invoice)
            & (model.invoice_id == Invoice.id)
            & left.id.is_null()
            & back.id.is_null()
        )
    )


def _passed_on(model: type[Payment] | type[Refund], entry: str) -> "ModelSelect[Transfer]":
    came, left, back = Transfer.alias(), Transfer.alias(), Reversal.alias()
    return (
        came.select(fn.SUM(model.amount_minor))
        .join(model, on=_is_of(came, model, entry))
        .join_from(model, left, JOIN.LEFT_OUTER, on=_is_of(left, model, entry) & _leaves(left))
        .join_from(model, back, JOIN.LEFT_OUTER, on=_is_of(back, model, entry))
        .where(
            same_organization(came, Invoice)
            & (came.to_invoice_id == Invoice.id)
            & left.id.is_null()
            & back.id.is_null()
        )
    )


def _is_of(row: Any, model: type[Payment] | type[Refund], entry: str) -> Expression:
    """Return the condition that a transfer or reversal is of a payment or refund."""
    same: Expression = same_organization(row, model) & (getattr(row, entry) == model.id)
    return same


def _leaves(transfer: Any) -> Expression:
    leaves: Expression = transfer.from_invoice_id == Invoice.id
    return leaves
