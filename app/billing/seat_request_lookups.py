"""Requests to buy, as they are found: where they stand, who asks, and what they cost today."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from peewee import JOIN, ModelSelect

from app.access.context import Context
from app.access.door import query
from app.billing.buyers import may_ask_prices, may_buy_under
from app.billing.estimates import Estimate, buyable, estimate
from app.errors import NotFound
from app.models import Owner, SeatRequest, SeatRequestQuote
from app.models.rows import same_organization


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    BOUGHT = "bought"
    DECLINED = "declined"
    #: The same person asked anew.
    REPLACED = "replaced"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Answerable:
    """A request as one reads it who may answer it; `today` is None where seats are not sold now."""

    request: SeatRequest
    state: RequestState
    #: The name of the person who asked, where they are known.
    name: str | None
    today: Estimate | None
    sees_prices: bool
    may_buy: bool
    is_mine: bool

    @property
    def is_above_ceiling(self) -> bool:
        """Whether today's total is more than was asked for."""
        return self.today is not None and exceeds(
            self.today.total_minor, self.today.currency, self.request
        )

    @property
    def saved_minor(self) -> int:
        """How much less it costs before tax than on its day; below 0 where it is more."""
        return self.request.net_minor - (self.today.net_minor if self.today else 0)


@query(renews=True)
def answerable(context: Context, request_id: str) -> Answerable:
    """Return a request with today's price, to those who may see prices and to who asked.

    Raises:
        NotFound: the organization has none of this id, or it is not for this caller.
    """
    request, name = _find_with_name(context.organization_id, request_id)
    running = buyable(context.organization_id, at=context.at)
    contract = running.contract if running else None
    sees_prices, mine = may_ask_prices(context, contract), is_mine(context, request)
    if not (mine or sees_prices):
        raise NotFound(f"There is no request {request_id}.")
    on = running.today(context.at) if running else request.priced_on
    today = estimate(running, request.quantity, on)
    return Answerable(
        request,
        state_of(request, at=context.at),
        name,
        today,
        sees_prices=sees_prices,
        may_buy=may_buy_under(context, contract),
        is_mine=mine,
    )


def open_requests(
    context: Context, *, may_buy: bool, limit: int
) -> list[tuple[SeatRequest, str | None]]:
    """Return the requests that wait for an answer, oldest first, each with the name of who asked.

    Those who may not buy get their own.
    """
    waiting = SeatRequest.state == RequestState.OPEN.value
    waiting &= SeatRequest.expires_at > context.at
    if not may_buy:
        waiting &= SeatRequest.asked_by == owner_id_of(context)
    rows = _with_names(context.organization_id).where(waiting)
    return [(row, _name_in(row)) for row in rows.order_by(SeatRequest.id).limit(limit)]


def request_answered_by(organization_id: str, quote_id: str) -> str | None:
    """Return the id of the request for which a quote was made, or None."""
    found = SeatRequestQuote.find(organization_id, SeatRequestQuote.quote_id == quote_id)
    return None if found is None else str(found.request_id)


def state_of(request: SeatRequest, *, at: datetime) -> RequestState:
    """Return where a request stands; one that is past its time has expired."""
    if request.state == RequestState.OPEN and at >= request.expires_at:
        return RequestState.EXPIRED
    return RequestState(request.state)


def is_mine(context: Context, request: SeatRequest) -> bool:
    """Return whether it is the caller who asked."""
    return request.asked_by is not None and request.asked_by == owner_id_of(context)


def owner_id_of(context: Context) -> str | None:
    """Return the id of the owner who is calling; None for a token and for the operator."""
    kind, _, owner_id = context.actor.partition(":")
    return owner_id if kind == "owner" else None


def find_request(organization_id: str, request_id: str) -> SeatRequest:
    """Return a request of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    return present(request_id, SeatRequest.find(organization_id, SeatRequest.id == request_id))


def present(request_id: str, request: SeatRequest | None) -> SeatRequest:
    """Return a request that was looked for.

    Raises:
        NotFound: it was not found.
    """
    if request is None:
        raise NotFound(f"There is no request {request_id}.")
    return request


def exceeds(total_minor: int, currency: str, request: SeatRequest) -> bool:
    """Return whether a total is above a request's ceiling, or not to be compared with it."""
    return currency != request.currency or total_minor > request.ceiling_minor


def _find_with_name(organization_id: str, request_id: str) -> tuple[SeatRequest, str | None]:
    row = _with_names(organization_id).where(SeatRequest.id == request_id).first()
    return present(request_id, row), _name_in(row)


def _with_names(organization_id: str) -> "ModelSelect[SeatRequest]":
    on = same_organization(Owner, SeatRequest) & (Owner.id == SeatRequest.asked_by)
    asked = SeatRequest.select(SeatRequest, Owner.name)
    asked = asked.join(Owner, JOIN.LEFT_OUTER, on=on, attr="owner")
    return asked.where(SeatRequest.belongs_to(organization_id))


def _name_in(row: SeatRequest) -> str | None:
    owner: Owner | None = getattr(row, "owner", None)
    return None if owner is None else str(owner.name)
