"""The file of an invoice, as it is attached to a mail."""

from datetime import datetime

from app.billing.invoices.copies import sent_file
from app.mail.letters import Attachment
from app.models import Invoice


def file_of_invoice(invoice: Invoice, *, at: datetime) -> Attachment:
    """Return the original of an invoice or credit note, or its copy where a platform has that."""
    file = sent_file(invoice, at=at)
    return Attachment(file.file_name, file.media_type, file.content)
