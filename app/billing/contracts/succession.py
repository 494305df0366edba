"""What follows when the running term is over: one function computes it, for previews and renewals.

A preview is the renewal not done: owners, quotes and dry runs read the same figures that the
renewal then carries out.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from peewee import ModelSelect

from app.billing.contracts import term_invoices
from app.billing.contracts.running import first_term
from app.billing.pricing import Line, LineKind, priced_line
from app.billing.taxes import Totals
from app.billing.terms import Term
from app.models import Contract, Organization, SeatAssignment, SeatPool
from app.seats.subscriptions import Subscription, subscription_of


class Outcome(StrEnum):
    """How a term is followed."""

    RENEWED = "renewed"
    ENDED = "ended"
    SUCCEEDED = "succeeded"


@dataclass(frozen=True)
class Succession:
    """What follows the running term, or its end, and when.

    `contract` and `term` are those that open, or the ones that end.
    """

    outcome: Outcome
    contract: Contract
    term: Term
    #: The first instant of what follows, and its day where the contract is.
    due_at: datetime
    on: date
    subscription: Subscription
    #: What the term opens with by agreement, and what is bought because more are in use.
    agreed: int = 0
    beyond: int = 0
    unit_price_minor: int = 0
    #: What is invoiced here for it: the term's own line, and what is bought beyond.
    line: Line | None = None
    beyond_line: Line | None = None

    @property
    def pool(self) -> SeatPool:
        """The organization's pool."""
        return self.subscription.pool

    @property
    def organization(self) -> Organization:
        """Who is to pay for it."""
        return self.subscription.organization

    @property
    def seats(self) -> int:
        """What is purchased afterwards."""
        return self.agreed + self.beyond

    def is_due(self, at: datetime) -> bool:
        """Return whether its time has come."""
        return self.due_at <= at

    @property
    def totals(self) -> Totals:
        """What all of it costs, each invoice with its own tax."""
        each = [Totals.of([line]) for line in (self.line, self.beyond_line) if line is not None]
        return Totals(tuple(line for part in each for line in part.tax_lines))


def what_follows(organization_id: str) -> Succession | None:
    """Return what follows next for an organization, at today's use; None where nothing does."""
    return follows(subscription_of(organization_id))


def follows(subscription: Subscription) -> Succession | None:
    """Return what follows next in a subscription, as `what_follows` does."""
    pool, running, scheduled = subscription.pool, subscription.running, subscription.scheduled
    if scheduled is not None and (running is None or scheduled.takes_over_at <= pool.term_ends_at):
        return takeover(scheduled, subscription)
    if running is None:
        return None
    term = Term(running.starts_on, pool.term_number or 1)
    if running.auto_renew:
        return renewal(running, term.next(), subscription)
    return Succession(Outcome.ENDED, running, term, pool.term_ends_at, term.ends_on, subscription)


def renewal(contract: Contract, term: Term, subscription: Subscription) -> Succession:
    """Return the renewal of a contract into `term`.

    It opens with the seats that people hold at the end, or the minimum; with what was invoiced
    ahead, where it was, and then what is held beyond that is bought.
    """
    pool = subscription.pool
    held = held_since(pool.organization_id, pool.term_ends_at).count()
    agreed = max(held, contract.minimum_seats)
    price = renewal_price(contract)
    ahead = term_invoices.find(contract, term.number)
    if ahead is not None:
        agreed, price = ahead.quantity, ahead.unit_price_minor
    figures = (agreed, max(held - agreed, 0), price)
    return _opening(Outcome.RENEWED, contract, term, subscription, pool.term_ends_at, figures)


def takeover(contract: Contract, subscription: Subscription) -> Succession:
    """Return how a contract that was signed ahead takes over: agreed seats, or more if in use."""
    row = first_term(contract)
    held = held_since(contract.organization_id, contract.takes_over_at).count()
    # Where nothing is invoiced here, nothing is bought here either.
    agreed = row.opened_with if contract.invoiced_here else max(row.opened_with, held)
    figures = (agreed, max(held - agreed, 0), contract.unit_price_minor)
    term = Term(contract.starts_on, 1)
    return _opening(
        Outcome.SUCCEEDED, contract, term, subscription, contract.takes_over_at, figures
    )


def _opening(  # noqa: PLR0913  # the columns of one record
    outcome: Outcome,
    contract: Contract,
    term: Term,
    subscription: Subscription,
    due_at: datetime,
    figures: tuple[int, int, int],
) -> Succession:
    agreed, beyond, price = figures
    line = beyond_line = None
    if contract.invoiced_here:
        elsewhere = term.number == 1 and contract.invoiced_elsewhere is not None
        buyer = subscription.organization
        line = None if elsewhere else term_invoices.term_line(buyer, term, agreed, price)
        beyond_line = _beyond_line(buyer, term, beyond, price) if beyond else None
    return Succession(
        outcome,
        contract,
        term,
        due_at,
        term.starts_on,
        subscription,
        agreed,
        beyond,
        price,
        line,
        beyond_line,
    )


def _beyond_line(buyer: Organization, term: Term, quantity: int, price: int) -> Line:
    service = term.service_from(term.starts_on)
    rate = buyer.tax_rate_basis_points
    return priced_line(LineKind.ADDITION, quantity, price, service, rate)


def renewal_price(contract: Contract) -> int:
    """Return the price of one seat from the next renewal on."""
    agreed: int | None = contract.renewal_unit_price_minor
    return contract.unit_price_minor if agreed is None else agreed


def held_since(organization_id: str, instant: datetime) -> "ModelSelect[SeatAssignment]":
    """Return the assignments that were open when the term ended, whatever was released since.

    No seat can be taken between a term's end and its renewal, so no assignment is younger. Before
    the end these are the ones that are open now.
    """
    return SeatAssignment.of(
        organization_id,
        SeatAssignment.released_at.is_null() | (SeatAssignment.released_at >= instant),
    )
