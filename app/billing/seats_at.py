"""The seats of an organization at an instant that is past, as the ledger has them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import ModelSelect

from app.billing.terms import start_of_day
from app.db.compiled import compiled
from app.models import Contract, ContractTerm
from app.models.rows import same_organization
from app.seats import history
from app.seats.rules import SeatCounts


@dataclass(frozen=True)
class SeatsThen:
    """The pool's figures at an instant, and the term that it was in, or had been in last."""

    counts: SeatCounts
    held: int
    term: ContractTerm | None
    renewal_pending: bool


def seats_at(organization_id: str, at: datetime) -> SeatsThen:
    """Return what the ledger says of an instant; before its first entry there were no seats."""
    pool = history.pool_at(organization_id, at)
    if pool.contract_id is None or pool.term_number is None:
        return SeatsThen(pool.counts, pool.held, None, renewal_pending=False)
    term: Any = _term_with_contract.first(organization_id, pool.contract_id, pool.term_number)
    return SeatsThen(pool.counts, pool.held, term, _was_pending(term, term.contract, at))


@compiled
def _term_with_contract(
    organization_id: str, contract_id: str, number: int
) -> "ModelSelect[ContractTerm]":
    theirs = same_organization(Contract, ContractTerm) & (Contract.id == ContractTerm.contract_id)
    this = (ContractTerm.contract_id == contract_id) & (ContractTerm.number == number)
    return (
        ContractTerm.select(ContractTerm, Contract)
        .join(Contract, on=theirs, attr="contract")
        .where(ContractTerm.belongs_to(organization_id) & this)
    )


def _was_pending(term: ContractTerm, contract: Contract, at: datetime) -> bool:
    """Return whether a term was over at an instant, neither renewed nor its contract ended."""
    over = start_of_day(term.ends_on, contract.time_zone) <= at
    return over and (contract.ended_at is None or contract.ended_at > at)
