"""What the owner API reads and answers. These schemas check, and they are the OpenAPI document."""

from marshmallow import Schema, fields

from app.access import ISSUABLE
from app.web.fields import Choice, Flag, Instant, Integer, PageQuery, Request, Text


class TermSchema(Schema):
    """The running term, `[starts_on, ends_on)`."""

    number = Integer()
    starts_on = fields.Date()
    ends_on = fields.Date()


class SeatsSchema(Schema):
    """The seats of the organization."""

    purchased = Integer()
    in_use = Integer()
    held = Integer(
        metadata={"description": "Seats in use that are kept for somebody and not assigned yet."}
    )
    available = Integer()
    open_denials = Integer(metadata={"description": "People refused for want of a seat."})
    renewal_pending = fields.Boolean()
    term = fields.Nested(TermSchema, allow_none=True)


class AssignmentsQuery(PageQuery):
    """Which assignments to list."""

    open = Flag(
        load_default=False, metadata={"description": "Only those that have not been released."}
    )


class AssignmentSchema(Schema):
    """One person holding one seat."""

    id = Text()
    user_id = Text()
    user_name = Text()
    assigned_at = Instant()
    released_at = Instant(allow_none=True)


class AssignmentsSchema(Schema):
    """A page of assignments, oldest first."""

    assignments = fields.List(fields.Nested(AssignmentSchema))
    next_cursor = Text(allow_none=True)


class QuoteRequestSchema(Request):
    """What a price is asked for."""

    quantity = Integer(
        required=True, metadata={"description": "How many seats to add.", "minimum": 1}
    )
    purchase_order = Text(load_default=None, metadata={"description": "Printed on the invoice."})
    cost_centre = Text(load_default=None, metadata={"description": "Printed on the invoice."})


class RenewalSchema(Schema):
    """What the next renewal would do at today's use."""

    auto_renew = fields.Boolean()
    on = fields.Date()
    purchased = Integer()
    in_use = Integer()
    would_renew_at = Integer(allow_none=True)
    would_drop = Integer(allow_none=True)
    unit_price_minor = Integer(allow_none=True)
    total_minor = Integer(allow_none=True, metadata={"description": "Before tax."})
    currency = Text()


class QuoteSchema(Schema):
    """A price for more seats. Money is in the currency's minor unit."""

    id = Text()
    state = Choice("open", "confirmed", "expired", "stale")
    quantity = Integer()
    purchased_before = Integer()
    purchased_after = Integer()
    effective_on = fields.Date()
    term_ends_on = fields.Date()
    months_remaining = Text(metadata={"description": "An exact fraction, such as 10 or 294/31."})
    unit_price_minor = Integer(metadata={"description": "The price of one seat for a whole term."})
    currency = Text()
    net_minor = Integer()
    tax_rate_basis_points = Integer()
    tax_minor = Integer()
    total_minor = Integer()
    arithmetic = Text(metadata={"description": "How the net price comes about, for people."})
    purchase_order = Text(allow_none=True)
    cost_centre = Text(allow_none=True)
    created_at = Instant()
    expires_at = Instant()
    renewal = fields.Nested(RenewalSchema, allow_none=True)


class ConfirmationRequestSchema(Request):
    """The buyer's word: this total, and no other."""

    expected_total_minor = Integer(
        required=True, metadata={"description": "The quote's total, as it was reviewed."}
    )


class IdempotencyHeader(Schema):
    """The key under which a request happens once."""

    idempotency_key = Text(
        data_key="Idempotency-Key",
        load_default=None,
        metadata={"description": "Any text of your choice, new for each purchase."},
    )


class PurchaseSchema(Schema):
    """A confirmed quote."""

    id = Text()
    quote_id = Text()
    invoice_id = Text()
    quantity = Integer()
    purchased_after = Integer()
    confirmed_at = Instant()
    confirmed_by = Text()


class PurchasesSchema(Schema):
    """A page of purchases, newest first."""

    purchases = fields.List(fields.Nested(PurchaseSchema))
    next_cursor = Text(allow_none=True)


class LineSchema(Schema):
    """One line of an invoice."""

    description = Text()
    arithmetic = Text()
    quantity = Integer()
    unit_price_minor = Integer()
    months_remaining = Text()
    service_starts_on = fields.Date()
    service_ends_on = fields.Date(metadata={"description": "The day after the last."})
    tax_rate_basis_points = Integer()
    net_minor = Integer()


class TaxLineSchema(Schema):
    """The tax of all lines of one rate."""

    rate_basis_points = Integer()
    net_minor = Integer()
    tax_minor = Integer()


class PartySchema(Schema):
    """The seller or the buyer, as they were when the invoice was issued."""

    legal_name = Text()
    address_lines = fields.List(Text())
    postal_code = Text()
    city = Text()
    country = Text()
    vat_id = Text()
    registration = Text()
    email = Text()
    bank = Text()
    iban = Text()
    bic = Text()


class InvoiceSchema(Schema):
    """An invoice. Money is in the currency's minor unit."""

    id = Text()
    number = Text()
    state = Choice("issued", "paid", "overdue", "void")
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
    total_minor = Integer()
    missing = fields.List(
        Text(), metadata={"description": "What the law wants and the parties lack, in words."}
    )
    page_url = Text()
    pdf_url = Text()


class InvoicesSchema(Schema):
    """A page of invoices, newest first."""

    invoices = fields.List(fields.Nested(InvoiceSchema))
    next_cursor = Text(allow_none=True)


class ConfirmationSchema(Schema):
    """What a confirmed quote led to."""

    purchase = fields.Nested(PurchaseSchema)
    invoice = fields.Nested(InvoiceSchema)


class DenialSchema(Schema):
    """A person refused for want of a seat."""

    id = Text()
    user_name = Text()
    source = Choice("scim", "sso")
    provider = Text(allow_none=True)
    attempts = Integer()
    first_seen_at = Instant()
    last_seen_at = Instant()
    state = Choice("open", "closed")
    closed_at = Instant(allow_none=True)
    closed_because = Text(allow_none=True)


class DenialsSchema(Schema):
    """A page of denials, newest first."""

    denials = fields.List(fields.Nested(DenialSchema))
    next_cursor = Text(allow_none=True)


class ContractSchema(Schema):
    """The contract."""

    id = Text()
    state = Choice("running", "ended")
    starts_on = fields.Date()
    term = fields.Nested(TermSchema)
    time_zone = Text()
    currency = Text()
    unit_price_minor = Integer(metadata={"description": "The price of one seat for a whole term."})
    renewal_unit_price_minor = Integer(allow_none=True)
    billing_interval = Choice("annual", "monthly")
    collection_method = Choice("invoice", "card")
    auto_renew = fields.Boolean()
    minimum_seats = Integer()
    net_days = Integer()
    grace_days = Integer()
    buyer_role = Text()
    signed_at = Instant()
    ended_at = Instant(allow_none=True)


class LedgerEntrySchema(Schema):
    """One change of the seat pool."""

    sequence = Integer()
    kind = Text()
    quantity = Integer()
    user_id = Text(allow_none=True)
    at = Instant()
    actor = Text()
    cause = Text()


class LedgerSchema(Schema):
    """A page of the seat ledger, oldest first."""

    entries = fields.List(fields.Nested(LedgerEntrySchema))
    next_cursor = Text(allow_none=True)


class TokenRequestSchema(Request):
    """A token to issue."""

    role = Choice(*ISSUABLE, required=True)
    label = Text(load_default=None)
    provider = Text(
        load_default=None,
        metadata={"description": "The identity provider that will use it, such as entra."},
    )
    expires_at = Instant(load_default=None)


class TokenSchema(Schema):
    """A token, without its secret."""

    id = Text()
    role = Text()
    prefix = Text()
    label = Text(allow_none=True)
    provider = Text(allow_none=True)
    created_at = Instant()
    expires_at = Instant(allow_none=True)
    revoked_at = Instant(allow_none=True)
    last_used_at = Instant(allow_none=True)


class IssuedTokenSchema(TokenSchema):
    """A new token: its secret is shown here and never again."""

    token = Text()


class TokensSchema(Schema):
    """The organization's tokens, oldest first."""

    tokens = fields.List(fields.Nested(TokenSchema))
