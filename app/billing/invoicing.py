"""Invoices: born issued, numbered without a gap, and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.billing.invoice_document import InvoiceDocument, InvoiceState, Party
from app.billing.language import Language
from app.billing.pricing import Line, LineKind, months_text, parse_months_text
from app.billing.taxes import Totals
from app.billing.terms import ServicePeriod, local_day
from app.db import assert_in_transaction, greatest
from app.errors import NotFound
from app.identifiers import new_id
from app.models import Contract, Invoice, InvoiceLine, InvoiceSeries, Organization, Seller


@dataclass(frozen=True)
class Order:
    """What an invoice is for."""

    #: The signing, quote or renewal that calls for it, in the words of the ledger's cause.
    cause: str
    lines: Sequence[Line]
    reverse_charge: bool = False
    purchase_order: str | None = None
    cost_centre: str | None = None


def issue_invoice(contract: Contract, term_number: int, order: Order, *, at: datetime) -> Invoice:
    """Issue the invoice of an order, with the next number of the seller's series.

    Call inside a transaction, after the pool: the counter's row is locked until the transaction
    ends, which is what makes numbers gapless, also after a rollback.
    """
    assert_in_transaction()
    seller = Seller.get()
    organization = Organization.get_by_id(contract.organization_id)
    totals = Totals.of(order.lines)
    number = _next_number(seller, local_day(at, seller.time_zone))
    invoice = Invoice.create(
        organization_id=contract.organization_id,
        id=new_id("inv", at),
        contract_id=contract.id,
        term_number=term_number,
        cause=order.cause,
        series=number.series,
        year=number.year,
        counter=number.counter,
        number=f"{number.series}-{number.year}-{number.counter:06}",
        issued_on=number.last_issued_on,
        issued_at=at,
        due_on=number.last_issued_on + timedelta(days=contract.net_days),
        language=organization.language,
        currency=contract.currency,
        seller=seller.party,
        buyer=organization.party,
        purchase_order=order.purchase_order,
        cost_centre=order.cost_centre,
        reverse_charge=order.reverse_charge,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
    )
    _add_lines(invoice, order.lines)
    return invoice


def invoices_of(organization_id: str, *, after: str | None = None, limit: int) -> list[Invoice]:
    """Return invoices, newest first; `after` is the id of the last one already seen."""
    query = Invoice.select().where(Invoice.organization_id == organization_id)
    if after is not None:
        query = query.where(Invoice.id < after)
    return list(query.order_by(Invoice.id.desc()).limit(limit))


def find_invoice(organization_id: str, invoice_id: str) -> Invoice:
    """Return an invoice of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    invoice: Invoice | None = Invoice.get_or_none(
        (Invoice.organization_id == organization_id) & (Invoice.id == invoice_id)
    )
    if invoice is None:
        raise NotFound(f"There is no invoice {invoice_id}.")
    return invoice


def document_of(invoice: Invoice, today: date) -> InvoiceDocument:
    """Return an invoice as it is printed."""
    return InvoiceDocument(
        number=invoice.number,
        state=state_of(invoice, today),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        language=Language(invoice.language),
        seller=party_of(invoice.seller),
        buyer=party_of(invoice.buyer),
        lines=lines_of(invoice),
        reverse_charge=invoice.reverse_charge,
        purchase_order=invoice.purchase_order or "",
        cost_centre=invoice.cost_centre or "",
    )


def state_of(invoice: Invoice, today: date) -> InvoiceState:
    """Return where an invoice stands.

    Nothing to pay is paid, and what is unpaid after its due day is overdue.
    """
    if invoice.total_minor == 0:
        return InvoiceState.PAID
    return InvoiceState.OVERDUE if today > invoice.due_on else InvoiceState.ISSUED


def lines_of(invoice: Invoice) -> tuple[Line, ...]:
    """Return an invoice's lines in their order."""
    rows = (
        InvoiceLine.select()
        .where(
            (InvoiceLine.organization_id == invoice.organization_id)
            & (InvoiceLine.invoice_id == invoice.id)
        )
        .order_by(InvoiceLine.position)
    )
    return tuple(
        Line(
            kind=LineKind(row.kind),
            quantity=row.quantity,
            unit_price_minor=row.unit_price_minor,
            service=ServicePeriod(
                row.service_starts_on, row.service_ends_on, parse_months_text(row.months_remaining)
            ),
            tax_rate_basis_points=row.tax_rate_basis_points,
            net_minor=row.net_minor,
        )
        for row in rows
    )


def party_of(particulars: dict[str, object]) -> Party:
    """Return a party from its stored particulars."""
    known = {**particulars, "address_lines": tuple(particulars.get("address_lines", ()))}  # type: ignore[arg-type]  # a list in JSON
    return Party(**known)  # type: ignore[arg-type]  # written by `organizations` from a Party


def _next_number(seller: Seller, today: date) -> InvoiceSeries:
    """Take the next number of the series.

    It is dated today or, should a later one be out already, as late as that.
    """
    latest = InvoiceSeries.select().where(InvoiceSeries.series == seller.series)
    last = latest.order_by(InvoiceSeries.year.desc()).first()
    issued_on = max(today, last.last_issued_on) if last else today
    rows = (
        InvoiceSeries.insert(
            series=seller.series, year=issued_on.year, counter=1, last_issued_on=issued_on
        )
        .on_conflict(
            conflict_target=[InvoiceSeries.series, InvoiceSeries.year],
            update={
                InvoiceSeries.counter: InvoiceSeries.counter + 1,
                InvoiceSeries.last_issued_on: greatest(
                    InvoiceSeries.last_issued_on, issued_on.isoformat()
                ),
            },
        )
        .returning(InvoiceSeries)
        .execute()
    )
    number: InvoiceSeries = next(iter(rows))
    return number


def _add_lines(invoice: Invoice, lines: Sequence[Line]) -> None:
    InvoiceLine.insert_many(
        [
            {
                "organization_id": invoice.organization_id,
                "invoice_id": invoice.id,
                "position": position,
                "kind": line.kind.value,
                "quantity": line.quantity,
                "unit_price_minor": line.unit_price_minor,
                "months_remaining": months_text(line.service.months),
                "tax_rate_basis_points": line.tax_rate_basis_points,
                "net_minor": line.net_minor,
                "service_starts_on": line.service.starts_on,
                "service_ends_on": line.service.ends_on,
            }
            for position, line in enumerate(lines, start=1)
        ]
    ).execute()
