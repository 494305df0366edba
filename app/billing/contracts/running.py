"""Contracts and their terms, as the other billing modules need them."""

from dataclasses import dataclass
from datetime import date, datetime

from app.access import trail
from app.access.principal import Principal
from app.access.trail import Change
from app.billing.terms import Term, local_day, start_of_day
from app.db.columns import instant_text
from app.db.sql import locked
from app.errors import ContractNotActive
from app.models import Contract, ContractTerm, SeatPool
from app.seats import ledger, pools
from app.seats.pools import Cause
from app.seats.rules import PoolState, TermOver


@dataclass(frozen=True)
class RunningContract:
    """A contract in its current term, with the pool."""

    contract: Contract
    term: Term
    unit_price_minor: int
    pool: SeatPool

    def today(self, at: datetime) -> date:
        """Return the day it is for the contract."""
        return local_day(at, self.contract.time_zone)


def running_contract(organization_id: str, *, at: datetime) -> RunningContract:
    """Return the contract that runs.

    Raises:
        ContractNotActive: none runs.
        TermOver: its term is over and not yet renewed.
    """
    contract = unended_contract(organization_id)
    if contract is None:
        raise ContractNotActive(
            "No contract is running, so no seats can be bought. Sign one with the vendor."
        )
    pool = pools.pool_of(organization_id)
    if is_over(pool, at):
        raise TermOver
    row = ContractTerm.get(
        (ContractTerm.organization_id == organization_id)
        & (ContractTerm.contract_id == contract.id)
        & (ContractTerm.number == pool.term_number)
    )
    return RunningContract(
        contract, Term(contract.starts_on, row.number), row.unit_price_minor, pool
    )


def unended_contract(organization_id: str, *, lock: bool = False) -> Contract | None:
    """Return the one contract of the organization that has not ended, or None.

    `lock` keeps signings, purchases and renewals apart until the transaction ends.
    """
    query = Contract.select().where(
        (Contract.organization_id == organization_id) & Contract.ended_at.is_null()
    )
    contract: Contract | None = (locked(query) if lock else query).first()
    return contract


def latest_contract(organization_id: str) -> Contract | None:
    """Return the contract that was signed last, ended or not, or None."""
    contracts = Contract.select().where(Contract.organization_id == organization_id)
    contract: Contract | None = contracts.order_by(Contract.id.desc()).first()
    return contract


def is_over(pool: SeatPool, at: datetime) -> bool:
    """Tell whether the pool's term has ended and waits for its renewal."""
    return pool.state == PoolState.OPEN.value and pool.term_ends_at <= at


def term_dates(pool: SeatPool) -> ContractTerm | None:
    """Return the term that the pool is in, or was in last; None before the first signing."""
    term: ContractTerm | None = ContractTerm.get_or_none(
        (ContractTerm.organization_id == pool.organization_id)
        & (ContractTerm.contract_id == pool.contract_id)
        & (ContractTerm.number == pool.term_number)
    )
    return term


def open_term(contract: Contract, term: Term, seats: int, cause: Cause, *, at: datetime) -> None:
    """Open a term of a contract with this many seats, at the contract's price.

    Call inside a transaction.
    """
    row = ContractTerm.create(
        organization_id=contract.organization_id,
        contract_id=contract.id,
        number=term.number,
        starts_on=term.starts_on,
        ends_on=term.ends_on,
        unit_price_minor=contract.unit_price_minor,
        opened_with=seats,
        opened_at=at,
    )
    bounds = (
        start_of_day(term.starts_on, contract.time_zone),
        start_of_day(term.ends_on, contract.time_zone),
    )
    ledger.open_term(row, bounds, cause, at=at)


def end_now(principal: Principal, contract: Contract, *, ended_at: datetime, at: datetime) -> None:
    """End a contract that is locked, as of `ended_at`. Call inside a transaction."""
    contract.ended_at = ended_at
    contract.save()
    ledger.end_contract(contract.organization_id, at=at)
    after = {"ended_at": instant_text(ended_at)}
    trail.record(principal, Change("contract.ended", contract.id, after=after), at=at)
