"""What puts invoices and payments right, by records: credits, replacements, reversals, refunds."""

from peewee import BigIntegerField, CompositeKey, DateField, IntegerField, TextField

from app.db.columns import InstantField, KeyField
from app.models.rows import OrganizationRow


class CreditLine(OrganizationRow):
    """What a line of a credit note takes back, and of which line. Append-only.

    Units: seats and the currency's minor unit, neither below nothing.
    """

    organization_id = KeyField()
    credit_note_id = KeyField()
    position = IntegerField()
    #: The line that is credited.
    invoice_id = KeyField()
    line_position = IntegerField()
    #: The how-many-eth credit of that line it is, from 1.
    number = IntegerField()
    #: `seats`, `amount`, or `rest` for all that was left.
    basis = TextField()
    seats = IntegerField()
    net_minor = BigIntegerField()
    #: What is left of the credited line after it.
    seats_left = IntegerField()
    net_left_minor = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("organization_id", "credit_note_id", "position")


class CreditTax(OrganizationRow):
    """The tax of a credit note's lines of one rate, at or below nothing. Append-only."""

    organization_id = KeyField()
    credit_note_id = KeyField()
    rate_basis_points = IntegerField()
    net_minor = BigIntegerField()
    tax_minor = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("organization_id", "credit_note_id", "rate_basis_points")


class Replacement(OrganizationRow):
    """An invoice that was credited in full, and the one that stands for it now. Append-only."""

    organization_id = KeyField()
    invoice_id = KeyField()
    replacement_id = KeyField()
    replaced_at = InstantField()
    replaced_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "invoice_id")


class Refund(OrganizationRow):
    """Money that was given back of what an invoice was overpaid. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    invoice_id = KeyField()
    amount_minor = BigIntegerField()
    refunded_on = DateField()
    #: What the bank statement calls it.
    reference = TextField()
    recorded_at = InstantField()
    recorded_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class Reversal(OrganizationRow):
    """A payment or refund that was taken back. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    payment_id = KeyField(null=True)
    refund_id = KeyField(null=True)
    reason = TextField()
    reversed_at = InstantField()
    reversed_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class Transfer(OrganizationRow):
    """A payment or refund that passed from an invoice to its replacement. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    payment_id = KeyField(null=True)
    refund_id = KeyField(null=True)
    from_invoice_id = KeyField()
    to_invoice_id = KeyField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class BankLine(OrganizationRow):
    """The line of a bank's statement behind a payment or refund that stands; each is entered once.

    A reversal frees the line: its row goes.
    """

    organization_id = KeyField()
    entry_id = KeyField()
    #: The first invoice of the chain of replacements.
    invoice_id = KeyField()
    #: `in` for a payment, `out` for a refund.
    direction = TextField()
    reference = TextField()
    amount_minor = BigIntegerField()
    booked_on = DateField()
    #: From 1; more where the bank has several lines that are alike.
    twin = IntegerField()

    class Meta:
        primary_key = CompositeKey("organization_id", "entry_id")
