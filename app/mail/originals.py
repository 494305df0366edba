"""The original of an invoice, as it is attached to a mail."""

from datetime import datetime

from app.billing.invoices.issuing import document_of
from app.billing.invoices.pdf import invoice_pdf
from app.billing.terms import local_day
from app.mail.letters import Attachment
from app.models import Invoice, Seller


def original_of_invoice(invoice: Invoice, *, at: datetime) -> Attachment:
    """Return an invoice or credit note as a file."""
    document = document_of(invoice, local_day(at, Seller.get().time_zone))
    return Attachment(f"{invoice.number}.pdf", "application/pdf", invoice_pdf(document))
