"""What followed an invoice, payments or a credit note, and where it stands for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.billing.invoices.document import InvoiceState
from app.models import Invoice, Payment


@dataclass(frozen=True)
class Settlement:
    """An invoice or a credit note with what followed it.

    Units: the currency's minor unit.
    """

    invoice: Invoice
    payments: tuple[Payment, ...] = ()
    #: The id of the credit note that took the invoice back.
    credited_by: str | None = None

    @property
    def paid_minor(self) -> int:
        """What came in."""
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def open_minor(self) -> int:
        """What is still to be paid; less than nothing is to be given back, by hand.

        A credit note cancels its invoice's total, so over all of an organization's invoices this
        adds up to what it owes.
        """
        settled = self.credited_by is not None or self.invoice.credit_of is not None
        return (0 if settled else self.invoice.total_minor) - self.paid_minor

    def state(self, today: date) -> InvoiceState:
        """Return where the invoice stands; a credit note stays issued.

        Nothing to pay is paid, and what is unpaid after its due day is overdue.
        """
        if self.invoice.credit_of is not None:
            return InvoiceState.ISSUED
        if self.credited_by is not None:
            return InvoiceState.VOID
        if self.open_minor <= 0:
            return InvoiceState.PAID
        return InvoiceState.OVERDUE if today > self.invoice.due_on else InvoiceState.ISSUED


def settlement_of(invoice: Invoice) -> Settlement:
    """Return an invoice with what followed it."""
    (settlement,) = settlements_of(invoice.organization_id, [invoice])
    return settlement


def settlements_of(organization_id: str, invoices: Sequence[Invoice]) -> list[Settlement]:
    """Return each of an organization's invoices with what followed it, in the same order."""
    ids = [invoice.id for invoice in invoices]
    payments = Payment.select().where(
        (Payment.organization_id == organization_id) & Payment.invoice_id.in_(ids)
    )
    paid: dict[str, list[Payment]] = {}
    for payment in payments.order_by(Payment.id):
        paid.setdefault(payment.invoice_id, []).append(payment)
    credit_notes = Invoice.select().where(
        (Invoice.organization_id == organization_id) & Invoice.credit_of.in_(ids)
    )
    credited = {credit_note.credit_of: credit_note.id for credit_note in credit_notes}
    return [
        Settlement(invoice, tuple(paid.get(invoice.id, ())), credited.get(invoice.id))
        for invoice in invoices
    ]
