"""The seat pool: one row for each organization, and the entries that its changes leave.

Every change of the pool is one guarded UPDATE of its row, which takes the next sequence number
under that row's lock, and one entry. Call these functions inside a transaction, after the contract,
the users and the groups that it locks, and before holds and wants: the pool's row is the one that
all of an organization's requests wait for.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from peewee import Expression, ModelSelect

from app.access.principal import Principal
from app.db.columns import instant_text
from app.db.compiled import Statement, compiled, through
from app.db.sql import greatest, locked
from app.db.transactions import assert_in_transaction
from app.errors import SeatLimitReached, SeatRefusal
from app.models import LedgerEntry, SeatPool
from app.seats.rules import EFFECTS, EntryKind, PoolState, SeatCounts
from app.seats.subscriptions import standing_of

T = TypeVar("T")

#: Which part of the free seats may be held for logins: a tenth.
LOGIN_SHARE = 10


@dataclass(frozen=True)
class Cause:
    """Why the pool changed, and who did it."""

    actor: str
    #: `scim`, `sso`, `operator`, or the record that stands behind it, such as `quote:quo_…`.
    reason: str

    @classmethod
    def of(cls, principal: Principal) -> "Cause":
        """Return the cause of what a principal does on its own surface."""
        return cls(principal.actor, principal.role.value)


@dataclass(frozen=True)
class NewEntry:
    """One entry to be: what happens to a pool, how many seats, the user's id, and why."""

    organization_id: str
    kind: EntryKind
    quantity: int
    cause: Cause
    user_id: str | None = None
    hold_id: str | None = None
    #: The contract's id and the number of the term that it is of, else of the pool's term.
    term: tuple[str, int] | None = None
    #: How many seats more, or fewer, are held for logins.
    held_for_login: int = 0


class Recorded(NamedTuple):
    """The number and instant that an entry got, the term it fell in, and the figures after it."""

    sequence: int
    at: datetime
    contract_id: str | None
    term_number: int | None
    purchased: int
    in_use: int
    held: int
    #: How many wants of a seat the organization has had so far.
    wants: int


def open_pool(organization_id: str, *, at: datetime) -> None:
    """Give a new organization its pool, empty until a contract is signed."""
    assert_in_transaction()
    SeatPool.insert(
        organization_id=organization_id,
        state=PoolState.UNSIGNED.value,
        purchased=0,
        in_use=0,
        ledger_sequence=0,
        ledger_at=at,
    ).execute()


def suspend(organization_id: str, *, at: datetime) -> bool:
    """Let the pool give no seat; return whether it gave some before. Call inside a transaction."""
    open_pool = SeatPool.belongs_to(organization_id) & SeatPool.suspended_at.is_null()
    return bool(SeatPool.update(suspended_at=at).where(open_pool).execute())


def resume(organization_id: str) -> bool:
    """End a suspension; return whether there was one. Call inside a transaction."""
    suspended = SeatPool.belongs_to(organization_id) & SeatPool.suspended_at.is_null(is_null=False)
    return bool(SeatPool.update(suspended_at=None).where(suspended).execute())


def pool_of(organization_id: str) -> SeatPool:
    """Return the pool's row as it is now."""
    return _there(organization_id, _pool.first(organization_id))


def _there(organization_id: str, found: T | None) -> T:
    if found is None:
        raise LookupError(f"organization {organization_id} has no pool")
    return found


@compiled
def _pool(organization_id: str) -> "ModelSelect[SeatPool]":
    return SeatPool.of(organization_id)


def counts_of(organization_id: str) -> SeatCounts:
    """Return the pool's figures."""
    pool = pool_of(organization_id)
    return SeatCounts(pool.purchased, pool.in_use)


def lock(organization_id: str) -> SeatPool:
    """Keep all others from the pool, and from holds, until the transaction ends; return its row.

    No want is opened or changes its name meanwhile.
    """
    assert_in_transaction()
    return _there(organization_id, _locked_pool.first(organization_id))


@compiled
def _locked_pool(organization_id: str) -> "ModelSelect[SeatPool]":
    return locked(_pool.build(organization_id))


class Guard(StrEnum):
    """On which condition a pool changes. Each holds what the one before it does."""

    #: It changes in any case.
    NONE = "none"
    #: A seat may be taken, if there is one.
    MAY_TAKE = "may take"
    #: A seat is free, and may be taken.
    FREE = "free"
    #: One more seat may be held for a login.
    FREE_FOR_LOGIN = "free for login"

    def of(self, at: datetime) -> list[Expression]:
        """Return the conditions on the pool's row."""
        conditions = [
            SeatPool.state == PoolState.OPEN.value,
            SeatPool.suspended_at.is_null(),
            SeatPool.term_starts_at <= at,
            SeatPool.term_ends_at > at,
            SeatPool.in_use < SeatPool.purchased,
            _may_hold_for_login(),
        ]
        return conditions[: _CONDITIONS[self]]


#: How many of the conditions each guard has.
_CONDITIONS = {Guard.NONE: 0, Guard.MAY_TAKE: 4, Guard.FREE: 5, Guard.FREE_FOR_LOGIN: 6}


def _may_hold_for_login() -> Expression:
    """Return the condition on a pool that one more seat may be held for a login.

    A visitor of the login page may be a stranger. So logins together hold at most a tenth of the
    seats that would be free without their holds, and one in any case.
    """
    free = SeatPool.purchased - SeatPool.in_use + SeatPool.held_for_login
    return SeatPool.held_for_login < greatest(1, free / LOGIN_SHARE)


def next_arrival(organization_id: str) -> int:
    """Return the number of the next who comes to want a seat, and lock the pool.

    Call inside a transaction.
    """
    assert_in_transaction()
    rows = (
        SeatPool.update(want_sequence=SeatPool.want_sequence + 1)
        .where(SeatPool.belongs_to(organization_id))
        .returning(SeatPool.want_sequence)
        .tuples()
        .execute()
    )
    ((sequence,),) = rows
    return int(sequence)


def why_refused(organization_id: str, at: datetime) -> SeatRefusal:
    """Return why the guard refused.

    Between the guard and this look a seat may have been released; the guard's word stands all the
    same.

    Raises:
        TermOver: the term is over and not yet renewed.
    """
    standing = standing_of(organization_id)
    purchased = standing.counts.purchased
    return standing.refusal(at) or SeatLimitReached(purchased=purchased, in_use=purchased)


def record(change: NewEntry, *, at: datetime, **bounds: object) -> Recorded:
    """Change a pool and append the entry that says so.

    `bounds` are further columns of the pool that the change sets.
    """
    return _there(change.organization_id, record_if(Guard.NONE, change, at=at, **bounds))


def record_if(guard: Guard, change: NewEntry, *, at: datetime, **bounds: object) -> Recorded | None:
    """Change a pool and append the entry, if the guard holds of the pool's row.

    Returns None where it does not.
    """
    recorded = _change(guard, change, bounds, at=at)
    if recorded is None:
        return None
    contract_id, term_number = change.term or (recorded.contract_id, recorded.term_number)
    LedgerEntry.add(
        organization_id=change.organization_id,
        sequence=recorded.sequence,
        kind=change.kind.value,
        quantity=change.quantity,
        user_id=change.user_id,
        hold_id=change.hold_id,
        at=recorded.at,
        actor=change.cause.actor,
        cause=change.cause.reason,
        contract_id=contract_id,
        term_number=term_number,
        purchased_after=recorded.purchased,
        in_use_after=recorded.in_use,
        held_after=recorded.held,
    )
    return recorded


def _change(
    guard: Guard, change: NewEntry, bounds: dict[str, object], *, at: datetime
) -> Recorded | None:
    assert_in_transaction()
    purchased, in_use, held = EFFECTS[change.kind]
    row = _changing(guard, tuple(bounds)).first(
        change.organization_id,
        at,
        purchased * change.quantity,
        in_use * change.quantity,
        held * change.quantity,
        change.held_for_login,
        *bounds.values(),
    )
    return None if row is None else Recorded(*row)


#: The columns of a pool that a change adds to.
_COUNTED = ("purchased", "in_use", "held", "held_for_login")


@lru_cache(maxsize=16)
def _changing(guard: Guard, bounds: tuple[str, ...]) -> Statement[..., Any]:
    """Return the one UPDATE that changes a pool where a guard holds, and sets further columns."""

    def build(organization_id: str, at: datetime, **given: object) -> Any:
        counted = {name: getattr(SeatPool, name) + given.pop(name) for name in _COUNTED}
        return (
            SeatPool.update(
                **counted,
                ledger_sequence=SeatPool.ledger_sequence + 1,
                ledger_at=greatest(SeatPool.ledger_at, through(instant_text, at)),
                **given,
            )
            .where(SeatPool.belongs_to(organization_id), *guard.of(at))
            .returning(
                SeatPool.ledger_sequence,
                SeatPool.ledger_at,
                SeatPool.contract_id,
                SeatPool.term_number,
                SeatPool.purchased,
                SeatPool.in_use,
                SeatPool.held,
                SeatPool.want_sequence,
            )
            .tuples()
        )

    return Statement(build, names=("organization_id", "at", *_COUNTED, *bounds))
