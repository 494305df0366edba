"""The contract as its owners look at it: its terms, what follows, and what they may do about it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.access.context import Context
from app.access.door import query
from app.billing.buyers import may_buy_under
from app.billing.contracts.declining import decline_until
from app.billing.contracts.previews import RenewalPreview, preview_of
from app.billing.contracts.running import running_in
from app.billing.contracts.succession import follows
from app.billing.terms import Term, local_day
from app.errors import ContractNotActive
from app.models import Contract, ContractTerm, SeatPool
from app.seats.subscriptions import Subscription, subscription_of


@dataclass(frozen=True)
class Agreement:
    """The contract that runs, or ran last, in its term; None before the first signing."""

    contract: Contract | None
    term: Term | ContractTerm | None
    pool: SeatPool
    today: date
    #: What follows the term that runs, or the gap after the last, if anything does.
    following: RenewalPreview | None
    #: Whether the caller is one who may decline the renewal, in time or not.
    decides: bool
    #: The price of a seat for the whole term.
    unit_price_minor: int | None

    @property
    def last_on(self) -> date | None:
        """The term's last day."""
        return None if self.term is None else self.term.ends_on - timedelta(days=1)

    @property
    def runs(self) -> bool:
        """Whether the contract has not ended."""
        return self.contract is not None and self.contract.ended_at is None

    @property
    def decline_until(self) -> date | None:
        """The last day on which the renewal can be declined; None where there is none."""
        if self.contract is None or self.term is None or not self.runs:
            return None
        return decline_until(self.contract, self.term)

    @property
    def is_late(self) -> bool:
        """Whether that day is over."""
        until = self.decline_until
        return until is not None and self.today > until


@query(renews=True)
def agreement_of(context: Context) -> Agreement:
    """Return the contract of the caller's organization."""
    subscription = subscription_of(context.organization_id)
    coming = follows(subscription)
    following = None if coming is None else preview_of(coming)
    try:
        running = running_in(subscription, at=context.at)
    except ContractNotActive:
        return _ended(subscription, following, at=context.at)
    return Agreement(
        running.contract,
        running.term,
        running.pool,
        running.today(context.at),
        following,
        may_buy_under(context, running.contract),
        running.unit_price_minor,
    )


def _ended(
    subscription: Subscription, following: RenewalPreview | None, *, at: datetime
) -> Agreement:
    contract, term = subscription.contract, subscription.term
    return Agreement(
        contract,
        term,
        subscription.pool,
        local_day(at, contract.time_zone if contract else "UTC"),
        following,
        decides=False,
        unit_price_minor=term.unit_price_minor if term else None,
    )
