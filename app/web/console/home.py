"""Home: what needs doing now, else calm."""

from flask import Response

from app.access.context import Context
from app.access.principal import Permission
from app.billing.invoices.document import InvoiceState
from app.billing.invoices.listing import Sought, sought_invoices
from app.billing.overview import overview_of
from app.billing.seat_request_lookups import open_requests
from app.billing.terms import local_day
from app.models import Invoice, Seller
from app.owners.handing_over import is_late, offer_to
from app.web.console.addresses import invoice_address
from app.web.console.rendering import render
from app.web.console.seats import bar_of
from app.web.console.surface import blueprint, page

#: Seats that run out within so many days are a thing to do.
SOON_DAYS = 30

_SHOWN_MAX = 3


@blueprint.get("/<organization_id>")
@page(Permission.READ_SEATS)
def show_home(context: Context) -> Response:
    """Show what needs doing now."""
    overview = overview_of(context)
    runs_out = overview.forecast.runs_out_on
    return render(
        "home.html",
        overview=overview,
        bar=bar_of(overview),
        sees_people=context.may(Permission.READ_PEOPLE),
        connects=context.may(Permission.CONNECT),
        soon=runs_out is not None and (runs_out - overview.today).days <= SOON_DAYS,
        requests=open_requests(context, may_buy=overview.may_buy, limit=_SHOWN_MAX),
        invoice_address=invoice_address,
        offered_by=_offered_by(context),
        overdue=_overdue(context) if context.may(Permission.READ_BILLING) else [],
    )


def _offered_by(context: Context) -> str | None:
    """Return who offers the ownership to the caller, as long as they can accept it."""
    offer = offer_to(context)
    return None if offer is None or is_late(offer, at=context.at) else offer.giver_name


def _overdue(context: Context) -> list[Invoice]:
    """Return the newest invoices that are overdue."""
    today = local_day(context.at, Seller.get().time_zone)
    sought = Sought(today, InvoiceState.OVERDUE)
    return sought_invoices(context.organization_id, sought, limit=_SHOWN_MAX)
