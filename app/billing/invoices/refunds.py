"""Refunds: money that was given back of what an invoice was overpaid."""

from dataclasses import dataclass
from datetime import date

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.invoices import bank_lines
from app.billing.invoices.bank_lines import OUT, Booking, parse_reference
from app.billing.invoices.chains import lock_invoice
from app.billing.invoices.handing_over import put_collected
from app.billing.invoices.settlement import Settlement, settlement_of
from app.billing.money import decimal_text
from app.billing.terms import local_day
from app.errors import InvalidInput
from app.identifiers import new_id
from app.models import Invoice, Refund, Seller


@dataclass(frozen=True)
class Repayment:
    """What was given back.

    Units: the minor unit of the invoice's currency.
    """

    amount_minor: int
    refunded_on: date
    #: What the bank's statement calls it.
    reference: str
    #: Whether the bank has this line beside one of the same reference, amount and day.
    another: bool = False


@dataclass(frozen=True)
class RefundEntry:
    """A refund; `repeated` where its line had been entered before."""

    refund: Refund
    repeated: bool = False


@use_case()
def record_refund(context: Context, invoice_id: str, repayment: Repayment) -> RefundEntry:
    """Record that money was given back of what an invoice is overpaid.

    A line that was entered before is answered with the refund that there is, as a payment's.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: it is more than is overpaid, or cannot be right.
    """
    invoice = lock_invoice(context.organization_id, invoice_id)
    booking = Booking(
        OUT,
        repayment.amount_minor,
        repayment.refunded_on,
        parse_reference(repayment.reference),
        repayment.another,
    )
    if (known := bank_lines.entered_before(invoice, booking)) is not None:
        return RefundEntry(_refund(invoice.organization_id, known), repeated=True)
    settlement = settlement_of(invoice)
    _check(booking, settlement, local_day(context.at, Seller.get().time_zone))
    refund = _insert(context, invoice, booking)
    bank_lines.keep(invoice, booking, refund.id)
    put_collected(invoice.organization_id, refund.id, invoice.id, at=context.at)
    trail.record(context, _recorded(refund, settlement))
    return RefundEntry(refund)


def _insert(context: Context, invoice: Invoice, booking: Booking) -> Refund:
    refund: Refund = Refund.create(
        organization_id=invoice.organization_id,
        id=new_id("rfd", context.at),
        invoice_id=invoice.id,
        amount_minor=booking.amount_minor,
        refunded_on=booking.booked_on,
        reference=booking.reference,
        recorded_at=context.at,
        recorded_by=context.actor,
    )
    return refund


def _recorded(refund: Refund, settlement: Settlement) -> Change:
    after = {
        "open_minor": settlement.open_minor + refund.amount_minor,
        "invoice_id": refund.invoice_id,
        "amount_minor": refund.amount_minor,
    }
    return Change("refund.recorded", refund.id, {"open_minor": settlement.open_minor}, after)


def _refund(organization_id: str, refund_id: str) -> Refund:
    refund: Refund = Refund.of(organization_id, Refund.id == refund_id).get()
    return refund


def _check(booking: Booking, settlement: Settlement, today: date) -> None:
    invoice = settlement.invoice
    bank_lines.check_day("refunded_on", booking.booked_on, invoice, today=today)
    if booking.amount_minor < 1:
        raise InvalidInput("amount", "A refund is more than nothing; give what went out.")
    if booking.amount_minor > settlement.overpaid_minor:
        overpaid = decimal_text(settlement.overpaid_minor, invoice.currency)
        raise InvalidInput(
            "amount",
            f"{invoice.number} is overpaid by {overpaid} {invoice.currency}, less than this "
            "refund. Credit what is too much first, or give the amount that went out.",
        )
