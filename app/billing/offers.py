"""An offer of seats and what becomes of it: the quote's row, and the purchase with its invoice.

Quotes and amendments come here, and so does what a contract that takes over sells beyond its
agreed seats. The pool is changed by the caller, who knows the order of its entries.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.billing.invoices import issuing
from app.billing.invoices.issuing import Charge
from app.billing.pricing import Line, LineKind, months_text, parse_months_text
from app.billing.taxes import Totals
from app.billing.terms import ServicePeriod, start_of_day
from app.errors import InvalidInput
from app.identifiers import new_id
from app.models import Contract, Invoice, Organization, Purchase, Quote
from app.outbox.messages import Message, Purpose, put_for_each
from app.outbox.recipients import vendor_notified_at

#: A quote binds for this long, or until the end of its effective day, whichever comes first.
BINDING_FOR = timedelta(hours=24)

#: Below this every sum of money fits 64 bits.
_MONEY_MAX = 2**62


@dataclass(frozen=True)
class Offer:
    """One line of seats for what is left of a term, and the customer's references."""

    organization: Organization
    contract: Contract
    term_number: int
    purchased_before: int
    line: Line
    purchase_order: str | None = None
    cost_centre: str | None = None


@dataclass(frozen=True)
class Confirmation:
    """A purchase with its invoice; `repeated` where the quote had been confirmed before."""

    purchase: Purchase
    invoice: Invoice
    repeated: bool = False
    #: The invoice's lines, where it was issued just now.
    lines: tuple[Line, ...] = ()


def insert_quote(context: Context, offer: Offer) -> Quote:
    """Store an offer as a quote. A reference that it lacks is the contract's.

    Raises:
        InvalidInput: the total is more than can be invoiced at once.
    """
    contract, line = offer.contract, offer.line
    totals = Totals.of([line])
    if totals.total_minor > _MONEY_MAX:
        raise InvalidInput(
            "quantity", "The total is larger than can be invoiced at once. Ask for fewer seats."
        )
    quote: Quote = Quote.create(
        organization_id=contract.organization_id,
        id=new_id("quo", context.at),
        contract_id=contract.id,
        term_number=offer.term_number,
        quantity=line.quantity,
        purchased_before=offer.purchased_before,
        effective_on=line.service.starts_on,
        term_ends_on=line.service.ends_on,
        months_remaining=months_text(line.service.months),
        unit_price_minor=line.unit_price_minor,
        currency=contract.currency,
        net_minor=totals.net_minor,
        tax_rate_basis_points=line.tax_rate_basis_points,
        reverse_charge=offer.organization.reverse_charge,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        purchase_order=offer.purchase_order or contract.purchase_order,
        cost_centre=offer.cost_centre or contract.cost_centre,
        created_at=context.at,
        created_by=context.actor,
        expires_at=_expires_at(contract, line.service.starts_on, at=context.at),
    )
    trail.record(context, _quoted(quote))
    return quote


def complete(
    context: Context, quote: Quote, contract: Contract, buyer: Organization
) -> Confirmation:
    """Issue the invoice of a quote, with its seats in the pool, and record the purchase."""
    lines = (line_of(quote),)
    order = Charge(
        buyer,
        f"quote:{quote.id}",
        lines,
        quote.reverse_charge,
        quote.purchase_order,
        quote.cost_centre,
    )
    invoice = issuing.issue_invoice(contract, quote.term_number, order, at=context.at)
    purchase = Purchase.create(
        organization_id=quote.organization_id,
        id=new_id("pur", context.at),
        quote_id=quote.id,
        invoice_id=invoice.id,
        quantity=quote.quantity,
        purchased_after=quote.purchased_before + quote.quantity,
        # The clock of the machine that quoted may be ahead of this one's.
        confirmed_at=max(context.at, quote.created_at),
        confirmed_by=context.actor,
    )
    trail.record(context, _bought(quote, purchase))
    made = Message(Purpose.PURCHASE_MADE, subject=purchase.id)
    put_for_each(quote.organization_id, vendor_notified_at(invoice.notify), made, at=context.at)
    return Confirmation(purchase, invoice, lines=lines)


def line_of(quote: Quote) -> Line:
    """Return the invoice line that a quote promises."""
    service = ServicePeriod(
        quote.effective_on, quote.term_ends_on, parse_months_text(quote.months_remaining)
    )
    return Line(
        kind=LineKind.ADDITION,
        quantity=quote.quantity,
        unit_price_minor=quote.unit_price_minor,
        service=service,
        tax_rate_basis_points=quote.tax_rate_basis_points,
        net_minor=quote.net_minor,
    )


def _expires_at(contract: Contract, effective_on: date, *, at: datetime) -> datetime:
    end_of_day = start_of_day(effective_on + timedelta(days=1), contract.time_zone)
    return min(at + BINDING_FOR, end_of_day)


def _quoted(quote: Quote) -> Change:
    figures = {
        "quantity": quote.quantity,
        "total_minor": quote.total_minor,
        "currency": quote.currency,
    }
    return Change("quote.created", quote.id, after=figures)


def _bought(quote: Quote, purchase: Purchase) -> Change:
    after = {
        "purchased": purchase.purchased_after,
        "quote_id": quote.id,
        "invoice_id": purchase.invoice_id,
    }
    return Change("purchase.confirmed", purchase.id, {"purchased": quote.purchased_before}, after)
