"""Sending again: an invoice or credit note is mailed once more, which says so."""

from dataclasses import dataclass

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.addresses import is_mailable
from app.billing.invoices.chains import lock_invoice
from app.errors import InvalidInput
from app.models import Invoice, Organization
from app.outbox.listing import Mailed, mailed
from app.outbox.messages import Message, Purpose, Recipient, put_for_each
from app.outbox.recipients import to_be_invoiced


@dataclass(frozen=True)
class Sending:
    """An invoice that is mailed, where it goes, and where it was mailed before."""

    invoice: Invoice
    to: tuple[str, ...]
    before: tuple[Mailed, ...]


@use_case()
def send_invoice(context: Context, name: str, to: str | None = None) -> Sending:
    """Have an invoice or credit note mailed once more, to `to` or to those who get invoices.

    Raises:
        NotFound: there is no such invoice.
        InvalidInput: no mail can be sent to `to`, or there is no address to send it to.
    """
    invoice = lock_invoice(context.organization_id, name)
    before = tuple(mailed(invoice.organization_id, invoice.id, Purpose.INVOICE))
    recipients = _recipients(invoice.organization_id, to)
    message = Message(Purpose.INVOICE, {"again": bool(before)}, subject=invoice.id)
    ids = put_for_each(invoice.organization_id, recipients, message, at=context.at)
    trail.record(context, Change("invoice.sent", invoice.id, after={"message_ids": ids}))
    every = mailed(invoice.organization_id, invoice.id, Purpose.INVOICE)
    return Sending(invoice, tuple(one.address for one in every if one.id in ids), before)


def _recipients(organization_id: str, to: str | None) -> list[Recipient]:
    if to is not None:
        if not is_mailable(to):
            raise InvalidInput(
                "to", f"{to!r} is not an e-mail address; give one such as billing@example.com."
            )
        return [Recipient.billing(to)]
    recipients = to_be_invoiced(Organization.get_by_id(organization_id))
    if not recipients:
        raise InvalidInput(
            "to",
            "The organization has neither a billing contact nor a primary owner. Name an address "
            "with --to, or set one with `seatgate organization set --billing-contact`.",
        )
    return recipients
