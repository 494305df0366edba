"""The original of an invoice, as it is attached to a mail."""

from datetime import datetime

from app.billing.invoices.originals import original_of
from app.mail.letters import Attachment
from app.models import Invoice


def original_of_invoice(invoice: Invoice, *, at: datetime) -> Attachment:
    """Return the original of an invoice or credit note, which is made where none was yet."""
    original = original_of(invoice.organization_id, invoice.id, at)
    return Attachment(original.file_name, original.media_type, original.content)
