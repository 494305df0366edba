"""The originals of invoices."""

from peewee import CompositeKey, TextField

from app.db.columns import BytesField, InstantField, KeyField
from app.models.rows import OrganizationRow


class InvoiceOriginal(OrganizationRow):
    """An invoice as it was handed out first, byte for byte. Append-only."""

    organization_id = KeyField()
    invoice_id = KeyField()
    content = BytesField()
    #: The SHA-256 of the content, in hexadecimal digits; an audit event has it too.
    sha256 = KeyField()
    media_type = TextField()
    file_name = TextField()
    #: Why no data are attached to it, where none are.
    without_data = TextField(null=True)
    made_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "invoice_id")
