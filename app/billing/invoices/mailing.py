"""Invoices and credit notes are mailed to those who pay them, with what issues them."""

from datetime import datetime

from app.models import Invoice, Organization
from app.outbox.messages import Message, Purpose, put_for_each
from app.outbox.recipients import to_be_invoiced


def mail_invoice(invoice: Invoice, buyer: Organization, *, at: datetime) -> None:
    """Have an invoice or credit note mailed. Call inside the transaction that issues it."""
    message = Message(Purpose.INVOICE, {"again": False}, subject=invoice.id)
    put_for_each(invoice.organization_id, to_be_invoiced(buyer), message, at=at)
