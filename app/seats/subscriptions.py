"""An organization's subscription: its pool with the contract and the term behind it, read at once.

What decides over seats and money stands in these rows. One statement reads them, so that a use case
has each of them once and hands it on.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import JOIN, ModelSelect

from app.db.compiled import compiled
from app.models import Contract, ContractTerm, Organization, SeatPool
from app.models.rows import same_organization
from app.seats.rules import PoolStanding, PoolState, SeatCounts


@dataclass(frozen=True)
class Subscription:
    """An organization with its pool, its contracts, and the term that the pool is in."""

    organization: Organization
    pool: SeatPool
    #: The contract that runs, or ran last, and its term; None before the first signing.
    contract: Contract | None
    term: ContractTerm | None
    #: The contract that was signed ahead and has not taken over yet.
    scheduled: Contract | None

    @property
    def running(self) -> Contract | None:
        """The contract that began and has not ended."""
        return None if self.contract is None or self.contract.ended_at else self.contract

    @property
    def standing(self) -> PoolStanding:
        """What holds for the organization."""
        pool, contract, coming = self.pool, self.contract, self.scheduled
        return PoolStanding(
            PoolState(pool.state),
            pool.suspended_at is not None,
            pool.term_starts_at,
            pool.term_ends_at,
            SeatCounts(pool.purchased, pool.in_use),
            renews=contract is not None and contract.auto_renew,
            ended_at=contract.ended_at if contract else None,
            grace=timedelta(days=contract.grace_days if contract else 0),
            next_starts_at=coming.takes_over_at if coming else None,
            next_starts_on=coming.starts_on if coming else None,
        )


def subscription_of(organization_id: str) -> Subscription:
    """Return an organization's subscription. It takes no lock.

    Who buys or signs locks the contract before; then what this returns of it stands still.
    """
    pool: Any = _pool_with_all.first(organization_id)
    found = [getattr(pool, name, None) for name in ("contract", "term", "scheduled")]
    return Subscription(pool.organization, pool, *found)


@compiled
def _pool_with_all(organization_id: str) -> "ModelSelect[SeatPool]":
    latest = Contract.alias()
    in_contract = same_organization(latest, SeatPool) & (latest.id == SeatPool.contract_id)
    in_term = (
        same_organization(ContractTerm, SeatPool)
        & (ContractTerm.contract_id == SeatPool.contract_id)
        & (ContractTerm.number == SeatPool.term_number)
    )
    ahead = same_organization(Contract, SeatPool) & Contract.is_scheduled()
    theirs = same_organization(Organization, SeatPool)
    return (
        SeatPool.select(SeatPool, Organization, latest, ContractTerm, Contract)
        .join(Organization, on=theirs, attr="organization")
        .join_from(SeatPool, latest, JOIN.LEFT_OUTER, on=in_contract, attr="contract")
        .join_from(SeatPool, ContractTerm, JOIN.LEFT_OUTER, on=in_term, attr="term")
        .join_from(SeatPool, Contract, JOIN.LEFT_OUTER, on=ahead, attr="scheduled")
        .where(SeatPool.belongs_to(organization_id))
    )
