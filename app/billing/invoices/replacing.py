"""Replacements: an invoice that was credited in full is issued anew, as it should have been."""

from dataclasses import dataclass, replace
from datetime import datetime

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.invoices.chains import lock_invoice
from app.billing.invoices.handing_over import put_collected
from app.billing.invoices.issuing import Charge, issue_invoice, lines_of
from app.billing.invoices.settlement import Settlement, settlement_of
from app.errors import InvalidInput, InvoiceNotCredited, InvoiceReplaced
from app.identifiers import new_id
from app.models import Contract, Invoice, Organization, Replacement, Transfer
from app.text import optional_line


@dataclass(frozen=True)
class References:
    """The buyer's references on the replacement; None leaves one as it was, "" takes it away."""

    purchase_order: str | None = None
    cost_centre: str | None = None


@use_case()
def replace_invoice(
    context: Context, invoice_id: str, references: References | None = None
) -> Invoice:
    """Issue an invoice anew, with today's number, date, parties and tax, and the old lines.

    It is to be paid by the old one's due day if that is later than today. Payments and refunds of
    the old one pass to it.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: it is a credit note, or a reference is no line of text.
        InvoiceNotCredited: something of it is left.
        InvoiceReplaced: it has a replacement.
    """
    invoice = lock_invoice(context.organization_id, invoice_id)
    settlement = settlement_of(invoice)
    _check(settlement)
    contract = Contract.of(invoice.organization_id, Contract.id == invoice.contract_id).get()
    order = _order_again(invoice, references or References())
    replacement = issue_invoice(contract, invoice.term_number, order, at=context.at)
    Replacement.insert(
        organization_id=invoice.organization_id,
        invoice_id=invoice.id,
        replacement_id=replacement.id,
        replaced_at=_after_reversals(settlement, context.at),
        replaced_by=context.actor,
    ).execute()
    _pass_on(settlement, replacement, at=context.at)
    after = {"replacement_id": replacement.id, "paid_minor": settlement.paid_minor}
    trail.record(context, Change("invoice.replaced", invoice.id, after=after))
    return replacement


def _check(settlement: Settlement) -> None:
    invoice = settlement.invoice
    if invoice.credit_of is not None:
        raise InvalidInput(
            "invoice", f"{invoice.number} is a credit note, which stays; name an invoice."
        )
    if settlement.replaced_by is not None:
        raise InvoiceReplaced(
            f"Invoice {invoice.number} was replaced by {settlement.replaced_by.number}. "
            "Credit and replace that one if it is wrong, too."
        )
    if not settlement.is_void:
        raise InvoiceNotCredited(
            f"Invoice {invoice.number} stands. Credit all that is left of it first, then replace "
            "it."
        )


def _after_reversals(settlement: Settlement, at: datetime) -> datetime:
    """Return the instant of a replacement, which what was taken back before does not pass to.

    The clock of another machine, or of a command with a clock of its own, may be ahead of this.
    """
    latest: datetime = max([at, *(taken.reversal.reversed_at for taken in settlement.reversals)])
    return latest


def _order_again(invoice: Invoice, references: References) -> Charge:
    """Return what the invoice was for, under the organization's tax of today."""
    organization = Organization.get_by_id(invoice.organization_id)
    rate = organization.tax_rate_basis_points
    return Charge(
        buyer=organization,
        cause=f"replacement:{invoice.id}",
        lines=[replace(line, tax_rate_basis_points=rate) for line in lines_of(invoice)],
        reverse_charge=organization.reverse_charge,
        purchase_order=_reference(
            "purchase_order", references.purchase_order, invoice.purchase_order
        ),
        cost_centre=_reference("cost_centre", references.cost_centre, invoice.cost_centre),
        due_on=invoice.due_on,
    )


def _reference(field: str, given: str | None, before: str | None) -> str | None:
    return before if given is None else optional_line(field, given)


def _pass_on(settlement: Settlement, replacement: Invoice, *, at: datetime) -> None:
    """Let what came in and went out for the old invoice stand at its replacement."""
    entries = [("payment_id", payment.id) for payment in settlement.payments]
    entries += [("refund_id", refund.id) for refund in settlement.refunds]
    for column, entry_id in entries:
        transfer_id = new_id("trf", at)
        Transfer.insert(
            {
                "organization_id": replacement.organization_id,
                "id": transfer_id,
                column: entry_id,
                "from_invoice_id": settlement.invoice.id,
                "to_invoice_id": replacement.id,
            }
        ).execute()
        both = (settlement.invoice.id, replacement.id)
        put_collected(replacement.organization_id, transfer_id, *both, at=at)
