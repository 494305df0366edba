"""An organization's subscription: its pool with the contract and the term behind it, read at once.

What decides over seats and money stands in these rows. One statement reads them, so that a use case
has each of them once and hands it on.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from peewee import JOIN, BaseQuery, ModelSelect

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
        return _standing(
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


class LoginTerms(NamedTuple):
    """What decides over logins: how they identify people, and what holds for the organization."""

    organization_id: str
    language: str
    #: Where the organization's people find help.
    login_help: str | None
    login_by_email: bool
    standing: PoolStanding


def subscription_of(organization_id: str) -> Subscription:
    """Return an organization's subscription. It takes no lock.

    Who buys or signs locks the contract before; then what this returns of it stands still.
    """
    pool: Any = _pool_with_all.first(organization_id)
    found = [getattr(pool, name, None) for name in ("contract", "term", "scheduled")]
    return Subscription(pool.organization, pool, *found)


def login_terms_of(organization_id: str) -> LoginTerms:
    """Return what decides over an organization's logins, and no more. It takes no lock."""
    row: Any = _login_terms.first(organization_id)
    language, login_help, by_email, *figures = row
    return LoginTerms(organization_id, language, login_help, by_email, _standing(*figures))


def _standing(  # noqa: PLR0913  # one for each column
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
    """Return what holds; a column of a contract that there is none of is None."""
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


@compiled
def _login_terms(organization_id: str) -> BaseQuery:
    """Read the columns of `LoginTerms`, and behind them those of `_standing`, in their order."""
    latest, ahead = Contract.alias(), Contract
    return (
        SeatPool.select(
            Organization.language,
            Organization.login_help,
            Organization.login_by_email,
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
        .join(Organization, on=same_organization(Organization, SeatPool))
        .join_from(SeatPool, latest, JOIN.LEFT_OUTER, on=_is_latest(latest))
        .join_from(SeatPool, ahead, JOIN.LEFT_OUTER, on=_is_ahead(ahead))
        .where(SeatPool.belongs_to(organization_id))
        .tuples()
    )


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
