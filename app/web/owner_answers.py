"""Rows as the owner API shows them: the dictionaries that `owner_schemas` writes out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from app.billing import contracts, invoicing, quoting, renewals
from app.billing.invoice_wording import arithmetic, description, missing_text
from app.billing.language import Language
from app.billing.pricing import Line, months_text
from app.billing.purchasing import Confirmation
from app.billing.terms import local_day
from app.directory.denials import open_denials
from app.errors import ContractNotActive
from app.models import Contract, Denial, Invoice, Quote, Seller, Token
from app.seats import holders, ledger
from app.seats.rules import SeatCounts, TermOver
from app.web.context import OWNER_PREFIX, public_url

Row = TypeVar("Row")


def seats(organization_id: str, *, at: datetime) -> dict[str, Any]:
    """Return the seats of an organization."""
    pool = ledger.pool_of(organization_id)
    counts = SeatCounts(pool.purchased, pool.in_use)
    return {
        "purchased": counts.purchased,
        "in_use": counts.in_use,
        "held": counts.in_use - holders.open_assignments(organization_id),
        "available": counts.available,
        "open_denials": open_denials(organization_id),
        "renewal_pending": contracts.is_over(pool, at),
        "term": contracts.term_dates(pool),
    }


def quote(row: Quote, *, at: datetime) -> dict[str, Any]:
    """Return a quote with its state, its arithmetic, and what renewal would cost beside it."""
    running = _running_or_none(row.organization_id, at=at)
    return {
        **row.__data__,
        "state": _quote_state(row, running, at=at).value,
        "purchased_after": row.purchased_before + row.quantity,
        "arithmetic": arithmetic(quoting.line_of(row), row.currency, Language.EN),
        "renewal": renewals.preview(running) if running else None,
    }


def confirmation(done: Confirmation, *, at: datetime) -> dict[str, Any]:
    """Return what a confirmed quote led to."""
    return {"purchase": done.purchase, "invoice": invoices([done.invoice], at=at)[0]}


def invoices(rows: Sequence[Invoice], *, at: datetime) -> list[dict[str, Any]]:
    """Return invoices with their lines, as they are printed."""
    today = local_day(at, Seller.get().time_zone)
    return [_invoice(row, invoicing.document_of(row, today)) for row in rows]


def denial(row: Denial) -> dict[str, Any]:
    """Return a denial."""
    return {**row.__data__, "state": "open" if row.closed_at is None else "closed"}


def contract(row: Contract) -> dict[str, Any]:
    """Return a contract with the term that it is in, or was in last."""
    return {
        **row.__data__,
        "state": "running" if row.ended_at is None else "ended",
        "term": contracts.term_dates(ledger.pool_of(row.organization_id)),
    }


def page(
    name: str, rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], object]
) -> dict[str, Any]:
    """Return a page of a list that was read with one row more than `limit`.

    That row tells whether there is another page.
    """
    shown = rows[:limit]
    more = len(rows) > limit
    return {name: shown, "next_cursor": str(cursor_of(shown[-1])) if more else None}


def token(row: Token, secret: str) -> dict[str, Any]:
    """Return a new token with its secret."""
    return {**row.__data__, "token": secret}


def _running_or_none(organization_id: str, *, at: datetime) -> contracts.RunningContract | None:
    try:
        return contracts.running_contract(organization_id, at=at)
    except (ContractNotActive, TermOver):
        return None


def _quote_state(
    row: Quote, running: contracts.RunningContract | None, *, at: datetime
) -> quoting.QuoteState:
    if quoting.purchase_of(row) is not None:
        return quoting.QuoteState.CONFIRMED
    if at >= row.expires_at:
        return quoting.QuoteState.EXPIRED
    if running is None or quoting.is_stale(row, running):
        return quoting.QuoteState.STALE
    return quoting.QuoteState.OPEN


def _invoice(row: Invoice, document: Any) -> dict[str, Any]:
    address = f"{public_url()}{OWNER_PREFIX}/invoices/{row.id}"
    return {
        **row.__data__,
        "state": document.state.value,
        "seller": document.seller,
        "buyer": document.buyer,
        "lines": [_line(line, document) for line in document.lines],
        "tax_lines": document.totals.tax_lines,
        "missing": [missing_text(particular, document.language) for particular in document.missing],
        "page_url": f"{address}/page",
        "pdf_url": f"{address}/pdf",
    }


def _line(line: Line, document: Any) -> dict[str, Any]:
    return {
        "description": description(line, document.language),
        "arithmetic": arithmetic(line, document.currency, document.language),
        "quantity": line.quantity,
        "unit_price_minor": line.unit_price_minor,
        "months_remaining": months_text(line.service.months),
        "service_starts_on": line.service.starts_on,
        "service_ends_on": line.service.ends_on,
        "tax_rate_basis_points": line.tax_rate_basis_points,
        "net_minor": line.net_minor,
    }
