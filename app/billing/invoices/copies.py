"""Copies: what is mailed of an invoice whose original reaches its buyer through a platform."""

from dataclasses import replace
from datetime import datetime

from app.billing.invoices.hand_over import WITH_PLATFORM, HandOver
from app.billing.invoices.originals import Original, issued_document, made_of, original_of
from app.billing.invoices.parcel import Form
from app.billing.invoices.parcels import parcel_of
from app.billing.invoices.standings import standings
from app.errors import Unsayable
from app.models import Invoice, Seller

#: Where buyers receive invoices through platforms.
_PLATFORM_COUNTRIES = frozenset({"FR"})


def is_copy(invoice: Invoice, *, at: datetime) -> bool:
    """Return whether the buyer gets the original elsewhere: through its platform.

    Buyers abroad have none, so that what is mailed is their original. One that is about to be
    handed over counts, where it can be said as data. Call outside a transaction, as `parcel_of`.
    """
    standing = standings(invoice.organization_id, [invoice.id]).get(invoice.id)
    if standing is None or invoice.buyer.get("country") not in _PLATFORM_COUNTRIES:
        return False
    if standing.state is HandOver.TO_HAND_OVER:
        return not standing.stays and _is_sayable(invoice, at)
    return standing.state in WITH_PLATFORM


def sent_file(invoice: Invoice, *, at: datetime) -> Original:
    """Return what is mailed: the original, or a copy that says so and bears no data.

    Without data, no software books it beside the original.
    """
    if not is_copy(invoice, at=at):
        return original_of(invoice.organization_id, invoice.id, at)
    return made_of(replace(issued_document(invoice), is_copy=True))


def _is_sayable(invoice: Invoice, at: datetime) -> bool:
    seller = Seller.get()
    if seller.platform is None:
        return False
    try:
        parcel_of(invoice, Form(seller.platform_form), at=at)
    except Unsayable:
        return False
    return True
