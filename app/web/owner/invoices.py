"""Invoices and credit notes, as JSON, as a page and as a PDF; and the buyer on them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validates_schema

from app.access.context import Context
from app.access.principal import Permission
from app.billing.invoices import issuing
from app.billing.invoices.document import InvoiceDocument, InvoiceState, TaxBreakdown
from app.billing.invoices.entries import Reversed
from app.billing.invoices.labels import kind_text, missing_text
from app.billing.invoices.listing import Sought, sought_invoices
from app.billing.invoices.page import invoice_page
from app.billing.invoices.settlement import Settlement, settlements_of
from app.billing.invoices.wording import ground
from app.billing.pricing import Line, months_text
from app.billing.terms import local_day
from app.models import Invoice, Seller
from app.web.assets import asset
from app.web.context import OWNER_PREFIX, instant, public_url, requires
from app.web.fields import Choice, Day, PageQuery, Text, check_order
from app.web.owner.invoice_forms import (
    FormQuery,
    accepted_form,
    file_of,
    original_answer,
)
from app.web.owner.invoice_schemas import (
    InvoiceSchema,
)
from app.web.owner.seats import AssignmentSchema, sequence_of
from app.web.owner.surface import id_of, page, surface
from app.web.responses import json_response
from app.web.visiting import reader


class PeopleSchema(Schema):
    """A page of those who held a seat, oldest assignment first."""

    people = fields.List(fields.Nested(AssignmentSchema))
    next_cursor = Text(allow_none=True)


class InvoicesQuery(PageQuery):
    """Which invoices to list: those in a state, those issued within a period."""

    state = Choice(*InvoiceState, load_default=None)
    first = Day(
        data_key="from",
        load_default=None,
        metadata={"description": "Issued on this day or later."},
    )
    last = Day(
        data_key="to",
        load_default=None,
        metadata={"description": "Issued on this day or earlier."},
    )

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_kwargs: object) -> None:
        check_order(data["first"], data["last"] and data["last"] + timedelta(days=1))


class InvoicesSchema(Schema):
    """A page of invoices and credit notes, newest first."""

    invoices = fields.List(fields.Nested(InvoiceSchema))
    next_cursor = Text(allow_none=True)


@surface.get("/invoices")
@requires(Permission.READ_BILLING)
@surface.arguments(InvoicesQuery, location="query")
@surface.response(200, InvoicesSchema)
def list_invoices(context: Context, query: dict[str, Any]) -> Any:
    """List the invoices and credit notes."""
    rows = sought_invoices(
        context.organization_id,
        _sought(query),
        after=id_of("inv", query["cursor"]),
        limit=query["count"] + 1,
    )
    listed = page("invoices", rows, query["count"], lambda row: row.id)
    return {**listed, "invoices": invoice_answers(listed["invoices"], at=context.at)}


@surface.get("/invoices/<invoice_id>")
@requires(Permission.READ_BILLING, who=reader)
@surface.arguments(FormQuery, location="query")
@surface.response(200, InvoiceSchema)
def show_invoice(context: Context, query: dict[str, Any], invoice_id: str) -> Any:
    """Show an invoice, as JSON, PDF or XML: as the Accept header says, or as `format`."""
    row = issuing.find_invoice(context.organization_id, invoice_id)
    form = query["form"] or accepted_form()
    if form != "json":
        return file_of(context, row, form)
    response = json_response(InvoiceSchema().dump(invoice_answers([row], at=context.at)[0]))
    response.vary.add("Accept")
    return response


@surface.get("/invoices/<invoice_id>/page")
@requires(Permission.READ_BILLING, who=reader)
@surface.response(200, {"type": "string"}, content_type="text/html")
def show_invoice_page(context: Context, invoice_id: str) -> Response:
    """Show an invoice as a page."""
    text = invoice_page(_printed(context, invoice_id), asset("invoice.css"))
    return Response(text, mimetype="text/html")


@surface.get("/invoices/<invoice_id>/pdf")
@requires(Permission.READ_BILLING, who=reader)
@surface.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def show_invoice_pdf(context: Context, invoice_id: str) -> Response:
    """Show an invoice's original, a PDF; its bytes are the same ever after."""
    return original_answer(context, invoice_id)


@surface.get("/invoices/<invoice_id>/people")
@requires(Permission.READ_PEOPLE, Permission.READ_BILLING)
@surface.arguments(PageQuery, location="query")
@surface.response(200, PeopleSchema)
def list_invoiced_people(context: Context, query: dict[str, Any], invoice_id: str) -> Any:
    """List who held a seat in the period that an invoice is for."""
    rows = issuing.people_of(
        issuing.find_invoice(context.organization_id, invoice_id),
        after=sequence_of(query["cursor"]),
        limit=query["count"] + 1,
    )
    return page("people", rows, query["count"], lambda row: row.assigned_sequence)


def _sought(query: dict[str, Any]) -> Sought:
    return Sought(
        today=local_day(instant(), Seller.get().time_zone),
        state=InvoiceState(query["state"]) if query["state"] else None,
        first=query["first"],
        last=query["last"],
    )


def _printed(context: Context, invoice_id: str) -> InvoiceDocument:
    row = issuing.find_invoice(context.organization_id, invoice_id)
    return issuing.document_of(row, local_day(instant(), Seller.get().time_zone))


def invoice_answers(rows: Sequence[Invoice], *, at: datetime) -> list[dict[str, Any]]:
    """Return an organization's invoices with their lines, as they are printed."""
    if not rows:
        return []
    organization_id = rows[0].organization_id
    settlements = settlements_of(organization_id, rows)
    today = local_day(at, Seller.get().time_zone)
    documents = issuing.documents_of(organization_id, settlements, today)
    return [_invoice(*both) for both in zip(settlements, documents, strict=True)]


def new_invoice_answer(row: Invoice, lines: Sequence[Line]) -> dict[str, Any]:
    """Return an invoice that was issued just now: nothing can have followed it."""
    fresh = Settlement(row)
    return _invoice(fresh, issuing.new_document(fresh, lines))


def _invoice(settlement: Settlement, document: InvoiceDocument) -> dict[str, Any]:
    row = settlement.invoice
    address = f"{public_url()}{OWNER_PREFIX}/invoices/{row.id}"
    return {
        **row.__data__,
        "kind": "invoice" if row.credit_of is None else "credit_note",
        # The data of a row that was just written lack a column that was left empty.
        "credit_of": row.credit_of,
        "state": document.state.value,
        "seller": document.seller,
        "buyer": document.buyer,
        "lines": [_line(document, index) for index in range(len(document.lines))],
        "tax_lines": [_tax_line(line) for line in document.tax_breakdown],
        "tax_euro_cents": document.tax_euro_cents,
        "euro_rate": document.euro_rate,
        "notes": document.notes,
        **_following(settlement),
        "missing": [missing_text(particular, document.language) for particular in document.missing],
        "page_url": f"{address}/page",
        "pdf_url": f"{address}/pdf",
        "people_url": f"{address}/people",
    }


def _following(settlement: Settlement) -> dict[str, Any]:
    """Return what followed an invoice: credits, money that came and went, and its replacement."""
    return {
        "credited_minor": settlement.credited_minor,
        "paid_minor": settlement.paid_minor,
        "refunded_minor": settlement.refunded_minor,
        "open_minor": settlement.open_minor,
        "payments": settlement.payments,
        "refunds": settlement.refunds,
        "reversals": [_reversal(one) for one in settlement.reversals],
        "credited_by": settlement.credited_by,
        "credit_notes": [note.id for note in settlement.credit_notes],
        "replaces": settlement.replaces and settlement.replaces.id,
        "replaced_by": settlement.replaced_by and settlement.replaced_by.id,
    }


def _reversal(reversed_: Reversed) -> dict[str, Any]:
    return {**reversed_.reversal.__data__, "amount_minor": reversed_.entry.amount_minor}


def _tax_line(line: TaxBreakdown) -> dict[str, Any]:
    """Return the tax of a rate; outside the scope of VAT, where there is no rate, it is 0."""
    return {**asdict(line), "rate_basis_points": line.rate_basis_points or 0}


def _line(document: InvoiceDocument, index: int) -> dict[str, Any]:
    line, credit = document.lines[index], document.credit
    remainder = line.service.remainder
    return {
        "position": index + 1,
        "description": kind_text(line.kind, document.language),
        "arithmetic": ground(document, index),
        "credits_line": credit.positions[index] if credit else None,
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price_minor,
        "months_remaining": months_text(line.service.months),
        "whole_months": remainder.months,
        "days": remainder.days,
        "days_in_month": remainder.days_in_month,
        "service_starts_on": line.service.starts_on,
        "service_ends_on": line.service.ends_on,
        "tax_rate_basis_points": line.tax_rate_basis_points,
        "net_minor": line.net_minor,
    }
