"""Contracts and their terms, as the other billing modules need them."""

from dataclasses import dataclass
from datetime import date, datetime

from peewee import ModelSelect

from app.billing.terms import Term, local_day, start_of_day
from app.db.compiled import compiled
from app.db.sql import locked
from app.errors import ContractNotActive, TermOver
from app.models import Contract, ContractTerm, Organization, SeatPool
from app.seats import ledger
from app.seats.ledger import Beyond
from app.seats.pools import Cause
from app.seats.rules import PoolState
from app.seats.subscriptions import Subscription, subscription_of


@dataclass(frozen=True)
class RunningContract:
    """A contract in its current term, with what belongs to it."""

    contract: Contract
    term: Term
    unit_price_minor: int
    subscription: Subscription

    @property
    def pool(self) -> SeatPool:
        """The pool that it fills."""
        return self.subscription.pool

    @property
    def organization(self) -> Organization:
        """Whose contract it is."""
        return self.subscription.organization

    def today(self, at: datetime) -> date:
        """Return the day it is for the contract."""
        return local_day(at, self.contract.time_zone)


def running_contract(organization_id: str, *, at: datetime) -> RunningContract:
    """Return the contract that runs.

    Raises:
        ContractNotActive: none runs.
        TermOver: its term is over and not yet renewed.
    """
    return running_in(subscription_of(organization_id), at=at)


def running_in(subscription: Subscription, *, at: datetime) -> RunningContract:
    """Return the contract that runs in a subscription. Raises as `running_contract`."""
    contract, row = subscription.running, subscription.term
    if contract is None or row is None:
        coming = subscription.scheduled
        if coming is not None and coming.takes_over_at <= at:
            raise TermOver
        raise ContractNotActive(
            "No contract is running, so no seats can be bought. Sign one with the vendor."
        )
    if is_over(subscription.pool, at):
        raise TermOver
    term = Term(contract.starts_on, row.number)
    return RunningContract(contract, term, row.unit_price_minor, subscription)


def unended_contract(organization_id: str, *, lock: bool = False) -> Contract | None:
    """Return the one contract of the organization that began and has not ended, or None.

    `lock` keeps signings, purchases and renewals apart until the transaction ends.
    """
    contract: Contract | None = _unended.first(organization_id, lock)
    return contract


@compiled("lock")
def _unended(organization_id: str, lock: bool) -> "ModelSelect[Contract]":  # noqa: FBT001
    query = Contract.of(organization_id, Contract.ended_at.is_null(), Contract.has_begun())
    return (locked(query) if lock else query).limit(1)


def scheduled_contract(organization_id: str, *, lock: bool = False) -> Contract | None:
    """Return the one contract that was signed ahead and has not taken over yet, or None."""
    query = Contract.of(organization_id, Contract.is_scheduled())
    contract: Contract | None = (locked(query) if lock else query).first()
    return contract


def is_over(pool: SeatPool, at: datetime) -> bool:
    """Return whether the pool's term has ended and waits for its renewal."""
    return pool.state == PoolState.OPEN.value and pool.term_ends_at <= at


def first_term(contract: Contract) -> ContractTerm:
    """Return a contract's first term as it is written down."""
    row: ContractTerm = ContractTerm.of(
        contract.organization_id, ContractTerm.contract_id == contract.id, ContractTerm.number == 1
    ).get()
    return row


def insert_term(contract: Contract, term: Term, seats: int, *, at: datetime) -> ContractTerm:
    """Write down a term of a contract with this many seats, at the contract's price."""
    row: ContractTerm = ContractTerm.create(
        organization_id=contract.organization_id,
        contract_id=contract.id,
        number=term.number,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        unit_price_minor=contract.unit_price_minor,
        opened_with=seats,
        opened_at=at,
    )
    return row


def open_term(
    contract: Contract,
    row: ContractTerm,
    cause: Cause,
    *,
    beyond: Beyond | None = None,
    at: datetime,
) -> None:
    """Let the pool go over to a term that is written down. Call inside a transaction.

    A term that follows another opens when its first instant has come, and never before (I12).
    """
    bounds = bounds_of(contract, row)
    follows = row.number > 1 or contract.takes_over_at is not None
    if follows and at < bounds[0]:
        raise ValueError(f"term {row.number} of {contract.id} starts at {bounds[0]}, after {at}")
    ledger.open_term(row, bounds, cause, beyond=beyond, at=at)


def bounds_of(contract: Contract, term: Term | ContractTerm) -> tuple[datetime, datetime]:
    """Return a term's first instant and the first after it."""
    return (
        start_of_day(term.starts_on, contract.time_zone),
        start_of_day(term.ends_on, contract.time_zone),
    )
