"""`/owner/v1`: what an organization's owners see and buy."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from flask import Response, request

from app import tokens
from app.access import Permission, Principal, Role
from app.billing import contracts, invoicing, purchasing, quoting, renewals
from app.billing.invoice_document import InvoiceDocument
from app.billing.invoice_page import invoice_page
from app.billing.pdf import invoice_pdf
from app.billing.purchasing import Confirmation
from app.billing.terms import local_day
from app.directory import denials
from app.errors import InvalidInput, NotFound
from app.idempotency import Answer, Once, Replayed
from app.models import Seller
from app.seats import holders
from app.web import owner_answers
from app.web import owner_schemas as schemas
from app.web.context import OWNER_PREFIX, instant, requires, seatgate
from app.web.described import Surface
from app.web.fields import PageQuery
from app.web.responses import json_response

surface = Surface(
    "owner",
    __name__,
    url_prefix=OWNER_PREFIX,
    description="Seats, contract, purchases and invoices",
)

#: Longer numbers do not fit a column.
_SEQUENCE_DIGITS_MAX = 18


@surface.get("/seats")
@requires(Permission.READ_BILLING)
@surface.response(200, schemas.SeatsSchema)
def show_seats(principal: Principal) -> Any:
    """Show how many seats there are and how many are in use."""
    return owner_answers.seats(principal.organization_id, at=instant())


@surface.get("/assignments")
@requires(Permission.READ_PEOPLE)
@surface.arguments(schemas.AssignmentsQuery, location="query")
@surface.response(200, schemas.AssignmentsSchema)
def list_assignments(principal: Principal, query: dict[str, Any]) -> Any:
    """List who holds a seat, or held one, and since when."""
    rows = holders.assignments_of(
        principal.organization_id,
        only_open=query["open"],
        after=_sequence(query["cursor"]),
        limit=query["count"] + 1,
    )
    return owner_answers.page(
        "assignments", rows, query["count"], lambda row: row.assigned_sequence
    )


@surface.post("/quotes")
@requires(Permission.QUOTE)
@surface.arguments(schemas.QuoteRequestSchema)
@surface.response(201, schemas.QuoteSchema)
def request_quote(principal: Principal, body: dict[str, Any]) -> Any:
    """Ask what more seats cost for the rest of the term."""
    wanted = quoting.QuoteRequest(**body, quantity_max=seatgate().config.quote_quantity_max)
    return owner_answers.quote(quoting.create_quote(principal, wanted, at=instant()), at=instant())


@surface.get("/quotes/<quote_id>")
@requires(Permission.QUOTE)
@surface.response(200, schemas.QuoteSchema)
def show_quote(principal: Principal, quote_id: str) -> Any:
    """Show a quote and whether it still binds."""
    return owner_answers.quote(
        quoting.find_quote(principal.organization_id, quote_id), at=instant()
    )


@surface.post("/quotes/<quote_id>/confirmation")
@requires(Permission.BUY)
@surface.arguments(schemas.IdempotencyHeader, location="headers")
@surface.arguments(schemas.ConfirmationRequestSchema)
@surface.response(201, schemas.ConfirmationSchema)
@surface.alt_response(
    200, schema=schemas.ConfirmationSchema, description="The quote had been confirmed before."
)
def confirm_quote(
    principal: Principal, headers: dict[str, Any], body: dict[str, Any], quote_id: str
) -> Response:
    """Buy what a quote offers; the invoice comes with the answer."""
    answer = partial(_confirmation_answer, at=instant())
    expected = body["expected_total_minor"]
    once = _once(headers["idempotency_key"], body, answer)
    return _answered(
        lambda: answer(
            purchasing.confirm_quote(principal, quote_id, expected, once=once, at=instant())
        )
    )


@surface.get("/purchases")
@requires(Permission.READ_BILLING)
@surface.arguments(PageQuery, location="query")
@surface.response(200, schemas.PurchasesSchema)
def list_purchases(principal: Principal, query: dict[str, Any]) -> Any:
    """List the purchases."""
    rows = purchasing.purchases_of(
        principal.organization_id, after=query["cursor"], limit=query["count"] + 1
    )
    return owner_answers.page("purchases", rows, query["count"], lambda row: row.id)


@surface.get("/purchases/<purchase_id>")
@requires(Permission.READ_BILLING)
@surface.response(200, schemas.PurchaseSchema)
def show_purchase(principal: Principal, purchase_id: str) -> Any:
    """Show a purchase."""
    return purchasing.find_purchase(principal.organization_id, purchase_id)


@surface.get("/invoices")
@requires(Permission.READ_BILLING)
@surface.arguments(PageQuery, location="query")
@surface.response(200, schemas.InvoicesSchema)
def list_invoices(principal: Principal, query: dict[str, Any]) -> Any:
    """List the invoices."""
    rows = invoicing.invoices_of(
        principal.organization_id, after=query["cursor"], limit=query["count"] + 1
    )
    page = owner_answers.page("invoices", rows, query["count"], lambda row: row.id)
    return {**page, "invoices": owner_answers.invoices(page["invoices"], at=instant())}


@surface.get("/invoices/<invoice_id>")
@requires(Permission.READ_BILLING)
@surface.response(200, schemas.InvoiceSchema)
def show_invoice(principal: Principal, invoice_id: str) -> Any:
    """Show an invoice."""
    row = invoicing.find_invoice(principal.organization_id, invoice_id)
    return owner_answers.invoices([row], at=instant())[0]


@surface.get("/invoices/<invoice_id>/page")
@requires(Permission.READ_BILLING)
@surface.response(200, content_type="text/html")
def show_invoice_page(principal: Principal, invoice_id: str) -> Response:
    """Show an invoice as a page."""
    return Response(invoice_page(_printed(principal, invoice_id)), mimetype="text/html")


@surface.get("/invoices/<invoice_id>/pdf")
@requires(Permission.READ_BILLING)
@surface.response(200, content_type="application/pdf")
def show_invoice_pdf(principal: Principal, invoice_id: str) -> Response:
    """Show an invoice as a PDF."""
    document = _printed(principal, invoice_id)
    headers = {"Content-Disposition": f'inline; filename="{document.number}.pdf"'}
    return Response(invoice_pdf(document), headers=headers, mimetype="application/pdf")


@surface.get("/contract")
@requires(Permission.READ_BILLING)
@surface.response(200, schemas.ContractSchema)
def show_contract(principal: Principal) -> Any:
    """Show the contract."""
    contract = contracts.latest_contract(principal.organization_id)
    if contract is None:
        raise NotFound("No contract has been signed yet.")
    return owner_answers.contract(contract)


@surface.get("/contract/renewal")
@requires(Permission.READ_BILLING)
@surface.response(200, schemas.RenewalSchema)
def show_renewal(principal: Principal) -> Any:
    """Show what the next renewal would do if it were today."""
    return renewals.show_preview(principal, at=instant())


@surface.get("/denials")
@requires(Permission.READ_PEOPLE)
@surface.arguments(PageQuery, location="query")
@surface.response(200, schemas.DenialsSchema)
def list_denials(principal: Principal, query: dict[str, Any]) -> Any:
    """List who was refused for want of a seat."""
    rows = denials.denials_of(
        principal.organization_id, after=query["cursor"], limit=query["count"] + 1
    )
    page = owner_answers.page("denials", rows, query["count"], lambda row: row.id)
    return {**page, "denials": [owner_answers.denial(row) for row in page["denials"]]}


@surface.get("/ledger")
@requires(Permission.READ_PEOPLE)
@surface.arguments(PageQuery, location="query")
@surface.response(200, schemas.LedgerSchema)
def list_ledger(principal: Principal, query: dict[str, Any]) -> Any:
    """List every change of the seats, in its order."""
    rows = holders.entries_of(
        principal.organization_id, after=_sequence(query["cursor"]), limit=query["count"] + 1
    )
    return owner_answers.page("entries", rows, query["count"], lambda row: row.sequence)


@surface.get("/tokens")
@requires(Permission.MANAGE_TOKENS)
@surface.response(200, schemas.TokensSchema)
def list_tokens(principal: Principal) -> Any:
    """List the tokens, without their secrets."""
    return {"tokens": tokens.tokens_of(principal.organization_id)}


@surface.post("/tokens")
@requires(Permission.MANAGE_TOKENS)
@surface.arguments(schemas.TokenRequestSchema)
@surface.response(201, schemas.IssuedTokenSchema)
def issue_token(principal: Principal, body: dict[str, Any]) -> Any:
    """Issue a token; its secret is shown in this answer and never again."""
    wanted = tokens.TokenRequest(**{**body, "role": Role(body["role"])})
    issued = tokens.issue_token(principal.organization_id, wanted, at=instant())
    return owner_answers.token(issued.token, issued.secret)


@surface.delete("/tokens/<token_id>")
@requires(Permission.MANAGE_TOKENS)
@surface.response(204)
def revoke_token(principal: Principal, token_id: str) -> None:
    """Revoke a token, at once."""
    tokens.revoke_token(principal.organization_id, token_id, at=instant())


def _printed(principal: Principal, invoice_id: str) -> InvoiceDocument:
    row = invoicing.find_invoice(principal.organization_id, invoice_id)
    return invoicing.document_of(row, local_day(instant(), Seller.get().time_zone))


def _sequence(cursor: str | None) -> int | None:
    """Return the sequence number that a cursor is."""
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > _SEQUENCE_DIGITS_MAX:
        raise InvalidInput("cursor", "Send the next_cursor of the page before, as it was.")
    return int(cursor)


def _once(key: str | None, body: dict[str, Any], answer: Callable[[Any], Answer]) -> Once | None:
    if key is None:
        return None
    return Once(request.path, key, body, answer, instant())


def _confirmation_answer(done: Confirmation, *, at: datetime) -> Answer:
    body = schemas.ConfirmationSchema().dump(owner_answers.confirmation(done, at=at))
    return Answer(200 if done.repeated else 201, body)


def _answered(work: Callable[[], Answer]) -> Response:
    """Return the answer of a request that happens once, or the one that its repetition had."""
    try:
        given = work()
    except Replayed as replayed:
        given = replayed.answer
        return json_response(given.body, given.status, headers={"Idempotent-Replayed": "true"})
    return json_response(given.body, given.status)
