"""What was agreed, term by term."""

from peewee import BigIntegerField, BooleanField, CompositeKey, DateField, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import Row


class Contract(Row):
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
    #: How long holders may log in after the contract's end.
    grace_days = IntegerField()
    #: The least role that may confirm a quote.
    buyer_role = TextField()
    #: The document with which the vendor invoiced the signing, where it was not Seatgate's.
    invoiced_elsewhere = TextField(null=True)
    signed_at = InstantField()
    ended_at = InstantField(null=True)

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class ContractTerm(Row):
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
