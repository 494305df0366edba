"""What was agreed, term by term."""

from peewee import (
    BigIntegerField,
    BooleanField,
    CompositeKey,
    DateField,
    Expression,
    IntegerField,
    TextField,
)

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class Contract(OrganizationRow):
    """What the vendor and the organization agreed on; it runs until `ended_at`."""

    organization_id = KeyField()
    id = KeyField()
    #: The first day of term 1, from which every term's bounds are computed.
    starts_on = DateField()
    time_zone = TextField()
    currency = TextField()
    #: The price of one seat for a whole term.
    unit_price_minor = BigIntegerField()
    #: The price from the next renewal on, where another was agreed.
    renewal_unit_price_minor = BigIntegerField(null=True)
    billing_interval = TextField()
    collection_method = TextField()
    auto_renew = BooleanField()
    minimum_seats = IntegerField()
    net_days = IntegerField()
    #: Why a French buyer has more than 60 days to pay, where it has (Code de commerce, L441-10).
    net_days_reason = TextField(null=True)
    #: How long holders may log in after the contract's end.
    grace_days = IntegerField()
    #: How many days before a term's last day its renewal can no longer be declined by an owner.
    notice_days = IntegerField(default=0)
    #: The least role that may confirm a quote.
    buyer_role = TextField()
    #: The document with which the vendor invoiced the signing, where it was not Seatgate's.
    invoiced_elsewhere = TextField(null=True)
    #: The customer's order and cost centre, which stand on each of its invoices.
    purchase_order = TextField(null=True)
    cost_centre = TextField(null=True)
    #: How many days before a term's first its invoice is issued.
    invoice_days_before = IntegerField(default=0)
    signed_at = InstantField()
    #: When one that was signed ahead is to take over, and when that was done.
    takes_over_at = InstantField(null=True)
    took_over_at = InstantField(null=True)
    #: The contract that no longer renews since this one was signed; a cancellation undoes that.
    stops_renewal_of = KeyField(null=True)
    #: When its renewal was ended, which can be taken back.
    renewal_ended_at = InstantField(null=True)
    ended_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")

    @classmethod
    def is_scheduled(cls) -> Expression:
        """Return the condition that a contract was signed ahead and has not taken over yet."""
        scheduled: Expression = (
            cls.ended_at.is_null()
            & cls.takes_over_at.is_null(is_null=False)
            & cls.took_over_at.is_null()
        )
        return scheduled

    @classmethod
    def has_begun(cls) -> Expression:
        """Return the condition that a contract opened the pool once."""
        begun: Expression = cls.takes_over_at.is_null() | cls.took_over_at.is_null(is_null=False)
        return begun

    @property
    def state(self) -> str:
        """Where it stands: `scheduled`, `running`, `ended`, or `cancelled` before it began."""
        began = self.takes_over_at is None or self.took_over_at is not None
        if self.ended_at is None:
            return "running" if began else "scheduled"
        return "ended" if began else "cancelled"

    @property
    def invoiced_here(self) -> bool:
        """Whether its seats are invoiced by Seatgate: annual, and collected by invoice."""
        return (self.billing_interval, self.collection_method) == ("annual", "invoice")


class ContractTerm(OrganizationRow):
    """Twelve months of a contract, `[starts_on, ends_on)` in its time zone, numbered from 1."""

    organization_id = KeyField()
    contract_id = KeyField()
    number = IntegerField()
    starts_on = DateField()
    ends_on = DateField()
    unit_price_minor = BigIntegerField()
    opened_with = IntegerField()
    opened_at = InstantField()

    class Meta:
        table_name = "term"
        primary_key = CompositeKey("organization_id", "contract_id", "number")


class TermInvoice(OrganizationRow):
    """The invoice of a term that is not issued when the term opens, but before or after.

    It is still to come while it has neither an invoice nor been dropped.
    """

    organization_id = KeyField()
    contract_id = KeyField()
    #: The term that it pays for, which may not be open yet.
    term_number = IntegerField()
    quantity = IntegerField()
    unit_price_minor = BigIntegerField()
    due_at = InstantField()
    invoice_id = KeyField(null=True)
    dropped_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "contract_id", "term_number")


class ContractRequest(OrganizationRow):
    """A signing or amendment under the name that the operator gave it, and what it led to."""

    organization_id = KeyField()
    request_id = KeyField()
    content_hash = TextField()
    #: The contract that was signed, or the purchase that was made.
    subject_id = KeyField()
    created_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "request_id")
