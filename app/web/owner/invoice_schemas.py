"""Invoices as JSON: the schemas of the owner surface."""

from marshmallow import Schema, fields

from app.billing.grounds import TaxCategory
from app.billing.invoices.document import InvoiceState
from app.web.fields import Choice, Instant, Integer, Text


class LineSchema(Schema):
    """One line of an invoice."""

    position = Integer()
    description = Text()
    arithmetic = Text(metadata={"description": "How the net comes about."})
    credits_line = Integer(
        allow_none=True,
        metadata={"description": "The position of the line that a credit note's line credits."},
    )
    quantity = Integer()
    unit_price_minor = Integer()
    months_remaining = Text()
    whole_months = Integer(metadata={"description": "The months of the period that are whole."})
    days = Integer(metadata={"description": "The days of it beside whole months."})
    days_in_month = Integer(metadata={"description": "How many days the month of these has."})
    service_starts_on = fields.Date()
    service_ends_on = fields.Date(metadata={"description": "The day after the last."})
    tax_rate_basis_points = Integer()
    net_minor = Integer()


class TaxLineSchema(Schema):
    """The tax of all lines of one rate."""

    rate_basis_points = Integer()
    net_minor = Integer()
    tax_minor = Integer()
    category = Choice(
        *TaxCategory,
        allow_none=True,
        metadata={"description": "The category of EN 16931; none where its ground is not known."},
    )
    code = Text(metadata={"description": "The VATEX code of why no tax is charged, or empty."})
    reference = Text(metadata={"description": "The law that it refers to, or empty."})


class NoteSchema(Schema):
    """A note on an invoice."""

    code = Text(metadata={"description": "What it is about (UNTDID 4451)."})
    text = Text()


class EuroRateSchema(Schema):
    """By which rate the tax is stated in euros."""

    rate = Text(metadata={"description": "Euros for one of the invoice's currency."})
    on = fields.Date()
    source = Text()


class PartySchema(Schema):
    """The seller or the buyer, as they were when the invoice was issued."""

    legal_name = Text()
    address_lines = fields.List(Text())
    postal_code = Text()
    city = Text()
    country = Text()
    vat_id = Text()
    siren = Text()
    registration = Text()
    electronic_address = Text(metadata={"description": "SCHEME:ADDRESS, as the list EAS has it."})
    buyer_reference = Text()
    email = Text()
    legal_form = Text()
    share_capital = Text()
    rcs_city = Text()
    registered_office = Text()
    bank = Text()
    iban = Text()
    bic = Text()
    late_rate = Text()
    late_penalties = Text()
    recovery_costs = Text()
    early_payment = Text()
    vat_on_debits = Text()
    customer_number = Text(metadata={"description": "The vendor's number for the buyer."})


class PaymentSchema(Schema):
    """Money that came in for an invoice."""

    id = Text()
    amount_minor = Integer()
    received_on = fields.Date()
    reference = Text()


class RefundSchema(Schema):
    """Money that was given back of what an invoice was overpaid."""

    id = Text()
    amount_minor = Integer()
    refunded_on = fields.Date()
    reference = Text()


class ReversalSchema(Schema):
    """A payment or refund that was taken back."""

    id = Text()
    payment_id = Text(allow_none=True)
    refund_id = Text(allow_none=True)
    amount_minor = Integer()
    reason = Text()
    reversed_at = Instant()


class InvoiceSchema(Schema):
    """An invoice or a credit note. Money is in the currency's minor unit."""

    id = Text()
    kind = Choice("invoice", "credit_note")
    number = Text()
    state = Choice(*InvoiceState)
    issued_on = fields.Date()
    due_on = fields.Date()
    currency = Text()
    language = Text()
    seller = fields.Nested(PartySchema)
    buyer = fields.Nested(PartySchema)
    purchase_order = Text(allow_none=True)
    cost_centre = Text(allow_none=True)
    reverse_charge = fields.Boolean()
    lines = fields.List(fields.Nested(LineSchema))
    net_minor = Integer()
    tax_lines = fields.List(fields.Nested(TaxLineSchema))
    tax_minor = Integer()
    tax_euro_cents = Integer(
        allow_none=True,
        metadata={"description": "The tax in euro cents, where it is to be stated in euros."},
    )
    euro_rate = fields.Nested(EuroRateSchema, allow_none=True)
    notes = fields.List(fields.Nested(NoteSchema))
    total_minor = Integer()
    credited_minor = Integer(metadata={"description": "What credit notes took back of the total."})
    paid_minor = Integer()
    refunded_minor = Integer()
    open_minor = Integer(
        metadata={"description": "Still to be paid; below 0, to be given back by the vendor."}
    )
    payments = fields.List(fields.Nested(PaymentSchema))
    refunds = fields.List(fields.Nested(RefundSchema))
    reversals = fields.List(fields.Nested(ReversalSchema))
    credit_of = Text(
        allow_none=True, metadata={"description": "The id of the invoice that this credits."}
    )
    credited_by = Text(
        allow_none=True,
        metadata={"description": "The id of the credit note that left nothing of this."},
    )
    credit_notes = fields.List(
        Text(), metadata={"description": "The ids of all that credit this, oldest first."}
    )
    replaces = Text(
        allow_none=True, metadata={"description": "The id of the invoice that this replaces."}
    )
    replaced_by = Text(
        allow_none=True, metadata={"description": "The id of the invoice that replaces this."}
    )
    missing = fields.List(
        Text(), metadata={"description": "What the law wants and this lacks, in words."}
    )
    page_url = Text()
    pdf_url = Text()
    people_url = Text(
        metadata={"description": "Who held a seat in the period that the invoice is for."}
    )
