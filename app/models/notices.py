"""Which notices were given, so that each is given once."""

from peewee import CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class RenewalNotice(OrganizationRow):
    """That a day so many days before a term's end, or before its renewal is settled, was reached.

    Append-only. Also where no mail came of it, because a nearer day was reached with it.
    """

    organization_id = KeyField()
    contract_id = KeyField()
    #: The term that ends.
    term_number = IntegerField()
    #: `customer` or `vendor`.
    audience = TextField()
    days_before = IntegerField()
    noticed_at = InstantField()

    class Meta:
        primary_key = CompositeKey(
            "organization_id", "contract_id", "term_number", "audience", "days_before"
        )


class OverdueNotice(OrganizationRow):
    """That an invoice was mailed once more because it became overdue. Append-only."""

    organization_id = KeyField()
    invoice_id = KeyField()
    noticed_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "invoice_id")
