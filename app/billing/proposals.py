"""Proposals: what a request to buy would cost on each of the next days, to show and to sign.

A proposal binds nobody and is kept nowhere: it says what holds on the day it is made.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.access.context import Context
from app.access.door import query
from app.billing.contracts.running import RunningContract
from app.billing.estimates import Estimate, buyable, estimate
from app.billing.grounds import ground_of
from app.billing.invoices.document import InvoiceDocument, InvoiceState
from app.billing.invoices.issuing import buyer_of
from app.billing.invoices.party import party_of
from app.billing.pricing import Line
from app.billing.quoting import addition_line
from app.billing.seat_request_lookups import Answerable, RequestState
from app.errors import NotFound
from app.i18n.languages import Language
from app.models import SeatRequest, Seller

#: For how many days prices are named, today's among them: as long as a request lives.
DAYS = 30


@dataclass(frozen=True)
class DayPrice:
    """What the seats cost if they are bought on a day."""

    line: Line
    price: Estimate


@dataclass(frozen=True)
class Proposal:
    """The invoice that would be issued today, and the prices of the next days."""

    document: InvoiceDocument
    days: tuple[DayPrice, ...]


@query(renews=True)
def proposal_for(context: Context, known: Answerable) -> Proposal:
    """Return the proposal of a request that its reader may price.

    Raises:
        NotFound: they see no prices, the request is not open, or no seats are sold now.
    """
    running = buyable(context.organization_id, at=context.at)
    is_open = known.state is RequestState.OPEN and known.sees_prices
    if running is None or not is_open or not (days := _days(running, known, context.at)):
        raise NotFound(f"There is no proposal of {known.request.id}.")
    return Proposal(_document(known.request, running, days[0]), days)


def _days(running: RunningContract, known: Answerable, at: datetime) -> tuple[DayPrice, ...]:
    today, quantity = running.today(at), known.request.quantity
    days = (today + timedelta(days=number) for number in range(DAYS))
    return tuple(
        DayPrice(addition_line(running, quantity, day), price)
        for day in days
        if (price := estimate(running, quantity, day)) is not None
    )


def _document(request: SeatRequest, running: RunningContract, today: DayPrice) -> InvoiceDocument:
    organization, on = running.organization, today.price.effective_on
    rate = today.line.tax_rate_basis_points
    return InvoiceDocument(
        number=request.id,
        state=InvoiceState.ISSUED,
        issued_on=on,
        due_on=_due_on(on, running),
        currency=running.contract.currency,
        language=Language(organization.language),
        seller=party_of(Seller.get().party),
        buyer=party_of(buyer_of(organization)),
        lines=(today.line,),
        reverse_charge=organization.reverse_charge,
        tax=ground_of(organization.tax, rate, reverse_charge=organization.reverse_charge),
        purchase_order=request.purchase_order or "",
    )


def _due_on(on: date, running: RunningContract) -> date:
    return on + timedelta(days=running.contract.net_days)
