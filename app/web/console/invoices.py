"""Invoices: the list with its filters, one invoice, and the list as a file for a spreadsheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask import Response, request

from app.access.context import Context
from app.access.principal import Permission
from app.billing.invoices import issuing
from app.billing.invoices.demands import unsayable_text
from app.billing.invoices.document import InvoiceState
from app.billing.invoices.dresses import cii_dress
from app.billing.invoices.labels import missing_text, state_text
from app.billing.invoices.listing import Sought, sought_invoices
from app.billing.invoices.settlement import Settlement, settlement_of, settlements_of
from app.billing.invoices.wording import invoice_words
from app.billing.terms import local_day
from app.csv_text import CsvStyle, row_text, style_of
from app.currencies import major_units
from app.models import Invoice, Seller
from app.web.console.addresses import data_address, go, invoice_address
from app.web.console.forms import Problems
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.words import gettext, language
from app.web.owner.exports import PAGE_ROWS, every

_UNPROCESSABLE = 422

#: How many invoices a page has.
SHOWN = 25

_COLUMNS = [
    "number",
    "kind",
    "state",
    "issued_on",
    "due_on",
    "currency",
    "net",
    "tax",
    "total",
    "open",
]


@dataclass(frozen=True)
class Filters:
    """Which invoices are asked for, as it was written; empty is anything."""

    state: str
    first: str
    last: str
    problems: Problems = field(default_factory=Problems)

    @property
    def given(self) -> dict[str, str]:
        """The fields of the form that are filled in, by their names."""
        named = {"state": self.state, "from": self.first, "to": self.last}
        return {name: text for name, text in named.items() if text}

    def sought(self, today: date) -> Sought:
        """Return what invoices shall have in common; what cannot be read is noted and left out."""
        state = InvoiceState(self.state) if self.state in {*InvoiceState} else None
        first, last = self._day("from", self.first), self._day("to", self.last)
        if first and last and last < first:
            self.problems.add("to", gettext("The last day is before the first."))
        return Sought(today, state, first, last)

    def _day(self, name: str, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.problems.add(name, gettext("Enter a day as year-month-day, such as 2026-03-31."))
            return None


@blueprint.get("/<organization_id>/invoices")
@page(Permission.READ_BILLING)
def show_invoices(context: Context) -> Response:
    """Show the invoices and credit notes, newest first."""
    filters, today = _filters(), _today(context)
    sought, before = filters.sought(today), request.args.get("before")
    rows: list[Invoice] = []
    if not filters.problems:
        rows = sought_invoices(context.organization_id, sought, after=before, limit=SHOWN + 1)
    return render(
        "invoices.html",
        _UNPROCESSABLE if filters.problems else 200,
        settled=settlements_of(context.organization_id, rows[:SHOWN]) if rows else [],
        older=rows[SHOWN - 1].id if len(rows) > SHOWN else None,
        before=before,
        filters=filters,
        states=[(state.value, state_text(state, language())) for state in InvoiceState],
        state_text=lambda state: state_text(state, language()),
        today=today,
        pdf_address=lambda invoice_id: invoice_address(invoice_id, "pdf"),
        problems=filters.problems,
    )


@blueprint.get("/<organization_id>/invoices.csv")
@page(Permission.READ_BILLING)
def export_invoices(context: Context) -> Response:
    """Send the invoices that the filters let through as a file."""
    filters, today = _filters(), _today(context)
    sought, organization_id = filters.sought(today), context.organization_id
    if filters.problems:
        return go("console.show_invoices", **filters.given)
    pages = every(
        lambda after: sought_invoices(organization_id, sought, after=after, limit=PAGE_ROWS),
        lambda row: row.id,
    )
    headers = {
        "Content-Type": "text/csv; charset=utf-8; header=present",
        "Content-Disposition": 'attachment; filename="invoices.csv"',
    }
    return Response(_csv(organization_id, pages, today, style_of(language())), headers=headers)


@blueprint.get("/<organization_id>/invoices/<invoice_id>")
@page(Permission.READ_BILLING)
def show_invoice(context: Context, invoice_id: str) -> Response:
    """Show an invoice or credit note, and what followed it."""
    row = issuing.find_invoice(context.organization_id, invoice_id)
    today = _today(context)
    settlement = settlement_of(row)
    (document,) = issuing.documents_of(context.organization_id, [settlement], today)
    return render(
        "invoice.html",
        invoice=row,
        settlement=settlement,
        document=document,
        words=invoice_words(replace(document, language=language())),
        state=settlement.state(today),
        state_text=lambda state: state_text(state, language()),
        without_data=unsayable_text(document, cii_dress(document), language()),
        missing=[missing_text(particular, language()) for particular in document.missing],
        page_address=invoice_address(row.id, "page"),
        pdf_address=invoice_address(row.id, "pdf"),
        xml_address=data_address(row.id),
    )


def _filters() -> Filters:
    state, first, last = (request.args.get(name, "").strip() for name in ("state", "from", "to"))
    return Filters(state, first, last)


def _today(context: Context) -> date:
    """Return the seller's day, by which invoices fall due."""
    return local_day(context.at, Seller.get().time_zone)


def _csv(
    organization_id: str, pages: Iterator[list[Invoice]], today: date, style: CsvStyle
) -> Iterator[str]:
    yield style.opening + row_text(_COLUMNS, style)
    for rows in pages:
        yield "".join(row_text(line, style) for line in _lines(organization_id, rows, today))


def _lines(organization_id: str, rows: Sequence[Invoice], today: date) -> Iterator[list[object]]:
    for settled in settlements_of(organization_id, rows) if rows else []:
        yield _line(settled, today)


def _line(settled: Settlement, today: date) -> list[object]:
    row = settled.invoice
    amounts = (row.net_minor, row.tax_minor, row.total_minor, settled.open_minor)
    return [
        row.number,
        "invoice" if row.credit_of is None else "credit_note",
        settled.state(today).value,
        row.issued_on.isoformat(),
        row.due_on.isoformat(),
        row.currency,
        *(major_units(minor, row.currency) for minor in amounts),
    ]
