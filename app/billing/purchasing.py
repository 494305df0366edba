"""Purchases: a quote confirmed becomes seats and an invoice, in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from app.access import trail
from app.access.idempotency import Once, once_only
from app.access.principal import Principal
from app.access.trail import Change
from app.billing import quoting
from app.billing.buyers import check_may_buy
from app.billing.contracts.renewals import renews_first
from app.billing.contracts.running import RunningContract, running_contract, unended_contract
from app.billing.invoices import issuing
from app.billing.invoices.issuing import Order
from app.db.periods import ALWAYS, Made, Period, within
from app.db.sql import locked
from app.db.transactions import transaction
from app.errors import NotFound, QuoteExpired, QuoteStale, TotalMismatch
from app.identifiers import new_id
from app.models import Contract, Invoice, Purchase, Quote
from app.seats import ledger
from app.seats.pools import Cause


@dataclass(frozen=True)
class Confirmation:
    """A purchase with its invoice; `repeated` where the quote had been confirmed before."""

    purchase: Purchase
    invoice: Invoice
    repeated: bool = False


@renews_first
@transaction
def confirm_quote(
    principal: Principal,
    quote_id: str,
    expected_total_minor: int,
    *,
    once: Once | None = None,
    at: datetime,
) -> Confirmation:
    """Buy what a quote offers. The seats are usable and the invoice is issued when this returns.

    A quote is confirmed once; whoever confirms it again gets the purchase that there is.

    Raises:
        NotFound: there is no such quote.
        PrimaryOwnerRequired: the contract lets others buy, not this caller.
        TotalMismatch: the buyer expects another total.
        ContractNotActive, PlanNotEligible: the contract lets nobody buy.
        QuoteExpired, QuoteStale: the quote no longer binds.
        Replayed, IdempotencyKeyReused: the key of `once` came before.
    """
    check_may_buy(principal, quoting.find_quote(principal.organization_id, quote_id))
    return once_only(
        principal, once, lambda: _confirm(principal, quote_id, expected_total_minor, at=at)
    )


def purchases_of(
    organization_id: str, *, period: Period = ALWAYS, after: str | None = None, limit: int
) -> list[Purchase]:
    """Return purchases, newest first; `after` is the id of the last one already seen."""
    query = Purchase.select().where(Purchase.organization_id == organization_id)
    query = within(query, Made(Purchase.confirmed_at, Purchase.id, "pur"), period)
    if after is not None:
        query = query.where(Purchase.id < after)
    return list(query.order_by(Purchase.id.desc()).limit(limit))


def find_purchase(organization_id: str, purchase_id: str) -> Purchase:
    """Return a purchase of the organization.

    Raises:
        NotFound: it has none of this id.
    """
    purchase: Purchase | None = Purchase.get_or_none(
        (Purchase.organization_id == organization_id) & (Purchase.id == purchase_id)
    )
    if purchase is None:
        raise NotFound(f"There is no purchase {purchase_id}.")
    return purchase


def _confirm(
    principal: Principal, quote_id: str, expected_total_minor: int, *, at: datetime
) -> Confirmation:
    unended_contract(principal.organization_id, lock=True)
    quote = _lock_quote(principal.organization_id, quote_id)
    if expected_total_minor != quote.total_minor:
        raise TotalMismatch(
            f"The quote's total is {quote.total_minor}, not {expected_total_minor}. "
            "Review the quote again.",
            total_minor=quote.total_minor,
        )
    if (purchase := quoting.purchase_of(quote)) is not None:
        return Confirmation(
            purchase,
            issuing.find_invoice(quote.organization_id, purchase.invoice_id),
            repeated=True,
        )
    running = running_contract(principal.organization_id, at=at)
    _check_binding(quote, running, at=at)
    return _purchase(principal, quote, running.contract, at=at)


def _lock_quote(organization_id: str, quote_id: str) -> Quote:
    query = Quote.select().where(
        (Quote.organization_id == organization_id) & (Quote.id == quote_id)
    )
    quote: Quote | None = locked(query).first()
    if quote is None:
        raise NotFound(f"There is no quote {quote_id}.")
    return quote


def _check_binding(quote: Quote, running: RunningContract, *, at: datetime) -> None:
    quoting.check_eligible(running)
    if at >= quote.expires_at:
        raise QuoteExpired(
            f"The quote expired at {quote.expires_at:%Y-%m-%d %H:%M} UTC. Ask for a new one."
        )
    if quoting.is_stale(quote, running):
        raise QuoteStale(
            "Seats, price, tax or term have changed since the quote was made. Ask for a new one.",
            purchased=running.pool.purchased,
        )


def _purchase(
    principal: Principal, quote: Quote, contract: Contract, *, at: datetime
) -> Confirmation:
    cause = f"quote:{quote.id}"
    why = Cause(principal.actor, cause)
    ledger.grant(quote.organization_id, quote.quantity, why, at=at)
    order = Order(
        cause,
        [quoting.line_of(quote)],
        quote.reverse_charge,
        quote.purchase_order,
        quote.cost_centre,
    )
    invoice = issuing.issue_invoice(contract, quote.term_number, order, at=at)
    purchase = Purchase.create(
        organization_id=quote.organization_id,
        id=new_id("pur", at),
        quote_id=quote.id,
        invoice_id=invoice.id,
        quantity=quote.quantity,
        purchased_after=quote.purchased_before + quote.quantity,
        confirmed_at=at,
        confirmed_by=principal.actor,
    )
    trail.record(principal, _bought(quote, purchase), at=at)
    return Confirmation(purchase, invoice)


def _bought(quote: Quote, purchase: Purchase) -> Change:
    after = {
        "purchased": purchase.purchased_after,
        "quote_id": quote.id,
        "invoice_id": purchase.invoice_id,
    }
    return Change("purchase.confirmed", purchase.id, {"purchased": quote.purchased_before}, after)
