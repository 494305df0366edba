"""Who changed what."""

from peewee import CompositeKey, TextField

from app.db.columns import DocumentField, InstantField, KeyField
from app.models.rows import OrganizationRow, Row


class AuditEvent(OrganizationRow):
    """One change of anything. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    at = InstantField()
    actor = TextField()
    role = TextField()
    provider = TextField(null=True)
    request_id = TextField(null=True)
    kind = TextField()
    subject_id = KeyField()
    before = DocumentField()
    after = DocumentField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class SellerEvent(Row):
    """One change of the vendor's own particulars. Append-only."""

    id = KeyField(primary_key=True)
    at = InstantField()
    actor = TextField()
    before = DocumentField()
    after = DocumentField()
