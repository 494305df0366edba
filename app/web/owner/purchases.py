"""Quotes, their confirmation, and the purchases that come of it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from marshmallow import Schema, fields

from app.access.context import Context
from app.access.principal import Permission
from app.billing import purchasing, quoting
from app.billing.contracts import previews, running
from app.billing.invoices.wording import arithmetic
from app.billing.offers import Confirmation, line_of
from app.errors import ContractNotActive, TermOver
from app.i18n.languages import ENGLISH
from app.models import Quote, Want
from app.people import denials
from app.seats import refusals
from app.web.context import requires, seatgate
from app.web.fields import (
    PAGE_SIZE_MAX,
    Choice,
    Instant,
    Integer,
    PageQuery,
    PeriodQuery,
    RequestSchema,
    Text,
    period_of,
)
from app.web.owner.contract import RenewalSchema
from app.web.owner.invoice_schemas import InvoiceSchema
from app.web.owner.invoices import invoice_answers, new_invoice_answer
from app.web.owner.surface import id_of, once, page, surface


class QuoteRequestSchema(RequestSchema):
    """What a price is asked for."""

    quantity = Integer(
        required=True, metadata={"description": "How many seats to add.", "minimum": 1}
    )
    purchase_order = Text(load_default=None, metadata={"description": "Printed on the invoice."})
    cost_centre = Text(load_default=None, metadata={"description": "Printed on the invoice."})


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


class ConfirmationRequestSchema(RequestSchema):
    """The buyer's word: this total, and no other."""

    expected_total_minor = Integer(
        required=True, metadata={"description": "The quote's total, as it was reviewed."}
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


class PurchasesQuery(PageQuery, PeriodQuery):
    """Which purchases to list, by when they were confirmed."""


class PurchasesSchema(Schema):
    """A page of purchases, newest first."""

    purchases = fields.List(fields.Nested(PurchaseSchema))
    next_cursor = Text(allow_none=True)


class RefusedPersonSchema(Schema):
    """A person who had been refused, and what to do now that there are seats."""

    user_name = Text()
    provider = Text(allow_none=True)
    next_step = Text()


class ConfirmationSchema(Schema):
    """What a confirmed quote led to."""

    refused = fields.List(
        fields.Nested(RefusedPersonSchema),
        metadata={"description": "Who had been refused; empty for a role that sees no people."},
    )
    refused_count = Integer(metadata={"description": "How many had been refused, for every role."})
    purchase = fields.Nested(PurchaseSchema)
    invoice = fields.Nested(InvoiceSchema)


@surface.post("/quotes")
@requires(Permission.QUOTE)
@surface.arguments(QuoteRequestSchema)
@once(QuoteSchema, lambda context, quote: _quote(quote, at=context.at))
def request_quote(context: Context, body: dict[str, Any]) -> Quote:
    """Ask what more seats cost for the rest of the term."""
    most = seatgate().config.quote_quantity_max
    return quoting.create_quote(context, quoting.QuoteRequest(**body, quantity_max=most))


@surface.get("/quotes/<quote_id>")
@requires(Permission.QUOTE)
@surface.response(200, QuoteSchema)
def show_quote(context: Context, quote_id: str) -> Any:
    """Show a quote and whether it still binds."""
    return _quote(quoting.read_quote(context, quote_id), at=context.at)


@surface.post("/quotes/<quote_id>/confirmation")
@requires(Permission.BUY)
@surface.arguments(ConfirmationRequestSchema)
@surface.alt_response(
    200, schema=ConfirmationSchema, description="The quote had been confirmed before."
)
@once(
    ConfirmationSchema,
    lambda context, done: _confirmation(done, at=context.at),
    status=lambda done: HTTPStatus.OK if done.repeated else HTTPStatus.CREATED,
    shown=lambda context, body: _shown_to(context, body),
)
def confirm_quote(context: Context, body: dict[str, Any], quote_id: str) -> Confirmation:
    """Buy what a quote offers; the invoice comes with the answer."""
    return purchasing.confirm_quote(context, quote_id, body["expected_total_minor"])


@surface.get("/purchases")
@requires(Permission.READ_BILLING)
@surface.arguments(PurchasesQuery, location="query")
@surface.response(200, PurchasesSchema)
def list_purchases(context: Context, query: dict[str, Any]) -> Any:
    """List the purchases."""
    rows = purchasing.purchases_of(
        context.organization_id,
        period=period_of(query),
        after=id_of("pur", query["cursor"]),
        limit=query["count"] + 1,
    )
    return page("purchases", rows, query["count"], lambda row: row.id)


@surface.get("/purchases/<purchase_id>")
@requires(Permission.READ_BILLING)
@surface.response(200, PurchaseSchema)
def show_purchase(context: Context, purchase_id: str) -> Any:
    """Show a purchase."""
    return purchasing.find_purchase(context.organization_id, purchase_id)


def _quote(row: Quote, *, at: datetime) -> dict[str, Any]:
    """Return a quote with its state, its arithmetic, and what renewal would cost beside it."""
    running = _running_or_none(row.organization_id, at=at)
    return {
        **row.__data__,
        "state": _quote_state(row, running, at=at).value,
        "purchased_after": row.purchased_before + row.quantity,
        "arithmetic": arithmetic(line_of(row), row.currency, ENGLISH),
        "renewal": previews.preview(running) if running else None,
    }


def _refused(want: Want) -> dict[str, Any]:
    return {
        "user_name": want.user_name,
        "provider": want.provider,
        "next_step": denials.next_step(want),
    }


def _shown_to(context: Context, body: Any) -> Any:
    """Return what a confirmation led to, without the people that the caller may not see."""
    return body if context.may(Permission.READ_PEOPLE) else {**body, "refused": []}


def _confirmation(done: Confirmation, *, at: datetime) -> dict[str, Any]:
    """Return what a confirmed quote led to, with as many refused people as a page holds."""
    organization_id = done.purchase.organization_id
    refused, count = refusals.first_refused(organization_id, PAGE_SIZE_MAX)
    fresh = None if done.repeated else new_invoice_answer(done.invoice, done.lines)
    return {
        "purchase": done.purchase,
        "invoice": fresh or invoice_answers([done.invoice], at=at)[0],
        "refused": [_refused(want) for want in refused],
        "refused_count": count,
    }


def _running_or_none(organization_id: str, *, at: datetime) -> running.RunningContract | None:
    try:
        return running.running_contract(organization_id, at=at)
    except (ContractNotActive, TermOver):
        return None


def _quote_state(
    row: Quote, running: running.RunningContract | None, *, at: datetime
) -> quoting.QuoteState:
    if quoting.purchase_of(row) is not None:
        return quoting.QuoteState.CONFIRMED
    if at >= row.expires_at:
        return quoting.QuoteState.EXPIRED
    if running is None or quoting.is_stale(row, running):
        return quoting.QuoteState.STALE
    return quoting.QuoteState.OPEN
