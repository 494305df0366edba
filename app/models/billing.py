"""Quotes, the purchases that they become, invoices, and what follows them."""

from peewee import BigIntegerField, BooleanField, CompositeKey, DateField, IntegerField, TextField

from app.db.columns import DocumentField, InstantField, KeyField
from app.models.rows import OrganizationRow, Row


class Quote(OrganizationRow):
    """A price for more seats, binding until `expires_at`."""

    organization_id = KeyField()
    id = KeyField()
    contract_id = KeyField()
    term_number = IntegerField()
    quantity = IntegerField()
    purchased_before = IntegerField()
    effective_on = DateField()
    term_ends_on = DateField()
    #: An exact fraction as text: `10` or `294/31`.
    months_remaining = TextField()
    unit_price_minor = BigIntegerField()
    currency = TextField()
    net_minor = BigIntegerField()
    tax_rate_basis_points = IntegerField()
    reverse_charge = BooleanField()
    tax_minor = BigIntegerField()
    total_minor = BigIntegerField()
    purchase_order = TextField(null=True)
    cost_centre = TextField(null=True)
    created_at = InstantField()
    created_by = TextField()
    expires_at = InstantField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class Purchase(OrganizationRow):
    """A confirmed quote. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    quote_id = KeyField()
    invoice_id = KeyField()
    quantity = IntegerField()
    purchased_after = IntegerField()
    confirmed_at = InstantField()
    confirmed_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class InvoiceSeries(Row):
    """The counter of one series in one year; its lock makes numbers gapless."""

    series = TextField()
    year = IntegerField()
    counter = IntegerField()
    last_issued_on = DateField()

    class Meta:
        primary_key = CompositeKey("series", "year")


class Invoice(OrganizationRow):
    """An issued invoice or credit note, with its parties as they were. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    contract_id = KeyField()
    term_number = IntegerField()
    #: The signing, quote or renewal that it is for, or the invoice that it credits; one each (I4).
    cause = KeyField()
    series = TextField()
    year = IntegerField()
    counter = IntegerField()
    number = KeyField()
    issued_on = DateField()
    issued_at = InstantField()
    due_on = DateField()
    language = TextField()
    currency = TextField()
    seller = DocumentField()
    buyer = DocumentField()
    purchase_order = TextField(null=True)
    cost_centre = TextField(null=True)
    reverse_charge = BooleanField()
    net_minor = BigIntegerField()
    tax_minor = BigIntegerField()
    total_minor = BigIntegerField()
    #: The invoice that this one takes back, which makes it a credit note.
    credit_of = KeyField(null=True)
    #: The ground of its tax, as `app.billing.grounds` writes it; None where none was known, and on
    #: invoices of before grounds were kept.
    tax = TextField(null=True)
    #: What is noted on it, in its language: `[code of UNTDID 4451, text]` each.
    notes = DocumentField(default=list)
    #: Euros for one of its currency: the rate, its day, and who published it.
    euro_rate = TextField(null=True)
    euro_rate_on = DateField(null=True)
    euro_rate_source = TextField(null=True)

    #: No column: where the vendor wants to be notified, as it was read when this was issued.
    notify: str | None = None

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class InvoiceLine(OrganizationRow):
    """One line of an invoice, for seats over a service period. Append-only."""

    organization_id = KeyField()
    invoice_id = KeyField()
    position = IntegerField()
    kind = TextField()
    quantity = IntegerField()
    unit_price_minor = BigIntegerField()
    months_remaining = TextField()
    tax_rate_basis_points = IntegerField()
    net_minor = BigIntegerField()
    service_starts_on = DateField()
    service_ends_on = DateField()

    class Meta:
        primary_key = CompositeKey("organization_id", "invoice_id", "position")


class PublishedRate(Row):
    """A rate that was published, as the operator entered it. Append-only; the last one counts."""

    id = KeyField(primary_key=True)
    #: A currency of ISO 4217, whose rate is in euros, or `LEGAL_INTEREST`, a year's in percent.
    code = KeyField()
    valid_on = DateField()
    #: From 1; more where a rate was entered anew.
    edition = IntegerField()
    #: A decimal number, exactly as it was published.
    rate = TextField()
    source = TextField()
    recorded_at = InstantField()


class Payment(OrganizationRow):
    """Money that came in for an invoice, all of it or a part. Append-only."""

    organization_id = KeyField()
    id = KeyField()
    invoice_id = KeyField()
    amount_minor = BigIntegerField()
    received_on = DateField()
    #: What the bank statement calls it.
    reference = TextField()
    recorded_at = InstantField()
    recorded_by = TextField()

    class Meta:
        primary_key = CompositeKey("organization_id", "id")


class RenewalHolder(OrganizationRow):
    """A holder of a seat when a term ended: the evidence for the next term's. Append-only."""

    organization_id = KeyField()
    contract_id = KeyField()
    #: The term that was opened.
    term_number = IntegerField()
    assignment_id = KeyField()
    user_id = KeyField()

    class Meta:
        primary_key = CompositeKey("organization_id", "contract_id", "term_number", "assignment_id")
