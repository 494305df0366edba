"""Reversals: a payment or refund that was entered wrongly, or that the bank took back."""

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.invoices import bank_lines
from app.billing.invoices.chains import lock_invoice
from app.billing.invoices.handing_over import put_collected
from app.errors import AlreadyReversed, NotFound
from app.identifiers import new_id
from app.models import Payment, Refund, Reversal, Transfer
from app.text import required_line


@use_case()
def reverse_entry(context: Context, entry_id: str, reason: str) -> Reversal:
    """Take a payment or refund back, by an entry of its own. Its bank line can be entered again.

    Raises:
        NotFound: there is no such payment or refund.
        AlreadyReversed: it was taken back before.
        InvalidInput: there is no reason.
    """
    reason = required_line("reason", reason, wanted="Say why it is taken back.")
    entry = _find(context.organization_id, entry_id)
    lock_invoice(context.organization_id, entry.invoice_id)
    is_payment = isinstance(entry, Payment)
    column = Reversal.payment_id if is_payment else Reversal.refund_id
    before = Reversal.find(entry.organization_id, column == entry.id)
    if before is not None:
        raise AlreadyReversed(
            f"{entry.id} was taken back on {before.reversed_at:%Y-%m-%d}. "
            "Enter the bank's line again if it stands after all."
        )
    reversal: Reversal = Reversal.create(
        organization_id=entry.organization_id,
        id=new_id("rev", context.at),
        payment_id=entry.id if is_payment else None,
        refund_id=None if is_payment else entry.id,
        reason=reason,
        reversed_at=context.at,
        reversed_by=context.actor,
    )
    bank_lines.free(entry.organization_id, entry.id)
    put_collected(entry.organization_id, reversal.id, _where_it_stood(entry), at=context.at)
    kind = "payment.reversed" if is_payment else "refund.reversed"
    after = {"reversal_id": reversal.id, "amount_minor": entry.amount_minor}
    trail.record(context, Change(kind, entry.id, after=after))
    return reversal


def _where_it_stood(entry: Payment | Refund) -> str:
    """Return the id of the invoice at which an entry stands: its own, or the last replacement."""
    column = Transfer.payment_id if isinstance(entry, Payment) else Transfer.refund_id
    transfers = Transfer.of(entry.organization_id, column == entry.id)
    last: Transfer | None = transfers.order_by(Transfer.id.desc()).first()
    return str(entry.invoice_id if last is None else last.to_invoice_id)


def _find(organization_id: str, entry_id: str) -> Payment | Refund:
    for model in (Payment, Refund):
        entry: Payment | Refund | None = model.find(organization_id, model.id == entry_id)
        if entry is not None:
            return entry
    raise NotFound(f"There is no payment or refund {entry_id}.")
