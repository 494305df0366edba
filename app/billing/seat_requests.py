"""Requests to buy: who may not buy seats asks those who may, at the price of the day.

A request lives for thirty days. Its ceiling is the total of its day: above it nothing is bought on
its ground, and the person who asked has to ask anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import Expression

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.principal import Permission
from app.access.trail import Change
from app.billing.buyers import may_buy_under
from app.billing.contracts.running import unended_contract
from app.billing.estimates import Estimate, estimate
from app.billing.quoting import QuoteRequest, check_quantity, eligible_contract, write_quote
from app.billing.seat_request_lookups import (
    RequestState,
    exceeds,
    find_request,
    is_mine,
    owner_id_of,
    present,
    state_of,
)
from app.db.sql import locked
from app.db.transactions import transaction
from app.errors import InvalidInput, NotPermitted, PrimaryOwnerRequired, RequestOver
from app.identifiers import new_id
from app.models import Purchase, Quote, SeatRequest, SeatRequestQuote
from app.outbox.messages import Message, Purpose, put_for_each
from app.outbox.recipients import primary_owners
from app.text import optional_line

LIVES_FOR = timedelta(days=30)

#: How many requests an organization makes in an hour; each is mailed to all its primary owners.
HOURLY_MAX = 10


@dataclass(frozen=True)
class SeatsWanted:
    """What a person asks for."""

    quantity: int
    reason: str | None = None
    purchase_order: str | None = None
    quantity_max: int = 1000


def _check_asker(context: Context, *_: object) -> None:
    context.require(Permission.READ_SEATS)


def _check_buyer(context: Context, *_: object) -> None:
    if not may_buy_under(context, unended_contract(context.organization_id)):
        raise PrimaryOwnerRequired("Under this contract others buy seats. Ask one of them.")


@use_case(renews=True, allowed=_check_asker)
def ask_for_seats(context: Context, wanted: SeatsWanted) -> SeatRequest:
    """Ask those who may buy for seats; the request is mailed to the primary owners.

    An earlier request of the same person that is still open is replaced by it.

    Raises:
        NotPermitted: the caller sees no seats, or too many requests were made within the hour.
        InvalidInput: the quantity is below 1 or above the cap, or a text is no line of text.
        OrganizationSuspended, ContractNotActive, PlanNotEligible: no seats are sold now.
    """
    check_quantity(wanted.quantity, wanted.quantity_max)
    running = eligible_contract(context.organization_id, at=context.at)
    price = estimate(running, wanted.quantity, running.today(context.at))
    if price is None:
        raise InvalidInput("quantity", "The term has no day left. Ask again once it is renewed.")
    _check_rate(context)
    replaced = _replace_open(context)
    request = _insert(context, wanted, price)
    mail = Message(Purpose.SEATS_REQUESTED, {"request_id": request.id})
    put_for_each(
        context.organization_id, primary_owners(context.organization_id), mail, at=context.at
    )
    facts = {"quantity": request.quantity, "ceiling_minor": request.ceiling_minor}
    after = {**facts, "currency": request.currency, "replaces": replaced}
    trail.record(context, Change("seat_request.made", request.id, after=after))
    return request


@use_case(renews=True, allowed=_check_buyer)
def answer_with_quote(context: Context, request_id: str, wanted: QuoteRequest) -> Quote:
    """Make today's quote for a request; confirming the quote answers the request.

    Raises:
        PrimaryOwnerRequired: others buy under the contract.
        NotFound: the organization has no such request.
        RequestOver: it was answered or has expired, or today's total is above its ceiling.
        InvalidInput, OrganizationSuspended, ContractNotActive, PlanNotEligible: no quote.
    """
    request = _lock(context.organization_id, request_id)
    _check_open(request, at=context.at)
    quote = write_quote(context, wanted)
    if exceeds(quote.total_minor, quote.currency, request):
        raise RequestOver("Today's price is above what was asked for. It has to be asked anew.")
    SeatRequestQuote.create(
        organization_id=quote.organization_id, quote_id=quote.id, request_id=request.id
    )
    return quote


@use_case()
def decline_request(context: Context, request_id: str) -> SeatRequest:
    """End a request without buying: by one who may buy, or by the person who asked.

    Raises:
        NotPermitted: it is another's, and others buy under the contract.
        NotFound: the organization has no such request.
        RequestOver: it was answered or has expired.
    """
    request = _lock(context.organization_id, request_id)
    if not is_mine(context, request):
        _check_buyer(context)
    _check_open(request, at=context.at)
    _end(context, request, RequestState.DECLINED)
    trail.record(context, Change("seat_request.declined", request.id))
    return find_request(context.organization_id, request_id)


def close_bought(context: Context, request_id: str, purchase: Purchase) -> None:
    """Answer a request by the purchase of its quote. Call inside that transaction."""
    request = _lock(context.organization_id, request_id)
    if request.state == RequestState.OPEN:
        _end(context, request, RequestState.BOUGHT, purchase_id=purchase.id)
        after = {"purchase_id": purchase.id}
        trail.record(context, Change("seat_request.bought", request.id, after=after))


def expire_requests(*, at: datetime) -> None:
    """End the requests that are past their time."""
    due = (SeatRequest.state == RequestState.OPEN.value) & (SeatRequest.expires_at <= at)
    for organization_id in SeatRequest.organizations(due):
        _expire(organization_id, due, at=at)


@transaction
def _expire(organization_id: str, due: Expression, *, at: datetime) -> None:
    ended = {"state": RequestState.EXPIRED.value, "ended_at": at}
    SeatRequest.update(**ended).where(SeatRequest.belongs_to(organization_id) & due).execute()


def _insert(context: Context, wanted: SeatsWanted, price: Estimate) -> SeatRequest:
    request: SeatRequest = SeatRequest.create(
        organization_id=context.organization_id,
        id=new_id("srq", context.at),
        quantity=wanted.quantity,
        reason=optional_line("reason", wanted.reason),
        purchase_order=optional_line("purchase_order", wanted.purchase_order),
        asked_by=owner_id_of(context),
        created_at=context.at,
        expires_at=context.at + LIVES_FOR,
        priced_on=price.effective_on,
        currency=price.currency,
        net_minor=price.net_minor,
        ceiling_minor=price.total_minor,
        state=RequestState.OPEN.value,
    )
    return request


def _replace_open(context: Context) -> str | None:
    """End the caller's open request, if there is one, and return its id."""
    owner_id = owner_id_of(context)
    if owner_id is None:
        return None
    mine = SeatRequest.asked_by == owner_id
    still = SeatRequest.state == RequestState.OPEN.value
    earlier = locked(SeatRequest.of(context.organization_id, mine, still)).first()
    if earlier is None:
        return None
    _end(context, earlier, RequestState.REPLACED)
    return str(earlier.id)


def _end(
    context: Context, request: SeatRequest, state: RequestState, purchase_id: str | None = None
) -> None:
    it = SeatRequest.belongs_to(request.organization_id) & (SeatRequest.id == request.id)
    SeatRequest.update(
        state=state.value, ended_at=context.at, ended_by=context.actor, purchase_id=purchase_id
    ).where(it).execute()


def _check_rate(context: Context) -> None:
    recent = SeatRequest.created_at > context.at - timedelta(hours=1)
    if SeatRequest.of(context.organization_id, recent).count() >= HOURLY_MAX:
        raise NotPermitted("Too many requests were made within the hour. Ask again in an hour.")


def _check_open(request: SeatRequest, *, at: datetime) -> None:
    if state_of(request, at=at) is not RequestState.OPEN:
        raise RequestOver("The request was answered or has expired. Ask for seats anew.")


def _lock(organization_id: str, request_id: str) -> SeatRequest:
    rows = SeatRequest.of(organization_id, SeatRequest.id == request_id)
    return present(request_id, locked(rows).first())
