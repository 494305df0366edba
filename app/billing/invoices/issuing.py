"""Invoices: born issued, numbered without a gap, and never changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from peewee import Node

from app.billing import timekeeping
from app.billing.grounds import ground_of
from app.billing.invoices.document import Credit, InvoiceDocument
from app.billing.invoices.freezing import Issue, euro_rate_kept, frozen, ground_kept, notes_kept
from app.billing.invoices.handing_over import put_in_line
from app.billing.invoices.mailing import mail_invoice
from app.billing.invoices.numbering import next_number
from app.billing.invoices.party import party_of as party_of
from app.billing.invoices.settlement import Settlement, settlement_of
from app.billing.pricing import Line, LineKind, months_text, parse_months_text
from app.billing.taxes import TaxLine, Totals
from app.billing.terms import ServicePeriod, local_day, start_of_day
from app.errors import NotFound
from app.i18n.languages import Language
from app.identifiers import new_id
from app.models import (
    Contract,
    CreditLine,
    CreditTax,
    Invoice,
    InvoiceLine,
    Organization,
    SeatAssignment,
    Seller,
)
from app.seats.assignments import assignments_during


@dataclass(frozen=True)
class Charge:
    """What an invoice is for."""

    #: Who is to pay it, and is printed on it as it is now.
    buyer: Organization
    #: The signing, quote or renewal that calls for it, in the words of the ledger's cause.
    cause: str
    lines: Sequence[Line]
    reverse_charge: bool = False
    purchase_order: str | None = None
    cost_centre: str | None = None
    #: The day by which it is to be paid, where that is agreed already; never before its issue.
    due_on: date | None = None


def issue_invoice(contract: Contract, term_number: int, order: Charge, *, at: datetime) -> Invoice:
    """Issue the invoice of an order, with the next number of the seller's series.

    Call inside a transaction, after the pool: the series is locked until the transaction ends.

    Raises:
        ClockJumped: today is not to be trusted.
    """
    seller = timekeeping.trusted_seller()
    totals = Totals.of(order.lines)
    number = next_number(seller.series, local_day(at, seller.time_zone))
    invoice = Invoice.create(
        organization_id=contract.organization_id,
        id=new_id("inv", at),
        contract_id=contract.id,
        term_number=term_number,
        cause=order.cause,
        **vars(number),
        number=number.text,
        issued_at=at,
        due_on=_due_on(order, number.issued_on, contract.net_days),
        language=order.buyer.language,
        currency=contract.currency,
        seller=seller.party,
        buyer=buyer_of(order.buyer),
        purchase_order=order.purchase_order,
        cost_centre=order.cost_centre,
        reverse_charge=order.reverse_charge,
        net_minor=totals.net_minor,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        **_frozen(seller, order, contract.currency, number.issued_on),
    )
    add_lines(invoice, order.lines)
    mail_invoice(invoice, order.buyer, at=at)
    put_in_line(invoice, seller, at=at)
    invoice.notify = seller.notify
    return invoice


def _frozen(seller: Seller, order: Charge, currency: str, issued_on: date) -> dict[str, object]:
    """Return what the invoice keeps of its tax and terms; the ground is that of its lines."""
    rate = max(line.tax_rate_basis_points for line in order.lines)
    return frozen(
        Issue(
            party_of(seller.party),
            Language(order.buyer.language),
            ground_of(order.buyer.tax, rate, reverse_charge=order.reverse_charge),
            currency,
            Totals.of(order.lines).tax_minor,
            issued_on,
        )
    )


def _due_on(order: Charge, issued_on: date, net_days: int) -> date:
    if order.due_on is not None:
        return max(order.due_on, issued_on)
    return issued_on + timedelta(days=net_days)


def invoices_of(
    organization_id: str, *, after: str | None = None, limit: int | None = None
) -> list[Invoice]:
    """Return invoices and credit notes, newest first, those behind the id `after`."""
    query = Invoice.of(organization_id)
    if after is not None:
        query = query.where(Invoice.id < after)
    return list(query.order_by(Invoice.id.desc()).limit(limit))


def find_invoice(organization_id: str, name: str, *also: Node) -> Invoice:
    """Return an invoice or credit note of the organization, called by its id or its number.

    What else is selected are attributes of it, by their aliases.

    Raises:
        NotFound: it has none of this name.
    """
    query = Invoice.of(organization_id, (Invoice.id == name) | (Invoice.number == name))
    invoice: Invoice | None = query.select_extend(*also).first()
    if invoice is None:
        raise NotFound(f"There is no invoice {name}.")
    return invoice


def document_of(invoice: Invoice, today: date) -> InvoiceDocument:
    """Return an invoice as it is printed."""
    (document,) = documents_of(invoice.organization_id, [settlement_of(invoice)], today)
    return document


def documents_of(
    organization_id: str, settlements: Sequence[Settlement], today: date
) -> list[InvoiceDocument]:
    """Return each of an organization's invoices as it is printed, in the same order."""
    invoices = [settlement.invoice for settlement in settlements]
    lines = _lines_by_invoice(organization_id, [invoice.id for invoice in invoices])
    positions = _credits_by_note(organization_id, invoices)
    taxes = _taxes_by_note(organization_id, invoices)
    return [
        replace(
            _printed(settlement, lines[settlement.invoice.id], today),
            credit=_credit(settlement, positions),
            credited_taxes=tuple(taxes[settlement.invoice.id]),
        )
        for settlement in settlements
    ]


def new_document(fresh: Settlement, lines: Sequence[Line]) -> InvoiceDocument:
    """Return an invoice that was issued just now, with these lines, as it is printed.

    It is not a credit note, and on the day of its issue it is not overdue.
    """
    return _printed(fresh, lines, fresh.invoice.issued_on)


def _printed(settlement: Settlement, lines: Sequence[Line], today: date) -> InvoiceDocument:
    """Return an invoice as it is printed, but for what a credit note takes back."""
    invoice = settlement.invoice
    return InvoiceDocument(
        number=invoice.number,
        state=settlement.state(today),
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        language=Language(invoice.language),
        seller=party_of(invoice.seller),
        buyer=party_of(invoice.buyer),
        lines=tuple(lines),
        reverse_charge=invoice.reverse_charge,
        tax=ground_kept(invoice),
        notes=notes_kept(invoice),
        euro_rate=euro_rate_kept(invoice),
        purchase_order=invoice.purchase_order or "",
        cost_centre=invoice.cost_centre or "",
        replaces=settlement.replaces.number if settlement.replaces else "",
        replaces_issued_on=settlement.replaces.issued_on if settlement.replaces else None,
        replaced_credits=tuple(note.number for note in settlement.replaced_credits),
        credited_minor=settlement.credited_minor,
        paid_minor=settlement.paid_minor - settlement.refunded_minor,
    )


def lines_of(invoice: Invoice) -> tuple[Line, ...]:
    """Return an invoice's lines in their order."""
    return tuple(_lines_by_invoice(invoice.organization_id, [invoice.id])[invoice.id])


def people_of(invoice: Invoice, *, after: int | None = None, limit: int) -> list[SeatAssignment]:
    """Return who held a seat in the service period of an invoice, as `assignments_during` does."""
    contract = Contract.of(invoice.organization_id, Contract.id == invoice.contract_id).get()
    periods = [line.service for line in lines_of(invoice)]
    period = (
        start_of_day(min(period.starts_on for period in periods), contract.time_zone),
        start_of_day(max(period.ends_on for period in periods), contract.time_zone),
    )
    return assignments_during(invoice.organization_id, period, after=after, limit=limit)


def buyer_of(organization: Organization) -> dict[str, object]:
    """Return the particulars of an organization as its invoices copy them."""
    number = organization.external_id
    return {**organization.party, **({"customer_number": number} if number else {})}


def add_lines(invoice: Invoice, lines: Sequence[Line]) -> None:
    """Give a new invoice its lines."""
    InvoiceLine.add_all(
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
    )


def _lines_by_invoice(organization_id: str, ids: Sequence[str]) -> dict[str, list[Line]]:
    rows = InvoiceLine.of(organization_id, InvoiceLine.invoice_id.in_(ids))
    lines: dict[str, list[Line]] = {invoice_id: [] for invoice_id in ids}
    for row in rows.order_by(InvoiceLine.invoice_id, InvoiceLine.position):
        lines[row.invoice_id].append(_line(row))
    return lines


def _line(row: InvoiceLine) -> Line:
    return Line(
        kind=LineKind(row.kind),
        quantity=row.quantity,
        unit_price_minor=row.unit_price_minor,
        service=ServicePeriod(
            row.service_starts_on, row.service_ends_on, parse_months_text(row.months_remaining)
        ),
        tax_rate_basis_points=row.tax_rate_basis_points,
        net_minor=row.net_minor,
    )


def _credit(settlement: Settlement, positions: Mapping[str, list[int]]) -> Credit | None:
    if settlement.credits is None:
        return None
    return Credit(
        settlement.credits.number,
        tuple(positions[settlement.invoice.id]),
        in_full=settlement.credits_in_full,
        issued_on=settlement.credits.issued_on,
    )


def _credits_by_note(
    organization_id: str, invoices: Sequence[Invoice]
) -> defaultdict[str, list[int]]:
    """Return for each credit note the positions of the lines that its own lines credit."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    notes = [invoice.id for invoice in invoices if invoice.credit_of is not None]
    if not notes:
        return positions
    rows = CreditLine.of(organization_id, CreditLine.credit_note_id.in_(notes))
    for row in rows.order_by(CreditLine.credit_note_id, CreditLine.position):
        positions[row.credit_note_id].append(row.line_position)
    return positions


def _taxes_by_note(
    organization_id: str, invoices: Sequence[Invoice]
) -> defaultdict[str, list[TaxLine]]:
    taxes: defaultdict[str, list[TaxLine]] = defaultdict(list)
    notes = [invoice.id for invoice in invoices if invoice.credit_of is not None]
    if not notes:
        return taxes
    rows = CreditTax.of(organization_id, CreditTax.credit_note_id.in_(notes))
    for row in rows.order_by(CreditTax.rate_basis_points):
        tax_line = TaxLine(row.rate_basis_points, row.net_minor, row.tax_minor)
        taxes[row.credit_note_id].append(tax_line)
    return taxes
