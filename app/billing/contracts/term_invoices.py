"""Invoices of whole terms: one each (I4), with the term, before it, or on a day still to come.

A term's invoice is due on the first day, or so many days before as the contract says. One that is
not issued together with its term has a row of its own, so that it is issued once, by the first who
comes: housekeeping, `renewals run`, or the renewal itself.
"""

from datetime import datetime, timedelta
from fractions import Fraction

from peewee import Expression

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.billing.contracts.running import unended_contract
from app.billing.invoices import issuing
from app.billing.invoices.issuing import Charge
from app.billing.pricing import Line, LineKind, priced_line
from app.billing.terms import MONTHS_PER_TERM, ServicePeriod, Term, start_of_day
from app.db.sql import locked
from app.models import Contract, ContractTerm, Invoice, Organization, TermInvoice


def cause_of(contract: Contract, term_number: int) -> str:
    """Return what a term's seats and their invoice are for: the signing, or a renewal."""
    if term_number == 1:
        return f"contract:{contract.id}"
    return f"renewal:{contract.id}/{term_number}"


def due_at(contract: Contract, term: Term) -> datetime:
    """Return the first instant at which a term's invoice is issued."""
    days = timedelta(days=contract.invoice_days_before)
    return start_of_day(term.starts_on - days, contract.time_zone)


def term_line(buyer: Organization, term: Term, quantity: int, unit_price_minor: int) -> Line:
    """Return the line that sells seats for a whole term."""
    return priced_line(
        LineKind.SIGNING if term.number == 1 else LineKind.RENEWAL,
        quantity,
        unit_price_minor,
        ServicePeriod(term.starts_on, term.ends_on, Fraction(MONTHS_PER_TERM)),
        buyer.tax_rate_basis_points,
    )


def find(contract: Contract, term_number: int) -> TermInvoice | None:
    """Return what is kept of a term's invoice that is not issued together with the term."""
    row: TermInvoice | None = TermInvoice.get_or_none(_is(contract, term_number))
    return row


def postpone(contract: Contract, term: Term, quantity: int) -> None:
    """Let a term's invoice be issued when it is due."""
    TermInvoice.insert(
        organization_id=contract.organization_id,
        contract_id=contract.id,
        term_number=term.number,
        quantity=quantity,
        unit_price_minor=contract.unit_price_minor,
        due_at=due_at(contract, term),
    ).execute()


def drop(contract: Contract, *, at: datetime) -> None:
    """Let no invoice of a contract follow that has not been issued yet."""
    TermInvoice.update(dropped_at=at).where(
        TermInvoice.belongs_to(contract.organization_id)
        & (TermInvoice.contract_id == contract.id)
        & TermInvoice.invoice_id.is_null()
        & TermInvoice.dropped_at.is_null()
    ).execute()


def issue(
    contract: Contract, buyer: Organization, term: Term, line: Line, *, at: datetime
) -> Invoice:
    """Issue the invoice of a term, or return it where it was issued before."""
    kept = find(contract, term.number)
    if kept is not None and kept.invoice_id is not None:
        return issuing.find_invoice(contract.organization_id, kept.invoice_id)
    order = Charge(
        buyer,
        cause_of(contract, term.number),
        [line],
        buyer.reverse_charge,
        contract.purchase_order,
        contract.cost_centre,
    )
    invoice = issuing.issue_invoice(contract, _written_down(contract, term), order, at=at)
    if kept is not None:
        TermInvoice.update(invoice_id=invoice.id).where(_is(contract, term.number)).execute()
    return invoice


def issue_ahead(
    context: Context, contract: Contract, buyer: Organization, term: Term, line: Line
) -> Invoice:
    """Issue the invoice of a renewal before its day.

    The line's quantity is then what the renewal opens with at least.
    """
    TermInvoice.insert(
        organization_id=contract.organization_id,
        contract_id=contract.id,
        term_number=term.number,
        quantity=line.quantity,
        unit_price_minor=line.unit_price_minor,
        due_at=due_at(contract, term),
    ).execute()
    invoice = issue(contract, buyer, term, line, at=context.at)
    record_issue(context, contract, term.number, invoice)
    return invoice


def record_issue(context: Context, contract: Contract, term_number: int, invoice: Invoice) -> None:
    """Say in the trail that a term's invoice was issued by itself."""
    after = {"term_number": term_number, "invoice_id": invoice.id}
    trail.record(context, Change("contract.invoiced", contract.id, after=after))


def issue_postponed(context: Context) -> list[Invoice]:
    """Issue what is due of the caller's organization. Call inside a transaction."""
    unended_contract(context.organization_id, lock=True)
    due = locked(
        TermInvoice.select()
        .where(_due(context.at) & TermInvoice.belongs_to(context.organization_id))
        .order_by(TermInvoice.contract_id, TermInvoice.term_number)
    )
    invoices: list[Invoice] = []
    rows = list(due)
    if not rows:
        return invoices
    buyer = Organization.get_by_id(context.organization_id)
    for row in rows:
        contract = Contract.of(row.organization_id, Contract.id == row.contract_id).get()
        term = Term(contract.starts_on, row.term_number)
        line = term_line(buyer, term, row.quantity, row.unit_price_minor)
        invoice = issue(contract, buyer, term, line, at=context.at)
        record_issue(context, contract, row.term_number, invoice)
        invoices.append(invoice)
    return invoices


def organizations_due(at: datetime) -> set[str]:
    """Return the organizations with an invoice that is due to be issued."""
    return set(TermInvoice.select(TermInvoice.organization_id).where(_due(at)).scalars())


def _due(at: datetime) -> Expression:
    return (
        TermInvoice.invoice_id.is_null()
        & TermInvoice.dropped_at.is_null()
        & (TermInvoice.due_at <= at)
    )


def _written_down(contract: Contract, term: Term) -> int:
    """Return the number of the term under which an invoice stands: the last one written down.

    An invoice ahead of its renewal is one of the term in which it is issued.
    """
    numbers = ContractTerm.select(ContractTerm.number).where(
        ContractTerm.belongs_to(contract.organization_id)
        & (ContractTerm.contract_id == contract.id)
        & (ContractTerm.number <= term.number)
    )
    number: int = numbers.order_by(ContractTerm.number.desc()).get().number
    return number


def _is(contract: Contract, term_number: int) -> Expression:
    this: Expression = (
        TermInvoice.belongs_to(contract.organization_id)
        & (TermInvoice.contract_id == contract.id)
        & (TermInvoice.term_number == term_number)
    )
    return this
