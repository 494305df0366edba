"""Overdue: an invoice that was not paid in time is mailed once more, where that is switched on."""

from datetime import date, datetime, timedelta

from peewee import fn

from app.billing.invoices.chains import lock_invoice
from app.billing.invoices.document import InvoiceState
from app.billing.invoices.listing import is_overdue
from app.billing.invoices.settlement import settlement_of
from app.billing.terms import local_day
from app.db.transactions import transaction
from app.models import Invoice, Organization, OverdueNotice, Seller
from app.models.rows import same_organization
from app.outbox.messages import Message, Purpose, put_for_each
from app.outbox.recipients import to_be_invoiced

#: An invoice that has been overdue for longer is not mailed any more: people know of it.
NOTICED_WITHIN = timedelta(days=30)


def notice_overdue(*, at: datetime) -> None:
    """Have each invoice mailed that became overdue, once each."""
    today = local_day(at, Seller.get().time_zone)
    for organization_id, invoice_id in _without_notice(today):
        _notice(organization_id, invoice_id, today, at=at)


def _without_notice(today: date) -> list[tuple[str, str]]:
    noticed = OverdueNotice.select().where(
        same_organization(OverdueNotice, Invoice) & (OverdueNotice.invoice_id == Invoice.id)
    )
    query = (
        Invoice.select(Invoice.organization_id, Invoice.id)
        .join(Organization, on=same_organization(Organization, Invoice))
        .where(
            Organization.overdue_notices
            & Invoice.credit_of.is_null()
            & (Invoice.due_on >= today - NOTICED_WITHIN)
            & is_overdue(today)
            & ~fn.EXISTS(noticed)
        )
        .order_by(Invoice.id)
    )
    return list(query.tuples().iterator())


@transaction
def _notice(organization_id: str, invoice_id: str, today: date, *, at: datetime) -> None:
    """Have an invoice mailed, unless it was paid or another process did it meanwhile."""
    invoice = lock_invoice(organization_id, invoice_id)
    given = OverdueNotice.find(organization_id, OverdueNotice.invoice_id == invoice.id)
    if given is not None or settlement_of(invoice).state(today) is not InvoiceState.OVERDUE:
        return
    OverdueNotice.insert(
        organization_id=organization_id, invoice_id=invoice.id, noticed_at=at
    ).execute()
    overdue = Message(Purpose.INVOICE_OVERDUE, subject=invoice.id)
    recipients = to_be_invoiced(Organization.get_by_id(organization_id))
    put_for_each(organization_id, recipients, overdue, at=at)
