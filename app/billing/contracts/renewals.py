"""Renewal: what happens when a term is over.

It is run by the operator's command and by housekeeping, and, so that the gate is never wrong while
neither ran, before any request that would take or buy a seat. Each renewal is a transaction of its
own, keyed by contract and term number, so it does not matter who runs it, how often, or how late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from peewee import ModelSelect, Value

from app.access import trail
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.billing.contracts.running import (
    RunningContract,
    end_now,
    is_over,
    open_term,
    running_contract,
    unended_contract,
)
from app.billing.invoices import issuing
from app.billing.invoices.issuing import Order
from app.billing.pricing import LineKind, net_minor, priced_line
from app.billing.terms import MONTHS_PER_TERM, Term, start_of_day
from app.db.sql import locked
from app.db.transactions import transaction
from app.models import Contract, Organization, RenewalHolder, SeatAssignment, SeatPool
from app.seats import holds, pools
from app.seats.pools import Cause
from app.seats.rules import PoolState, TermOver

P = ParamSpec("P")
R = TypeVar("R")

ACTOR = "renewal"

#: Where on earth each day begins and ends last.
LAST_TIME_ZONE = "Etc/GMT+12"


@dataclass(frozen=True)
class RenewalPreview:
    """What the next renewal would do if it were today.

    Without auto-renewal the contract ends: there are no figures.
    """

    auto_renew: bool
    on: date
    purchased: int
    in_use: int
    would_renew_at: int | None
    would_drop: int | None
    unit_price_minor: int | None
    total_minor: int | None
    currency: str


def renew_if_due(organization_id: str, *, at: datetime) -> int:
    """Renew or end an organization's contract for every term that is over by `at`.

    Returns how many terms ended.
    """
    ended = 0
    while _renew_once(organization_id, at=at):
        ended += 1
    return ended


def renew_all_due(*, at: datetime) -> list[str]:
    """Renew or end every contract whose term is over by `at`; return whose they were."""
    return [due for due in _organizations_due(at) if renew_if_due(due, at=at)]


def renew_all_due_on(day: date) -> list[str]:
    """Renew or end every contract whose term is over when `day` begins in its time zone."""
    concerned = []
    for due in _organizations_due(start_of_day(day, LAST_TIME_ZONE)):
        contract = unended_contract(due)
        if contract and renew_if_due(due, at=start_of_day(day, contract.time_zone)):
            concerned.append(due)
    return concerned


def renews_first(
    use_case: Callable[Concatenate[Principal, P], R],
) -> Callable[Concatenate[Principal, P], R]:
    """Renew what is due before a use case that would take or buy a seat.

    Put it outside the transaction. It costs nothing while no term is over: the use case itself
    finds out, by `TermOver`, and is then run again.
    """

    @wraps(use_case)
    def run(principal: Principal, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return use_case(principal, *args, **kwargs)
        except TermOver:
            renew_if_due(principal.organization_id, at=instant_of(kwargs))
        return use_case(principal, *args, **kwargs)

    return run


def instant_of(kwargs: dict[str, object]) -> datetime:
    """Return the `at` with which a use case was called."""
    at = kwargs["at"]
    if not isinstance(at, datetime):
        raise TypeError("a use case takes its instant as `at`")
    return at


@renews_first
def show_preview(principal: Principal, *, at: datetime) -> RenewalPreview:
    """Return what the next renewal would do if it were today.

    Raises:
        ContractNotActive: no contract runs.
    """
    return preview(running_contract(principal.organization_id, at=at))


def preview(running: RunningContract) -> RenewalPreview:
    """Return what renewal would do at today's use."""
    contract, pool = running.contract, running.pool
    seats = price = total = drop = None
    if contract.auto_renew:
        seats = max(pool.in_use, contract.minimum_seats)
        price = _renewal_price(contract)
        total = net_minor(seats, price, Fraction(MONTHS_PER_TERM))
        drop = max(pool.purchased - seats, 0)
    return RenewalPreview(
        auto_renew=contract.auto_renew,
        on=running.term.ends_on,
        purchased=pool.purchased,
        in_use=pool.in_use,
        would_renew_at=seats,
        would_drop=drop,
        unit_price_minor=price,
        total_minor=total,
        currency=contract.currency,
    )


def _organizations_due(at: datetime) -> list[str]:
    due = SeatPool.select(SeatPool.organization_id).where(
        (SeatPool.state == PoolState.OPEN.value) & (SeatPool.term_ends_at <= at)
    )
    return list(due.order_by(SeatPool.organization_id).scalars())


@transaction
def _renew_once(organization_id: str, *, at: datetime) -> bool:
    """Close the current term if it is over, by opening the next or ending the contract.

    Returns whether it was over.
    """
    contract = unended_contract(organization_id, lock=True)
    pool = pools.pool_of(organization_id)
    if contract is None or pool.term_number is None or not is_over(pool, at):
        return False
    if contract.auto_renew:
        ended = Term(contract.starts_on, pool.term_number)
        _open_term_after(ended, contract, pool, at=at)
    else:
        end_now(_principal(organization_id), contract, ended_at=pool.term_ends_at, at=at)
    return True


def _open_term_after(ended: Term, contract: Contract, pool: SeatPool, *, at: datetime) -> None:
    organization = Organization.get_by_id(contract.organization_id)
    term = ended.next()
    _settle_pool(pool.organization_id, at=at)
    held_at_the_end = _held_since(pool.organization_id, pool.term_ends_at)
    seats = max(held_at_the_end.count(), contract.minimum_seats)
    contract.unit_price_minor = _renewal_price(contract)
    contract.renewal_unit_price_minor = None
    contract.save()
    cause = f"renewal:{contract.id}/{term.number}"
    open_term(contract, term, seats, Cause(ACTOR, cause), at=at)
    _keep_evidence(held_at_the_end, contract, term)
    line = priced_line(
        LineKind.RENEWAL,
        seats,
        contract.unit_price_minor,
        term.service_from(term.starts_on),
        organization.tax_rate_basis_points,
    )
    invoice = issuing.issue_invoice(
        contract, term.number, Order(cause, [line], organization.reverse_charge), at=at
    )
    before = {"term_number": ended.number, "purchased": pool.purchased}
    after = {"term_number": term.number, "purchased": seats, "invoice_id": invoice.id}
    change = Change("contract.renewed", contract.id, before, after)
    trail.record(_principal(contract.organization_id), change, at=at)


def _principal(organization_id: str) -> Principal:
    """Return who renews: nobody in particular, whoever's request it was that came first."""
    return Principal(organization_id, Role.OPERATOR, actor=ACTOR)


def _settle_pool(organization_id: str, *, at: datetime) -> None:
    """End what is held and keep everybody else from the pool, so that those who count stand still.

    Holds are locked before the pool, as everywhere.
    """
    holds.end_all(organization_id, at=at)
    locked(SeatPool.select().where(SeatPool.organization_id == organization_id)).get()


def _renewal_price(contract: Contract) -> int:
    agreed: int | None = contract.renewal_unit_price_minor
    return contract.unit_price_minor if agreed is None else agreed


def _held_since(organization_id: str, instant: datetime) -> "ModelSelect[SeatAssignment]":
    """Return the assignments that were open when the term ended, whatever was released since.

    Nobody takes a seat between a term's end and its renewal, so no assignment is younger.
    """
    return SeatAssignment.select().where(
        (SeatAssignment.organization_id == organization_id)
        & (SeatAssignment.released_at.is_null() | (SeatAssignment.released_at >= instant))
    )


def _keep_evidence(held: "ModelSelect[SeatAssignment]", contract: Contract, term: Term) -> None:
    """Keep who held a seat, for which the term's invoice answers."""
    holders = held.select(
        SeatAssignment.organization_id,
        Value(contract.id),
        Value(term.number),
        SeatAssignment.id,
        SeatAssignment.user_id,
    )
    RenewalHolder.insert_from(
        holders,
        [
            RenewalHolder.organization_id,
            RenewalHolder.contract_id,
            RenewalHolder.term_number,
            RenewalHolder.assignment_id,
            RenewalHolder.user_id,
        ],
    ).execute()
