"""Credit notes: an invoice is taken back by records, all of it or in parts.

The invoice itself never changes. A credit moves money: seats, quotes and renewals stay as they are.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.invoices.chains import lock_invoice
from app.billing.invoices.handing_over import put_in_line
from app.billing.invoices.issuing import add_lines, lines_of
from app.billing.invoices.leftovers import Leftover, Portion, Taken, take
from app.billing.invoices.mailing import mail_invoice
from app.billing.invoices.numbering import next_number
from app.billing.invoices.settlement import Settlement, settlement_of
from app.billing.pricing import Line
from app.billing.taxes import TaxLine, Totals, credited_taxes
from app.billing.terms import local_day
from app.errors import InvalidInput, InvoiceVoid
from app.identifiers import new_id
from app.models import CreditLine, CreditTax, Invoice, Organization, Seller

#: A partial credit just like one of this time is taken for a slip.
REPEATED_WITHIN = timedelta(hours=24)


@use_case()
def credit_invoice(context: Context, invoice_id: str, portion: Portion | None = None) -> Invoice:
    """Issue a credit note over a portion of an invoice, or over all that is left of it.

    What was paid beyond what is then left is overpaid, and can be refunded.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: it is a credit note, or the portion is more than what is left.
        InvoiceVoid: nothing is left of it.
    """
    invoice = lock_invoice(context.organization_id, invoice_id)
    settlement = settlement_of(invoice)
    _check(settlement)
    taken = take(leftovers_of(invoice), portion)
    if portion is not None and not portion.again:
        _check_meant(invoice, taken, at=context.at)
    credit_note = _issue_credit_note(settlement, taken, at=context.at)
    before = {"open_minor": settlement.open_minor}
    after = {
        "open_minor": settlement.open_minor + credit_note.total_minor,
        "credit_note_id": credit_note.id,
    }
    trail.record(context, Change("invoice.credited", invoice.id, before, after))
    return credit_note


def leftovers_of(invoice: Invoice) -> dict[int, Leftover]:
    """Return what earlier credits left of each of an invoice's lines, by its position."""
    rows = CreditLine.of(invoice.organization_id, CreditLine.invoice_id == invoice.id)
    last = {row.line_position: row for row in rows.order_by(CreditLine.number)}
    leftovers = {}
    for position, line in enumerate(lines_of(invoice), start=1):
        fresh = Leftover(position, line, invoice.currency, line.quantity, line.net_minor)
        row = last.get(position)
        leftovers[position] = (
            replace(fresh, seats=row.seats_left, net_minor=row.net_left_minor, credits=row.number)
            if row
            else fresh
        )
    return leftovers


def _check(settlement: Settlement) -> None:
    invoice = settlement.invoice
    if invoice.credit_of is not None:
        raise InvalidInput(
            "invoice", f"{invoice.number} is a credit note, which stays; name an invoice."
        )
    if settlement.is_void:
        raise InvoiceVoid(
            f"Invoice {invoice.number} was credited before, all of it; nothing of it is left."
        )


def _check_meant(invoice: Invoice, taken: Sequence[Taken], *, at: datetime) -> None:
    """Check that no credit of a line, just like this one, was issued a moment ago."""
    for one in taken:
        alike = CreditLine.find(
            invoice.organization_id,
            CreditLine.invoice_id == invoice.id,
            CreditLine.line_position == one.leftover.position,
            CreditLine.number == one.leftover.credits,
            CreditLine.basis == one.basis.value,
            CreditLine.seats == one.seats,
        )
        if alike is None or (not one.seats and alike.net_minor != one.net_minor):
            continue
        note = Invoice.of(invoice.organization_id, Invoice.id == alike.credit_note_id).get()
        if at - note.issued_at <= REPEATED_WITHIN:
            raise InvalidInput(
                "again",
                f"{note.number} credited just this of line {one.leftover.position} within the last "
                "24 hours. If another credit is meant, say so with --again.",
            )


def _issue_credit_note(settlement: Settlement, taken: Sequence[Taken], *, at: datetime) -> Invoice:
    """Issue a credit note with the invoice's parties and references, and amounts below nothing."""
    invoice = settlement.invoice
    seller = Seller.get()
    number = next_number(seller.credit_note_series, local_day(at, seller.time_zone))
    totals = Totals(tuple(_taxes(settlement, taken)))
    values = {
        **invoice.__data__,
        **asdict(number),
        "id": new_id("inv", at),
        "cause": _cause(settlement),
        "number": number.text,
        "issued_at": at,
        "due_on": number.issued_on,
        "net_minor": totals.net_minor,
        "tax_minor": totals.tax_minor,
        "total_minor": totals.total_minor,
        "credit_of": invoice.id,
    }
    credit_note: Invoice = Invoice.create(**values)
    add_lines(credit_note, [_line(one) for one in taken])
    CreditLine.insert_many(
        [_row(credit_note, position, one) for position, one in enumerate(taken, start=1)]
    ).execute()
    _keep_taxes(credit_note, totals)
    mail_invoice(credit_note, Organization.get_by_id(invoice.organization_id), at=at)
    put_in_line(credit_note, seller, at=at)
    return credit_note


def _cause(settlement: Settlement) -> str:
    """Return the cause of an invoice's next credit note, which no other one can have."""
    invoice, before = settlement.invoice, len(settlement.credit_notes)
    return f"invoice:{invoice.id}/{before + 1}" if before else f"invoice:{invoice.id}"


def _line(taken: Taken) -> Line:
    return replace(taken.leftover.line, quantity=-taken.seats, net_minor=-taken.net_minor)


def _row(credit_note: Invoice, position: int, taken: Taken) -> dict[str, object]:
    leftover = taken.leftover
    return {
        "organization_id": credit_note.organization_id,
        "credit_note_id": credit_note.id,
        "position": position,
        "invoice_id": credit_note.credit_of,
        "line_position": leftover.position,
        "number": leftover.credits + 1,
        "basis": taken.basis.value,
        "seats": taken.seats,
        "net_minor": taken.net_minor,
        "seats_left": leftover.seats - taken.seats,
        "net_left_minor": leftover.net_minor - taken.net_minor,
    }


def _taxes(settlement: Settlement, taken: Sequence[Taken]) -> Sequence[TaxLine]:
    rows = CreditTax.of(
        settlement.invoice.organization_id,
        CreditTax.credit_note_id.in_([note.id for note in settlement.credit_notes]),
    )
    before = [TaxLine(row.rate_basis_points, row.net_minor, row.tax_minor) for row in rows]
    return credited_taxes([_line(one) for one in taken], before)


def _keep_taxes(credit_note: Invoice, totals: Totals) -> None:
    CreditTax.insert_many(
        [
            {
                "organization_id": credit_note.organization_id,
                "credit_note_id": credit_note.id,
                "rate_basis_points": tax_line.rate_basis_points,
                "net_minor": tax_line.net_minor,
                "tax_minor": tax_line.tax_minor,
            }
            for tax_line in totals.tax_lines
        ]
    ).execute()
