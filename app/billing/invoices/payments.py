"""Payments: money that came in for an invoice, as the operator reads it off the bank's statement.

Each is a record of its own; whether an invoice is paid follows from them.
"""

from dataclasses import dataclass
from datetime import date, datetime

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.billing.invoices.issuing import find_invoice
from app.billing.invoices.settlement import Settlement, settlement_of
from app.billing.money import decimal_text
from app.billing.terms import local_day
from app.db.transactions import transaction
from app.errors import InvalidInput, InvoiceVoid, Overpayment
from app.identifiers import new_id
from app.models import Payment, Seller


@dataclass(frozen=True)
class Receipt:
    """What came in.

    Units: the minor unit of the invoice's currency.
    """

    amount_minor: int
    received_on: date
    #: What the bank's statement calls it.
    reference: str


@transaction
def record_payment(
    principal: Principal, invoice_id: str, receipt: Receipt, *, at: datetime
) -> Payment:
    """Record a payment of an invoice, of all that is open or of a part.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: it is a credit note, or the receipt cannot be right.
        InvoiceVoid: a credit note took the invoice back.
        Overpayment: it is more than is open.
    """
    invoice = find_invoice(principal.organization_id, invoice_id, lock=True)
    settlement = settlement_of(invoice)
    _check(receipt, settlement, local_day(at, Seller.get().time_zone))
    payment: Payment = Payment.create(
        organization_id=invoice.organization_id,
        id=new_id("pay", at),
        invoice_id=invoice.id,
        amount_minor=receipt.amount_minor,
        received_on=receipt.received_on,
        reference=receipt.reference,
        recorded_at=at,
        recorded_by=principal.actor,
    )
    before = {"open_minor": settlement.open_minor}
    after = {
        "open_minor": settlement.open_minor - payment.amount_minor,
        "invoice_id": invoice.id,
        "amount_minor": payment.amount_minor,
    }
    trail.record(principal, Change("payment.recorded", payment.id, before, after), at=at)
    return payment


def _check(receipt: Receipt, settlement: Settlement, today: date) -> None:
    invoice = settlement.invoice
    if invoice.credit_of is not None:
        raise InvalidInput(
            "invoice", f"{invoice.number} is a credit note, for which nobody pays; name an invoice."
        )
    if settlement.credited_by is not None:
        raise InvoiceVoid(
            f"Invoice {invoice.number} was credited, so nothing is to be paid for it. "
            "Give the money back."
        )
    if not receipt.reference.strip() or not receipt.reference.isprintable():
        raise InvalidInput("reference", "Give what the bank's statement calls the payment.")
    if receipt.received_on > today:
        raise InvalidInput(
            "received_on", f"{receipt.received_on} lies ahead. Give the day the money came in."
        )
    if receipt.amount_minor < 1:
        raise InvalidInput("amount", "A payment is more than nothing; give what came in.")
    if receipt.amount_minor > settlement.open_minor:
        remaining = decimal_text(settlement.open_minor, invoice.currency)
        raise Overpayment(
            f"Invoice {invoice.number} has {remaining} {invoice.currency} open, less than this "
            "payment. Record what belongs to it, and the rest where that belongs.",
            open_minor=settlement.open_minor,
        )
