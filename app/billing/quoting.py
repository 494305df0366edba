"""Quotes: the price of more seats, exact to the minor unit, before the buyer commits to it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.access.context import Context
from app.access.door import use_case
from app.billing.buyers import check_may_quote, check_may_read
from app.billing.contracts.running import RunningContract, running_in
from app.billing.offers import Offer, insert_quote
from app.billing.pricing import Line, LineKind, priced_line
from app.errors import InvalidInput, NotFound, PlanNotEligible
from app.models import Purchase, Quote
from app.seats.rules import suspension
from app.seats.subscriptions import subscription_of
from app.text import optional_line


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


def _check_quoter(context: Context, _request: QuoteRequest) -> None:
    check_may_quote(context)


@use_case(renews=True, allowed=_check_quoter)
def create_quote(context: Context, request: QuoteRequest) -> Quote:
    """Quote more seats for the rest of the term.

    Raises:
        PrimaryOwnerRequired: the caller is no owner, and the contract lets others buy.
        InvalidInput: the quantity is below 1 or above the cap, or a reference is no line of text.
        OrganizationSuspended: it neither buys nor renews.
        ContractNotActive: no contract runs.
        PlanNotEligible: the contract is not annual and collected by invoice.
    """
    return write_quote(context, request)


def write_quote(context: Context, request: QuoteRequest) -> Quote:
    """Quote as `create_quote` does. Call inside a transaction."""
    check_quantity(request.quantity, request.quantity_max)
    purchase_order = optional_line("purchase_order", request.purchase_order)
    cost_centre = optional_line("cost_centre", request.cost_centre)
    running = eligible_contract(context.organization_id, at=context.at)
    effective_on = max(running.today(context.at), running.term.starts_on)
    line = addition_line(running, request.quantity, effective_on)
    offer = Offer(
        running.organization,
        running.contract,
        running.term.number,
        running.pool.purchased,
        line,
        purchase_order,
        cost_centre,
    )
    return insert_quote(context, offer)


def eligible_contract(organization_id: str, *, at: datetime) -> RunningContract:
    """Return the running contract, under which seats can be bought now.

    Raises:
        OrganizationSuspended: it neither buys nor renews.
        ContractNotActive: no contract runs.
        PlanNotEligible: the contract is not annual and collected by invoice.
        TermOver: its term is over and not yet renewed.
    """
    subscription = subscription_of(organization_id)
    if subscription.pool.suspended_at is not None:
        raise suspension()
    running = running_in(subscription, at=at)
    check_eligible(running)
    return running


def check_quantity(quantity: int, most: int) -> None:
    """Check how many seats are asked for.

    Raises:
        InvalidInput: the quantity is below 1 or above the cap.
    """
    if not 1 <= quantity <= most:
        raise InvalidInput(
            "quantity", f"Ask for 1 to {most:,} seats; more are sold by the vendor directly."
        )


def addition_line(running: RunningContract, quantity: int, effective_on: date) -> Line:
    """Return the line that sells more seats for the rest of the term, from a day of it on."""
    return priced_line(
        LineKind.ADDITION,
        quantity,
        running.unit_price_minor,
        running.term.service_from(effective_on),
        running.organization.tax_rate_basis_points,
    )


def check_eligible(running: RunningContract) -> None:
    """Check that the contract lets its owners buy seats here.

    Raises:
        PlanNotEligible: it is not annual, or not collected by invoice.
    """
    if not running.contract.invoiced_here:
        raise PlanNotEligible(
            "Seats are added here only to annual contracts that are paid by invoice. "
            "Ask the vendor."
        )


def read_quote(context: Context, quote_id: str) -> Quote:
    """Return a quote to a caller who may see prices.

    Raises:
        NotFound: the organization has none of this id.
        PrimaryOwnerRequired: the caller is no owner, and its contract lets others buy.
    """
    quote = find_quote(context.organization_id, quote_id)
    check_may_read(context, quote)
    return quote


def find_quote(organization_id: str, quote_id: str) -> Quote:
    """Return a quote of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    quote: Quote | None = Quote.find(organization_id, Quote.id == quote_id)
    if quote is None:
        raise NotFound(f"There is no quote {quote_id}.")
    return quote


def purchase_of(quote: Quote) -> Purchase | None:
    """Return the purchase that a quote led to, or None."""
    purchase: Purchase | None = Purchase.find(quote.organization_id, Purchase.quote_id == quote.id)
    return purchase


def is_stale(quote: Quote, running: RunningContract) -> bool:
    """Return whether what the quote was made from has changed: seats, price, tax or term."""
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
        running.organization.tax_rate_basis_points,
        running.organization.reverse_charge,
    )
    return then != now
