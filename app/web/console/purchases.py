"""After a purchase: the seats, the invoice, and who can be let in now."""

from dataclasses import dataclass

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing import purchasing
from app.billing.invoices import issuing
from app.models import Want
from app.outbox.listing import mailed
from app.outbox.messages import Purpose, State
from app.seats import refusals
from app.web.console.addresses import invoice_address
from app.web.console.rendering import render
from app.web.console.surface import blueprint, page
from app.web.console.ways import mail_is_on

#: How many people the page names.
SHOWN_MAX = 50


@dataclass(frozen=True)
class Retry:
    """The refused people of one identity provider, who need one step there."""

    provider: str
    people: tuple[str, ...]


@blueprint.get("/<organization_id>/purchases/<purchase_id>")
@page(Permission.READ_BILLING)
def show_purchase(context: Context, purchase_id: str) -> Response:
    """Show what a purchase led to."""
    purchase = purchasing.find_purchase(context.organization_id, purchase_id)
    invoice = issuing.find_invoice(context.organization_id, purchase.invoice_id)
    sent_to, failed = _mailed(context.organization_id, invoice.id)
    sees_people = context.may(Permission.READ_PEOPLE)
    refused = refusals.provisioned_refusals(context.organization_id, SHOWN_MAX)
    return render(
        "purchase.html",
        purchase=purchase,
        invoice=invoice,
        sent_to=sent_to,
        failed=failed,
        page_address=invoice_address(invoice.id, "page"),
        pdf_address=invoice_address(invoice.id, "pdf"),
        refused_count=len(refused),
        retries=retries_of(refused) if sees_people else [],
    )


def _mailed(organization_id: str, invoice_id: str) -> tuple[list[str], list[str]]:
    """Return the addresses to which an invoice is sent, and those at which it could not arrive.

    Where mail is off they are none: what waits for it may never be sent.
    """
    if not mail_is_on():
        return [], []
    known = mailed(organization_id, invoice_id, Purpose.INVOICE)
    failed = {one.address for one in known if one.state is State.FAILED}
    sent = {one.address for one in known if one.state in (State.PENDING, State.SENT)}
    return sorted(sent), sorted(failed - sent)


def retries_of(wants: list[Want]) -> list[Retry]:
    """Return who was refused by the identity provider that asked, in the order of arrival."""
    by_provider: dict[str, list[str]] = {}
    for want in wants:
        by_provider.setdefault(want.provider or "", []).append(want.user_name)
    return [Retry(provider, tuple(people)) for provider, people in by_provider.items()]
