"""Payments: money that came in for an invoice, as the operator reads it off the bank's statement.

Each is a record of its own; whether an invoice is paid follows from them.
"""

from dataclasses import dataclass
from datetime import date

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.invoices import bank_lines
from app.billing.invoices.bank_lines import IN, Booking, parse_reference
from app.billing.invoices.chains import lock_invoice
from app.billing.invoices.handing_over import put_collected
from app.billing.invoices.settlement import Settlement, settlement_of
from app.billing.money import decimal_text
from app.billing.terms import local_day
from app.errors import InvalidInput, InvoiceVoid, Overpayment
from app.identifiers import new_id
from app.models import Invoice, Payment, Seller


@dataclass(frozen=True)
class Receipt:
    """What came in.

    Units: the minor unit of the invoice's currency.
    """

    amount_minor: int
    received_on: date
    #: What the bank's statement calls it.
    reference: str
    #: Whether the bank has this line beside one of the same reference, amount and day.
    another: bool = False


@dataclass(frozen=True)
class PaymentEntry:
    """A payment; `repeated` where its line had been entered before."""

    payment: Payment
    repeated: bool = False


@use_case()
def record_payment(context: Context, invoice_id: str, receipt: Receipt) -> PaymentEntry:
    """Record a payment of an invoice, of all that is open or of a part.

    The same invoice, reference, amount and day is the same line of the bank's statement: entered
    again, it is answered with the payment that there is.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: it is a credit note, or the receipt cannot be right.
        InvoiceVoid: credit notes left nothing of the invoice.
        Overpayment: it is more than is open.
    """
    invoice = lock_invoice(context.organization_id, invoice_id)
    booking = Booking(
        IN,
        receipt.amount_minor,
        receipt.received_on,
        parse_reference(receipt.reference),
        receipt.another,
    )
    if (known := bank_lines.entered_before(invoice, booking)) is not None:
        return PaymentEntry(_payment(invoice.organization_id, known), repeated=True)
    settlement = settlement_of(invoice)
    _check(booking, settlement, local_day(context.at, Seller.get().time_zone))
    payment = _insert(context, invoice, booking)
    bank_lines.keep(invoice, booking, payment.id)
    put_collected(invoice.organization_id, payment.id, invoice.id, at=context.at)
    trail.record(context, _recorded(payment, settlement))
    return PaymentEntry(payment)


def _insert(context: Context, invoice: Invoice, booking: Booking) -> Payment:
    payment: Payment = Payment.create(
        organization_id=invoice.organization_id,
        id=new_id("pay", context.at),
        invoice_id=invoice.id,
        amount_minor=booking.amount_minor,
        received_on=booking.booked_on,
        reference=booking.reference,
        recorded_at=context.at,
        recorded_by=context.actor,
    )
    return payment


def _recorded(payment: Payment, settlement: Settlement) -> Change:
    after = {
        "open_minor": settlement.open_minor - payment.amount_minor,
        "invoice_id": payment.invoice_id,
        "amount_minor": payment.amount_minor,
    }
    before = {"open_minor": settlement.open_minor}
    return Change("payment.recorded", payment.id, before, after)


def _payment(organization_id: str, payment_id: str) -> Payment:
    payment: Payment = Payment.of(organization_id, Payment.id == payment_id).get()
    return payment


def _check(booking: Booking, settlement: Settlement, today: date) -> None:
    invoice = settlement.invoice
    if invoice.credit_of is not None:
        raise InvalidInput(
            "invoice", f"{invoice.number} is a credit note, for which nobody pays; name an invoice."
        )
    if settlement.is_void:
        raise InvoiceVoid(
            f"Invoice {invoice.number} was credited, so nothing is to be paid for it. "
            + _where_to(settlement)
        )
    bank_lines.check_day("received_on", booking.booked_on, invoice, today=today)
    if booking.amount_minor < 1:
        raise InvalidInput("amount", "A payment is more than nothing; give what came in.")
    if booking.amount_minor > settlement.open_minor:
        remaining = decimal_text(max(settlement.open_minor, 0), invoice.currency)
        raise Overpayment(
            f"Invoice {invoice.number} has {remaining} {invoice.currency} open, less than this "
            "payment. Record what belongs to it, and the rest where that belongs.",
            open_minor=settlement.open_minor,
        )


def _where_to(settlement: Settlement) -> str:
    if settlement.replaced_by is None:
        return "Give the money back."
    return f"Enter it for {settlement.replaced_by.number}, which replaces it."
