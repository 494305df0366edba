"""The review of a quote: all that a buyer should see before they confirm it, in few looks."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from peewee import JOIN

from app.access.context import Context
from app.access.door import query
from app.billing.buyers import check_may_read_under, may_buy_under
from app.billing.contracts.running import RunningContract, running_in
from app.billing.contracts.succession import Outcome, Succession, follows
from app.billing.invoices.particulars import Particular, buyer_lacks
from app.billing.invoices.party import Party, party_of
from app.billing.offers import line_of
from app.billing.pricing import Line
from app.billing.quoting import QuoteState, is_stale
from app.billing.taxing import ground_today
from app.billing.terms import Remainder, local_day
from app.errors import ContractNotActive, NotFound
from app.models import Contract, Organization, Purchase, Quote, Seller
from app.models.rows import same_organization
from app.seats.subscriptions import Subscription, subscription_of

#: From this share of the pool on, a buyer types the number once more.
_LARGE = Fraction(1, 4)


@dataclass(frozen=True)
class Review:
    """A quote with what surrounds it; while it is open, also what is ahead.

    `remainder` is what is left of the term, `renewal` what follows it at today's use, if anything
    does, and `due_on` the day by which to pay.
    """

    quote: Quote
    state: QuoteState
    line: Line
    organization: Organization
    purchase: Purchase | None
    may_buy: bool
    net_days: int
    remainder: Remainder | None = None
    renewal: Succession | None = None
    issued_on: date | None = None
    due_on: date | None = None
    seller: Seller | None = None

    @property
    def purchased_after(self) -> int:
        """The seats that there are once the quote is confirmed."""
        return self.quote.purchased_before + self.quote.quantity

    @property
    def last_on(self) -> date:
        """The last day of the term, before which no seat can be taken out."""
        return self.quote.term_ends_on - timedelta(days=1)

    @property
    def is_large(self) -> bool:
        """Whether the increase is so large that it is typed once more."""
        return self.quote.quantity > self.quote.purchased_before * _LARGE

    @property
    def buyer(self) -> Party:
        """Who is billed."""
        return party_of(self.organization.party)

    @property
    def missing(self) -> tuple[Particular, ...]:
        """What the invoice would lack of the buyer's particulars."""
        if self.seller is None or self.issued_on is None:
            return ()
        known = ground_today(self.organization)
        country = party_of(self.seller.party).country
        return tuple(buyer_lacks(self.buyer, country, known, self.issued_on))


@query(renews=True)
def review(context: Context, quote_id: str) -> Review:
    """Return the review of a quote.

    Raises:
        NotFound: the organization has no such quote.
        PrimaryOwnerRequired: prices are not for this caller.
    """
    quote, purchase, contract = _found(context.organization_id, quote_id)
    check_may_read_under(context, contract)
    subscription = subscription_of(context.organization_id)
    running = _running(subscription, at=context.at)
    state = _state(quote, purchase, running, at=context.at)
    known = Review(
        quote,
        state,
        line_of(quote),
        subscription.organization,
        purchase,
        may_buy_under(context, contract),
        contract.net_days,
    )
    if state is not QuoteState.OPEN or running is None:
        return known
    return _with_what_follows(known, running, context)


def bought_since(quote: Quote) -> Purchase | None:
    """Return the newest purchase since a quote was made, which may be why it is stale, or None."""
    purchase: Purchase | None = (
        Purchase.select()
        .where(
            Purchase.belongs_to(quote.organization_id) & (Purchase.confirmed_at >= quote.created_at)
        )
        .order_by(Purchase.id.desc())
        .first()
    )
    return purchase


def _found(organization_id: str, quote_id: str) -> tuple[Quote, Purchase | None, Contract]:
    """Return a quote, the purchase that it led to if it did, and its contract, in one look."""
    row = (
        Quote.select(Quote, Contract, Purchase)
        .join(
            Contract,
            on=same_organization(Contract, Quote) & (Contract.id == Quote.contract_id),
            attr="contract",
        )
        .join_from(
            Quote,
            Purchase,
            JOIN.LEFT_OUTER,
            on=same_organization(Purchase, Quote) & (Purchase.quote_id == Quote.id),
            attr="purchase",
        )
        .where(Quote.belongs_to(organization_id) & (Quote.id == quote_id))
        .first()
    )
    if row is None:
        raise NotFound(f"There is no quote {quote_id}.")
    purchase: Purchase | None = getattr(row, "purchase", None)
    return row, purchase, row.contract


def _running(subscription: Subscription, *, at: datetime) -> RunningContract | None:
    try:
        return running_in(subscription, at=at)
    except ContractNotActive:
        return None


def _state(
    quote: Quote, purchase: Purchase | None, running: RunningContract | None, *, at: datetime
) -> QuoteState:
    if purchase is not None:
        return QuoteState.CONFIRMED
    if at >= quote.expires_at:
        return QuoteState.EXPIRED
    if running is None or is_stale(quote, running):
        return QuoteState.STALE
    return QuoteState.OPEN


def _with_what_follows(known: Review, running: RunningContract, context: Context) -> Review:
    """Return a review with the day by which to pay, and what renewal would cost."""
    seller = Seller.get()
    issued_on = local_day(context.at, seller.time_zone)
    coming = follows(running.subscription)
    return replace(
        known,
        remainder=running.term.remainder(known.quote.effective_on),
        renewal=None if coming is None or coming.outcome is Outcome.ENDED else coming,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=known.net_days),
        seller=seller,
    )
