"""An organization's subscription: its pool with the contract and the term behind it, read at once.

What decides over seats and money stands in these rows. One statement reads them, so that a use case
has each of them once and hands it on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from peewee import JOIN, BaseQuery, ModelSelect, Node

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
        return read_standing(
            pool.state,
            pool.suspended_at,
            pool.term_starts_at,
            pool.term_ends_at,
            pool.purchased,
            pool.in_use,
            contract.auto_renew if contract else None,
            contract.ended_at if contract else None,
            contract.grace_days if contract else None,
            coming.takes_over_at if coming else None,
            coming.starts_on if coming else None,
        )


def subscription_of(organization_id: str) -> Subscription:
    """Return an organization's subscription. It takes no lock.

    Who buys or signs locks the contract before; then what this returns of it stands still.
    """
    pool: Any = _pool_with_all.first(organization_id)
    found = [getattr(pool, name, None) for name in ("contract", "term", "scheduled")]
    return Subscription(pool.organization, pool, *found)


def standing_of(organization_id: str) -> PoolStanding:
    """Return what holds for an organization, and read no more. It takes no lock."""
    row: Any = _figures.first(organization_id)
    return read_standing(*row)


def read_standing(  # noqa: PLR0913  # one for each column
    state: str,
    suspended_at: datetime | None,
    term_starts_at: datetime | None,
    term_ends_at: datetime | None,
    purchased: int,
    in_use: int,
    auto_renew: bool | None,  # noqa: FBT001  # a column
    ended_at: datetime | None,
    grace_days: int | None,
    next_starts_at: datetime | None,
    next_starts_on: date | None,
) -> PoolStanding:
    """Return what holds, of the columns of `standing_figures` in their order.

    A column of a contract that there is none of is None.
    """
    return PoolStanding(
        PoolState(state),
        suspended_at is not None,
        term_starts_at,
        term_ends_at,
        SeatCounts(purchased, in_use),
        renews=bool(auto_renew),
        ended_at=ended_at,
        grace=timedelta(days=grace_days or 0),
        next_starts_at=next_starts_at,
        next_starts_on=next_starts_on,
    )


def standing_figures(organization_id: str, *before: Node) -> "ModelSelect[SeatPool]":
    """Return the query for what `read_standing` takes of a pool and its contracts.

    Its columns stand behind those `before`, of rows that are joined to it.
    """
    latest, ahead = Contract.alias(), Contract
    return (
        SeatPool.select(
            *before,
            SeatPool.state,
            SeatPool.suspended_at,
            SeatPool.term_starts_at,
            SeatPool.term_ends_at,
            SeatPool.purchased,
            SeatPool.in_use,
            latest.auto_renew,
            latest.ended_at,
            latest.grace_days,
            ahead.takes_over_at,
            ahead.starts_on,
        )
        .join(latest, JOIN.LEFT_OUTER, on=_is_latest(latest))
        .join_from(SeatPool, ahead, JOIN.LEFT_OUTER, on=_is_ahead(ahead))
        .where(SeatPool.belongs_to(organization_id))
    )


@compiled
def _figures(organization_id: str) -> BaseQuery:
    return standing_figures(organization_id).tuples()


def _is_latest(contract: Any) -> Any:
    return same_organization(contract, SeatPool) & (contract.id == SeatPool.contract_id)


def _is_ahead(contract: Any) -> Any:
    return same_organization(contract, SeatPool) & contract.is_scheduled()


@compiled
def _pool_with_all(organization_id: str) -> "ModelSelect[SeatPool]":
    latest = Contract.alias()
    in_term = (
        same_organization(ContractTerm, SeatPool)
        & (ContractTerm.contract_id == SeatPool.contract_id)
        & (ContractTerm.number == SeatPool.term_number)
    )
    theirs = same_organization(Organization, SeatPool)
    return (
        SeatPool.select(SeatPool, Organization, latest, ContractTerm, Contract)
        .join(Organization, on=theirs, attr="organization")
        .join_from(SeatPool, latest, JOIN.LEFT_OUTER, on=_is_latest(latest), attr="contract")
        .join_from(SeatPool, ContractTerm, JOIN.LEFT_OUTER, on=in_term, attr="term")
        .join_from(SeatPool, Contract, JOIN.LEFT_OUTER, on=_is_ahead(Contract), attr="scheduled")
        .where(SeatPool.belongs_to(organization_id))
    )
