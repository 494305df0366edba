"""Requests to buy, and the quotes by which they are answered."""

from peewee import BigIntegerField, CompositeKey, DateField, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class SeatRequest(OrganizationRow):
    """Seats that a person asks those to buy who may, for thirty days."""

    organization_id = KeyField()
    id = KeyField()
    quantity = IntegerField()
    reason = TextField(null=True)
    purchase_order = TextField(null=True)
    #: The id of the owner who asks; None for one who was signed in with a token.
    asked_by = KeyField(null=True)
    created_at = InstantField()
    expires_at = InstantField()
    #: The day of its price; `net_minor` is before tax, and the ceiling what it cost in all.
    priced_on = DateField()
    currency = TextField()
    net_minor = BigIntegerField()
    ceiling_minor = BigIntegerField()
    #: `open`, `bought`, `declined`, `replaced` (by the same person's next) or `expired`.
    state = TextField()
    ended_at = InstantField(null=True)
    ended_by = TextField(null=True)
    purchase_id = KeyField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class SeatRequestQuote(OrganizationRow):
    """A quote that was made to answer a request."""

    organization_id = KeyField()
    quote_id = KeyField()
    request_id = KeyField()

    class Meta:
        primary_key = CompositeKey("organization_id", "quote_id")
