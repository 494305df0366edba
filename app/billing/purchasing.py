"""Purchases: a quote confirmed becomes seats and an invoice, in one transaction."""

from datetime import datetime

from peewee import JOIN, ModelSelect

from app.access.context import Context
from app.access.door import use_case
from app.billing import offers, quoting, seat_requests
from app.billing.buyers import always_buys, check_may_buy
from app.billing.contracts.running import RunningContract, unended_contract
from app.billing.invoices import issuing
from app.billing.offers import Confirmation
from app.db.compiled import compiled
from app.db.periods import ALWAYS, Made, Period, within
from app.db.sql import locked
from app.errors import NotFound, QuoteExpired, QuoteStale, TotalMismatch
from app.models import Purchase, Quote, SeatRequestQuote
from app.models.rows import same_organization
from app.seats import ledger
from app.seats.pools import Cause


def _check_buyer(context: Context, quote_id: str, _expected_total_minor: int) -> None:
    if not always_buys(context):
        check_may_buy(context, quoting.find_quote(context.organization_id, quote_id))


@use_case(renews=True, allowed=_check_buyer)
def confirm_quote(context: Context, quote_id: str, expected_total_minor: int) -> Confirmation:
    """Buy what a quote offers. The seats are usable and the invoice is issued when this returns.

    A quote is confirmed once; a second confirmation returns the purchase that there is.

    Raises:
        NotFound: there is no such quote.
        PrimaryOwnerRequired: the contract lets others buy, not this caller.
        TotalMismatch: the buyer expects another total.
        OrganizationSuspended: it neither buys nor renews.
        ContractNotActive, PlanNotEligible: the contract lets no owner buy.
        QuoteExpired, QuoteStale: the quote no longer binds.
    """
    return carry_out(context, quote_id, expected_total_minor)


def purchases_of(
    organization_id: str, *, period: Period = ALWAYS, after: str | None = None, limit: int
) -> list[Purchase]:
    """Return purchases, newest first; `after` is the id of the last one already seen."""
    query = Purchase.of(organization_id)
    query = within(query, Made(Purchase.confirmed_at, Purchase.id, "pur"), period)
    if after is not None:
        query = query.where(Purchase.id < after)
    return list(query.order_by(Purchase.id.desc()).limit(limit))


def find_purchase(organization_id: str, purchase_id: str) -> Purchase:
    """Return a purchase of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    purchase: Purchase | None = Purchase.find(organization_id, Purchase.id == purchase_id)
    if purchase is None:
        raise NotFound(f"There is no purchase {purchase_id}.")
    return purchase


def carry_out(context: Context, quote_id: str, expected_total_minor: int) -> Confirmation:
    """Buy as `confirm_quote` does. Call inside a transaction."""
    unended_contract(context.organization_id, lock=True)
    quote, purchase, request_id = _lock_quote(context.organization_id, quote_id)
    if expected_total_minor != quote.total_minor:
        raise TotalMismatch(
            f"The quote's total is {quote.total_minor}, not {expected_total_minor}. "
            "Review the quote again.",
            total_minor=quote.total_minor,
        )
    if purchase is not None:
        return Confirmation(
            purchase,
            issuing.find_invoice(quote.organization_id, purchase.invoice_id),
            repeated=True,
        )
    running = quoting.eligible_contract(context.organization_id, at=context.at)
    _check_binding(quote, running, at=context.at)
    done = _purchase(context, quote, running)
    if request_id is not None:
        seat_requests.close_bought(context, request_id, done.purchase)
    return done


def _lock_quote(organization_id: str, quote_id: str) -> tuple[Quote, Purchase | None, str | None]:
    """Return a quote, locked, the purchase that it led to, and the id of the request it answers.

    The contract's lock keeps them as they are.
    """
    quote: Quote | None = _locked_quote.first(organization_id, quote_id)
    if quote is None:
        raise NotFound(f"There is no quote {quote_id}.")
    answers = getattr(quote, "answers", None)
    return quote, getattr(quote, "purchase", None), answers and answers.request_id


@compiled
def _locked_quote(organization_id: str, quote_id: str) -> "ModelSelect[Quote]":
    query = (
        Quote.select(Quote, Purchase, SeatRequestQuote)
        .join(
            Purchase,
            JOIN.LEFT_OUTER,
            on=same_organization(Purchase, Quote) & (Purchase.quote_id == Quote.id),
            attr="purchase",
        )
        .join_from(
            Quote,
            SeatRequestQuote,
            JOIN.LEFT_OUTER,
            on=same_organization(SeatRequestQuote, Quote) & (SeatRequestQuote.quote_id == Quote.id),
            attr="answers",
        )
        .where(Quote.belongs_to(organization_id) & (Quote.id == quote_id))
    )
    return locked(query, "FOR NO KEY UPDATE OF t1")


def _check_binding(quote: Quote, running: RunningContract, *, at: datetime) -> None:
    if at >= quote.expires_at:
        raise QuoteExpired(
            f"The quote expired at {quote.expires_at:%Y-%m-%d %H:%M} UTC. Ask for a new one."
        )
    if quoting.is_stale(quote, running):
        raise QuoteStale(
            "Seats, price, tax or term have changed since the quote was made. Ask for a new one.",
            purchased=running.pool.purchased,
        )


def _purchase(context: Context, quote: Quote, running: RunningContract) -> Confirmation:
    why = Cause(context.actor, f"quote:{quote.id}")
    ledger.grant(running.organization, quote.quantity, why, at=context.at)
    return offers.complete(context, quote, running.contract, running.organization)
