"""How far invoices are on their way to a platform."""

from peewee import CompositeKey, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class HandOverStep(OrganizationRow):
    """A state that an invoice reached on its way to a platform. Append-only."""

    organization_id = KeyField()
    invoice_id = KeyField()
    #: Where the state stands on the way, from 1; it follows from the state.
    number = IntegerField()
    #: `to_hand_over`, `handed_over`, `deposited`, `rejected` or `refused`.
    state = TextField()
    #: When it was so: what the platform says is by the platform's clock.
    happened_at = InstantField()
    recorded_at = InstantField()
    recorded_by = TextField()
    #: What was handed over: `factur-x`, `cii` or `ubl`, and its SHA-256 in hexadecimal digits.
    form = TextField(null=True)
    sha256 = KeyField(null=True)
    #: Why the platform or the buyer does not take it, in its own words.
    reason = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "invoice_id", "number")
