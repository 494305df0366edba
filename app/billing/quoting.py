"""Quotes: the price of more seats, exact to the minor unit, before anybody commits to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.access import trail
from app.access.idempotency import Once, once_only
from app.access.principal import Principal
from app.access.trail import Change
from app.billing.buyers import check_may_quote, check_may_read
from app.billing.contracts.renewals import renews_first
from app.billing.contracts.running import RunningContract, running_contract
from app.billing.pricing import Line, LineKind, months_text, parse_months_text, priced_line
from app.billing.taxes import Totals
from app.billing.terms import ServicePeriod, start_of_day
from app.db.transactions import transaction
from app.errors import InvalidInput, NotFound, PlanNotEligible
from app.identifiers import new_id
from app.models import Organization, Purchase, Quote
from app.text import optional_line

#: A quote binds for this long, or until the end of its effective day, whichever comes first.
BINDING_FOR = timedelta(hours=24)

#: Below this every sum of money fits 64 bits.
_MONEY_MAX = 2**62


class QuoteState(StrEnum):
    """Where a quote stands, derived from its records and the time."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    STALE = "stale"


@dataclass(frozen=True)
class QuoteRequest:
    """What a buyer asks a price for."""

    quantity: int
    purchase_order: str | None = None
    cost_centre: str | None = None
    quantity_max: int = 1000


@renews_first
@transaction
def create_quote(
    principal: Principal, request: QuoteRequest, *, once: Once | None = None, at: datetime
) -> Quote:
    """Quote more seats for the rest of the term.

    Raises:
        PrimaryOwnerRequired: the caller is no owner, and the contract lets others buy.
        InvalidInput: the quantity is below 1 or above the cap, or a reference is no line of text.
        ContractNotActive: no contract runs.
        PlanNotEligible: the contract is not annual and collected by invoice.
        Replayed, IdempotencyKeyReused: the key of `once` came before.
    """
    check_may_quote(principal)
    return once_only(principal, once, lambda: _quote(principal, request, at=at))


def _quote(principal: Principal, request: QuoteRequest, *, at: datetime) -> Quote:
    _check_quantity(request)
    purchase_order = optional_line("purchase_order", request.purchase_order)
    cost_centre = optional_line("cost_centre", request.cost_centre)
    running = running_contract(principal.organization_id, at=at)
    check_eligible(running)
    organization = Organization.get_by_id(principal.organization_id)
    effective_on = max(running.today(at), running.term.starts_on)
    line = addition_line(running, organization, request.quantity, effective_on)
    totals = Totals.of([line])
    if totals.total_minor > _MONEY_MAX:
        raise InvalidInput(
            "quantity", "The total is larger than can be invoiced at once. Ask for fewer seats."
        )
    quote: Quote = Quote.create(
        organization_id=principal.organization_id,
        id=new_id("quo", at),
        contract_id=running.contract.id,
        term_number=running.term.number,
        quantity=request.quantity,
        purchased_before=running.pool.purchased,
        effective_on=effective_on,
        term_ends_on=running.term.ends_on,
        months_remaining=months_text(line.service.months),
        unit_price_minor=line.unit_price_minor,
        currency=running.contract.currency,
        net_minor=totals.net_minor,
        tax_rate_basis_points=organization.tax_rate_basis_points,
        reverse_charge=organization.reverse_charge,
        tax_minor=totals.tax_minor,
        total_minor=totals.total_minor,
        purchase_order=purchase_order,
        cost_centre=cost_centre,
        created_at=at,
        created_by=principal.actor,
        expires_at=_expires_at(running, effective_on, at=at),
    )
    trail.record(principal, _quoted(quote), at=at)
    return quote


def _check_quantity(request: QuoteRequest) -> None:
    if not 1 <= request.quantity <= request.quantity_max:
        raise InvalidInput(
            "quantity",
            f"Ask for 1 to {request.quantity_max:,} seats; more are sold by the vendor directly.",
        )


def _quoted(quote: Quote) -> Change:
    figures = {
        "quantity": quote.quantity,
        "total_minor": quote.total_minor,
        "currency": quote.currency,
    }
    return Change("quote.created", quote.id, after=figures)


def _expires_at(running: RunningContract, effective_on: date, *, at: datetime) -> datetime:
    end_of_day = start_of_day(effective_on + timedelta(days=1), running.contract.time_zone)
    return min(at + BINDING_FOR, end_of_day)


def addition_line(
    running: RunningContract, organization: Organization, quantity: int, effective_on: date
) -> Line:
    """Return the line that sells more seats for the rest of the term, from a day of it on."""
    return priced_line(
        LineKind.ADDITION,
        quantity,
        running.unit_price_minor,
        running.term.service_from(effective_on),
        organization.tax_rate_basis_points,
    )


def check_eligible(running: RunningContract) -> None:
    """Check that the contract lets its owners buy seats here.

    Raises:
        PlanNotEligible: it is not annual, or not collected by invoice.
    """
    contract = running.contract
    if (contract.billing_interval, contract.collection_method) != ("annual", "invoice"):
        raise PlanNotEligible(
            "Seats are added here only to annual contracts that are paid by invoice. "
            "Ask the vendor."
        )


def read_quote(principal: Principal, quote_id: str) -> Quote:
    """Return a quote to a caller who may see prices.

    Raises:
        NotFound: the organization has none of this id.
        PrimaryOwnerRequired: the caller is no owner, and its contract lets others buy.
    """
    quote = find_quote(principal.organization_id, quote_id)
    check_may_read(principal, quote)
    return quote


def find_quote(organization_id: str, quote_id: str) -> Quote:
    """Return a quote of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    quote: Quote | None = Quote.get_or_none(
        (Quote.organization_id == organization_id) & (Quote.id == quote_id)
    )
    if quote is None:
        raise NotFound(f"There is no quote {quote_id}.")
    return quote


def purchase_of(quote: Quote) -> Purchase | None:
    """Return the purchase that a quote led to, or None."""
    purchase: Purchase | None = Purchase.get_or_none(
        (Purchase.organization_id == quote.organization_id) & (Purchase.quote_id == quote.id)
    )
    return purchase


def is_stale(quote: Quote, running: RunningContract) -> bool:
    """Tell whether what the quote was made from has changed: seats, price, tax or term."""
    organization = Organization.get_by_id(quote.organization_id)
    then = (
        quote.contract_id,
        quote.term_number,
        quote.purchased_before,
        quote.unit_price_minor,
        quote.tax_rate_basis_points,
        quote.reverse_charge,
    )
    now = (
        running.contract.id,
        running.term.number,
        running.pool.purchased,
        running.unit_price_minor,
        organization.tax_rate_basis_points,
        organization.reverse_charge,
    )
    return then != now


def line_of(quote: Quote) -> Line:
    """Return the invoice line that a quote promises."""
    service = ServicePeriod(
        quote.effective_on, quote.term_ends_on, parse_months_text(quote.months_remaining)
    )
    return Line(
        kind=LineKind.ADDITION,
        quantity=quote.quantity,
        unit_price_minor=quote.unit_price_minor,
        service=service,
        tax_rate_basis_points=quote.tax_rate_basis_points,
        net_minor=quote.net_minor,
    )
