"""Quotes, their confirmation, and the purchases that come of it."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Response
from marshmallow import Schema, fields

from app.access.idempotency import Answer
from app.access.principal import Permission, Principal
from app.billing import purchasing, quoting
from app.billing.contracts import previews, running
from app.billing.invoices.wording import arithmetic
from app.billing.language import Language
from app.billing.offers import Confirmation, line_of
from app.errors import ContractNotActive
from app.models import Quote, Want
from app.people import activity, denials
from app.seats import refusals
from app.seats.rules import TermOver
from app.web.context import instant, requires, seatgate
from app.web.fields import (
    PAGE_SIZE_MAX,
    Choice,
    Instant,
    Integer,
    PageQuery,
    PeriodQuery,
    Request,
    Text,
    period_of,
)
from app.web.owner.contract import RenewalSchema
from app.web.owner.invoice_schemas import InvoiceSchema
from app.web.owner.invoices import invoice_answers
from app.web.owner.surface import IdempotencyHeader, answered, id_of, page, surface


class QuoteRequestSchema(Request):
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


class ConfirmationRequestSchema(Request):
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
@surface.arguments(IdempotencyHeader, location="headers")
@surface.arguments(QuoteRequestSchema)
@surface.response(201, QuoteSchema)
def request_quote(principal: Principal, headers: dict[str, Any], body: dict[str, Any]) -> Response:
    """Ask what more seats cost for the rest of the term."""
    at = instant()
    wanted = quoting.QuoteRequest(**body, quantity_max=seatgate().config.quote_quantity_max)
    return answered(
        headers,
        lambda quote: Answer(201, QuoteSchema().dump(_quote(quote, at=at))),
        lambda once: quoting.create_quote(principal, wanted, once=once, at=at),
    )


@surface.get("/quotes/<quote_id>")
@requires(Permission.QUOTE)
@surface.response(200, QuoteSchema)
def show_quote(principal: Principal, quote_id: str) -> Any:
    """Show a quote and whether it still binds."""
    return _quote(quoting.read_quote(principal, quote_id), at=instant())


@surface.post("/quotes/<quote_id>/confirmation")
@requires(Permission.BUY)
@surface.arguments(IdempotencyHeader, location="headers")
@surface.arguments(ConfirmationRequestSchema)
@surface.response(201, ConfirmationSchema)
@surface.alt_response(
    200, schema=ConfirmationSchema, description="The quote had been confirmed before."
)
def confirm_quote(
    principal: Principal, headers: dict[str, Any], body: dict[str, Any], quote_id: str
) -> Response:
    """Buy what a quote offers; the invoice comes with the answer."""
    at, expected = instant(), body["expected_total_minor"]
    response = answered(
        headers,
        partial(_confirmation_answer, at=at),
        lambda once: purchasing.confirm_quote(principal, quote_id, expected, once=once, at=at),
        shown=partial(_shown_to, principal),
    )
    activity.seat_waiters(principal.organization_id, at=at)
    return response


@surface.get("/purchases")
@requires(Permission.READ_BILLING)
@surface.arguments(PurchasesQuery, location="query")
@surface.response(200, PurchasesSchema)
def list_purchases(principal: Principal, query: dict[str, Any]) -> Any:
    """List the purchases."""
    rows = purchasing.purchases_of(
        principal.organization_id,
        period=period_of(query),
        after=id_of("pur", query["cursor"]),
        limit=query["count"] + 1,
    )
    return page("purchases", rows, query["count"], lambda row: row.id)


@surface.get("/purchases/<purchase_id>")
@requires(Permission.READ_BILLING)
@surface.response(200, PurchaseSchema)
def show_purchase(principal: Principal, purchase_id: str) -> Any:
    """Show a purchase."""
    return purchasing.find_purchase(principal.organization_id, purchase_id)


def _quote(row: Quote, *, at: datetime) -> dict[str, Any]:
    """Return a quote with its state, its arithmetic, and what renewal would cost beside it."""
    running = _running_or_none(row.organization_id, at=at)
    return {
        **row.__data__,
        "state": _quote_state(row, running, at=at).value,
        "purchased_after": row.purchased_before + row.quantity,
        "arithmetic": arithmetic(line_of(row), row.currency, Language.EN),
        "renewal": previews.preview(running) if running else None,
    }


def _refused(want: Want) -> dict[str, Any]:
    return {
        "user_name": want.user_name,
        "provider": want.provider,
        "next_step": denials.next_step(want),
    }


def _shown_to(principal: Principal, body: Any) -> Any:
    """Return what a confirmation led to, without the people that the caller may not see."""
    return body if principal.may(Permission.READ_PEOPLE) else {**body, "refused": []}


def _confirmation(done: Confirmation, *, at: datetime) -> dict[str, Any]:
    """Return what a confirmed quote led to, with as many refused people as a page holds."""
    organization_id = done.purchase.organization_id
    refused = refusals.provisioned_refusals(organization_id, PAGE_SIZE_MAX)
    return {
        "purchase": done.purchase,
        "invoice": invoice_answers([done.invoice], at=at)[0],
        "refused": [_refused(want) for want in refused],
        "refused_count": refusals.refused_by_road(organization_id)[0],
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


def _confirmation_answer(done: Confirmation, *, at: datetime) -> Answer:
    body = ConfirmationSchema().dump(_confirmation(done, at=at))
    return Answer(200 if done.repeated else 201, body)
