"""What followed an invoice, and where it stands for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.billing.invoices.document import InvoiceState
from app.billing.invoices.entries import Entries, Reversed, entries_of
from app.models import Invoice, Payment, Refund, Replacement


@dataclass(frozen=True)
class Settlement:
    """An invoice or a credit note with what followed it.

    Units: the currency's minor unit.
    """

    invoice: Invoice
    entries: Entries = field(default_factory=Entries)
    #: The credit notes that took something of it back, oldest first.
    credit_notes: tuple[Invoice, ...] = ()
    #: The invoice that this credit note credits.
    credits: Invoice | None = None
    #: The invoice replaced by this one, and the credit notes that took that one back.
    replaces: Invoice | None = None
    replaced_credits: tuple[Invoice, ...] = ()
    replaced_by: Invoice | None = None

    @property
    def payments(self) -> tuple[Payment, ...]:
        """What came in and was not taken back, oldest first."""
        return tuple(self.entries.payments)

    @property
    def refunds(self) -> tuple[Refund, ...]:
        """What was given back."""
        return tuple(self.entries.refunds)

    @property
    def reversals(self) -> tuple[Reversed, ...]:
        """Payments and refunds that were taken back."""
        return tuple(self.entries.reversed)

    @property
    def paid_minor(self) -> int:
        """What came in."""
        return sum(payment.amount_minor for payment in self.payments)

    @property
    def refunded_minor(self) -> int:
        """What was given back of it."""
        return sum(refund.amount_minor for refund in self.refunds)

    @property
    def credited_minor(self) -> int:
        """What credit notes took back of the total."""
        return -sum(note.total_minor for note in self.credit_notes)

    @property
    def is_void(self) -> bool:
        """Whether credit notes left nothing of it."""
        credited_net = -sum(note.net_minor for note in self.credit_notes)
        return bool(self.credit_notes) and credited_net == self.invoice.net_minor

    @property
    def credits_in_full(self) -> bool:
        """Whether this credit note takes its invoice back by itself."""
        return (
            self.credits is not None
            and self.invoice.net_minor == -self.credits.net_minor
            and self.invoice.total_minor == -self.credits.total_minor
        )

    @property
    def credited_by(self) -> str | None:
        """The id of the credit note that left nothing of the invoice."""
        return self.credit_notes[-1].id if self.is_void else None

    @property
    def open_minor(self) -> int:
        """What is still to be paid; less than nothing is overpaid, and to be refunded.

        A credit note is settled by its invoice, so over all of an organization's invoices this
        adds up to what it owes.
        """
        total = 0 if self.invoice.credit_of is not None else self.invoice.total_minor
        return total - self.credited_minor - self.paid_minor + self.refunded_minor

    @property
    def overpaid_minor(self) -> int:
        """What can be refunded."""
        return max(-self.open_minor, 0)

    def state(self, today: date) -> InvoiceState:
        """Return where the invoice stands; a credit note stays issued.

        Nothing to pay is paid. What is unpaid after its due day is overdue, also where a part of it
        was credited.
        """
        if self.invoice.credit_of is not None:
            return InvoiceState.ISSUED
        if self.is_void:
            return InvoiceState.VOID
        if self.open_minor <= 0:
            return InvoiceState.PAID
        if today > self.invoice.due_on:
            return InvoiceState.OVERDUE
        return InvoiceState.PARTLY_CREDITED if self.credit_notes else InvoiceState.ISSUED


def settlement_of(invoice: Invoice) -> Settlement:
    """Return an invoice with what followed it."""
    (settlement,) = settlements_of(invoice.organization_id, [invoice])
    return settlement


def settlements_of(organization_id: str, invoices: Sequence[Invoice]) -> list[Settlement]:
    """Return each of an organization's invoices with what followed it, in the same order."""
    ids = [invoice.id for invoice in invoices]
    # For a credit note nothing is paid, so there is nothing to look up.
    payable = [invoice.id for invoice in invoices if invoice.credit_of is None]
    entries = entries_of(organization_id, payable)
    replaces, replaced_by = _replacements(organization_id, ids)
    named = {invoice.credit_of for invoice in invoices} | {*replaces.values()}
    credited = [*ids, *replaces.values()]
    related = _related(organization_id, [*filter(None, named), *replaced_by.values()], credited)
    by_id = {invoice.id: invoice for invoice in related}
    credit_notes = _by_credited(related)
    return [
        Settlement(
            invoice,
            entries.get(invoice.id, Entries()),
            credit_notes[invoice.id],
            by_id.get(invoice.credit_of),
            by_id.get(replaces.get(invoice.id)),
            credit_notes[replaces.get(invoice.id)],
            by_id.get(replaced_by.get(invoice.id)),
        )
        for invoice in invoices
    ]


def _replacements(
    organization_id: str, ids: Sequence[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return which invoices these replace, and by which they are replaced."""
    rows = list(
        Replacement.of(
            organization_id, Replacement.invoice_id.in_(ids) | Replacement.replacement_id.in_(ids)
        )
    )
    return (
        {row.replacement_id: row.invoice_id for row in rows},
        {row.invoice_id: row.replacement_id for row in rows},
    )


def _related(organization_id: str, ids: Sequence[str], credited: Sequence[str]) -> list[Invoice]:
    """Return the invoices of these ids and every credit note of those that are `credited`."""
    query = Invoice.of(organization_id, Invoice.id.in_(ids) | Invoice.credit_of.in_(credited))
    return list(query.order_by(Invoice.id))


def _by_credited(invoices: Iterable[Invoice]) -> dict[str | None, tuple[Invoice, ...]]:
    notes: defaultdict[str | None, tuple[Invoice, ...]] = defaultdict(tuple)
    for invoice in invoices:
        if invoice.credit_of is not None:
            notes[invoice.credit_of] += (invoice,)
    return notes
