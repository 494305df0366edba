"""The seats of an organization at an instant that is past, as the ledger has them."""

from dataclasses import dataclass
from datetime import datetime

from app.billing.terms import start_of_day
from app.models import Contract, ContractTerm
from app.seats import history
from app.seats.history import PastPool
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
    pool = history.pool_after(organization_id, history.sequence_at(organization_id, at))
    term = _term_of(organization_id, pool)
    pending = term is not None and _was_pending(term, at)
    return SeatsThen(pool.counts, pool.held, term, pending)


def _term_of(organization_id: str, pool: PastPool) -> ContractTerm | None:
    term: ContractTerm | None = ContractTerm.find(
        organization_id,
        ContractTerm.contract_id == pool.contract_id,
        ContractTerm.number == pool.term_number,
    )
    return term


def _was_pending(term: ContractTerm, at: datetime) -> bool:
    """Return whether a term was over at an instant, neither renewed nor its contract ended."""
    contract = Contract.of(term.organization_id, Contract.id == term.contract_id).get()
    over = start_of_day(term.ends_on, contract.time_zone) <= at
    return over and (contract.ended_at is None or contract.ended_at > at)
