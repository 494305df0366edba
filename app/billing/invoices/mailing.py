"""Invoices and credit notes are mailed to those who pay them, with what issues them."""

from collections.abc import Sequence
from datetime import datetime

from app.models import Invoice, Organization, OutboxMessage
from app.outbox.messages import Message, Purpose, put_for_each
from app.outbox.recipients import to_be_invoiced


def mail_invoice(invoice: Invoice, buyer: Organization, *, at: datetime) -> None:
    """Have an invoice or credit note mailed. Call inside the transaction that issues it."""
    message = Message(Purpose.INVOICE, {"again": False}, subject=invoice.id)
    put_for_each(invoice.organization_id, to_be_invoiced(buyer), message, at=at)


def unmailed(invoices: Sequence[Invoice]) -> list[Invoice]:
    """Return those of some invoices that are mailed to no address."""
    mailed = {
        row.subject
        for invoice in invoices
        for row in OutboxMessage.of(
            invoice.organization_id,
            OutboxMessage.subject == invoice.id,
            OutboxMessage.purpose == Purpose.INVOICE.value,
        ).limit(1)
    }
    return [invoice for invoice in invoices if invoice.id not in mailed]


def issued_at(at: datetime) -> list[Invoice]:
    """Return what was issued at an instant, to any organization, oldest first."""
    return list(Invoice.select().where(Invoice.issued_at == at).order_by(Invoice.id))
