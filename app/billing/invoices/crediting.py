"""Credit notes: the one way to take an invoice back, all of it and once.

The invoice itself never changes. Seats stay as they are until the term ends.
"""

from dataclasses import asdict
from datetime import datetime

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.billing.invoices.issuing import add_lines, find_invoice, lines_of
from app.billing.invoices.numbering import next_number
from app.billing.invoices.settlement import settlement_of
from app.billing.terms import local_day
from app.db.transactions import transaction
from app.errors import InvalidInput, InvoiceVoid
from app.identifiers import new_id
from app.models import Invoice, Seller


@transaction
def credit_invoice(principal: Principal, invoice_id: str, *, at: datetime) -> Invoice:
    """Issue the credit note of an invoice and return it.

    What had been paid is then to be given back by hand: it is the invoice's `open_minor`, below
    nothing.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: it is a credit note.
        InvoiceVoid: it was credited before.
    """
    invoice = find_invoice(principal.organization_id, invoice_id, lock=True)
    settlement = settlement_of(invoice)
    if invoice.credit_of is not None:
        raise InvalidInput(
            "invoice", f"{invoice.number} is a credit note, which stays; name an invoice."
        )
    if settlement.credited_by is not None:
        raise InvoiceVoid(f"Invoice {invoice.number} was credited before; once is all there is.")
    credit_note = _issue_credit_note(invoice, at=at)
    before = {"open_minor": settlement.open_minor}
    after = {"open_minor": -settlement.paid_minor, "credit_note_id": credit_note.id}
    trail.record(principal, Change("invoice.credited", invoice.id, before, after), at=at)
    return credit_note


def _issue_credit_note(invoice: Invoice, *, at: datetime) -> Invoice:
    """Issue the mirror of an invoice: its parties, its references, and its amounts turned round."""
    seller = Seller.get()
    number = next_number(seller.credit_note_series, local_day(at, seller.time_zone))
    mirrored = {
        **invoice.__data__,
        **asdict(number),
        "id": new_id("inv", at),
        "cause": f"invoice:{invoice.id}",
        "number": number.text,
        "issued_at": at,
        "due_on": number.issued_on,
        "net_minor": -invoice.net_minor,
        "tax_minor": -invoice.tax_minor,
        "total_minor": -invoice.total_minor,
        "credit_of": invoice.id,
    }
    credit_note: Invoice = Invoice.create(**mirrored)
    add_lines(credit_note, [line.credited() for line in lines_of(invoice)])
    return credit_note
