"""What keeps two use cases apart, each with what takes it away: so that its schedule is found.

A row lock is taken out of the statements that have it. A unique index is dropped. A guarded UPDATE
becomes a look and an UPDATE without a condition, and a retry happens no more.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from unittest.mock import patch

import psycopg

from app.access import idempotency
from app.access.context import KeptAnswer
from app.billing.invoices import numbering
from app.db import transactions
from app.db.sql import locked
from app.models import Hold, IdempotencyKey, InvoiceSeries
from app.people import provisioning
from app.people.sign_in import Decision, LoginReason
from app.seats import gate, holds, pools
from app.seats.pools import Guard as Condition

Remove = Callable[[psycopg.Connection], AbstractContextManager[object]]
Rewrite = Callable[[str], str]


@dataclass(frozen=True)
class Guard:
    """A guard: what it is, what removes it, and the pair and stage whose schedule needs it."""

    name: str
    stage: str = ""
    pair: tuple[str, str] = ("", "")
    removed: Remove = lambda _: nullcontext()
    rewrite: Rewrite = str


NONE = Guard("all guards in place")


def _unlocked(*tables: str, strength: str = "FOR ") -> Rewrite:
    """Take a lock out of the queries that read these tables first."""

    def rewrite(statement: str) -> str:
        first = statement.partition('FROM "')[2].partition('"')[0]
        if statement.startswith("SELECT") and first in tables and f" {strength}" in statement:
            return statement[: statement.rindex(f" {strength}")]
        return statement

    return rewrite


def _weakened(table: str) -> Rewrite:
    """Let a lock of a table's rows keep out those who change them, and no others."""

    def rewrite(statement: str) -> str:
        if f'FROM "{table}"' in statement:
            return statement.replace(" FOR UPDATE", " FOR NO KEY UPDATE")
        return statement

    return rewrite


def _without(*names: str) -> Remove:
    """Drop constraints or indexes, and make them again once the stage is as it was."""

    @contextmanager
    def removed(watcher: psycopg.Connection) -> Iterator[None]:
        changes = [_definition(watcher, name) for name in names]
        for drop, _ in changes:
            watcher.execute(drop)
        yield
        for _, create in changes:
            watcher.execute(create)

    return removed


def _definition(watcher: psycopg.Connection, name: str) -> tuple[str, str]:
    """Return what drops a constraint or an index, and what makes it again."""
    row = watcher.execute(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conname = %s",
        (name,),
    ).fetchone()
    if row is not None:
        table, definition = row
        drop = f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'
        return drop, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
    [index] = watcher.execute("SELECT pg_get_indexdef(%s::regclass)", (name,)).fetchall()
    return f'DROP INDEX "{name}"', index[0]


def _look_before_taking(watcher: psycopg.Connection) -> AbstractContextManager[object]:
    """Look whether a seat is free, and take it then without a condition."""

    def looking(guard, change, *, at, **bounds):
        pool = pools.pool_of(change.organization_id)
        if guard is not Condition.NONE and pool.in_use >= pool.purchased:
            return None
        return record_if(Condition.NONE, change, at=at, **bounds)

    record_if = pools.record_if
    return _both(
        _without("seat_pool_in_use_within_purchased")(watcher),
        patch.multiple(gate, record_if=looking),
        patch.multiple(holds, record_if=looking),
    )


def _look_before_counting(_: psycopg.Connection) -> AbstractContextManager[object]:
    """Look which number was the last, and write down that the next one is."""

    def look(series, today):
        last = InvoiceSeries.get_or_none(
            (InvoiceSeries.series == series) & (InvoiceSeries.year == today.year)
        )
        if last is not None:
            last.counter += 1
            last.save()
        return last

    return patch.object(numbering, "_count_on", look)


def _look_before_claiming(watcher: psycopg.Connection) -> AbstractContextManager[object]:
    """Look whether a key came before, and keep it then, whether or not another did meanwhile."""

    def looking(context, key):
        earlier = IdempotencyKey.get_or_none(idempotency._is(context, key))
        if earlier is None:
            return claim(context, key)
        raise idempotency.Replayed(KeptAnswer(earlier.status, json.loads(earlier.answer)))

    claim = idempotency._claim
    return _both(
        _without("idempotency_key_pkey")(watcher), patch.object(idempotency, "_claim", looking)
    )


def _no_second_try(_: psycopg.Connection) -> AbstractContextManager[object]:
    """Let a rename that meets a login of its name end in a conflict."""
    return patch.object(provisioning.patch_user, "again_after", ())


def _no_second_decision(_: psycopg.Connection) -> AbstractContextManager[object]:
    """Let a login that meets its person's creation end without looking again."""
    from app.people import sign_in

    def claim(context, login):
        try:
            return original(context, login)
        except sign_in.UserNameTaken:
            return Decision(LoginReason.NO_SEAT)

    original = sign_in._claim
    return patch.object(sign_in, "_claim", claim)


def _holds_before_the_pool(_: psycopg.Connection) -> AbstractContextManager[object]:
    """Lock a person's hold before the pool, which is locked first by whoever offers seats."""

    def find(organization_id, user_name_key):
        return locked(Hold.select().where(holds.is_live(organization_id, user_name_key))).first()

    return patch.object(holds, "_still", find)


def _no_retry(watcher: psycopg.Connection) -> AbstractContextManager[object]:
    """Let a transaction that loses a deadlock fail, where there are any."""
    return _both(
        _holds_before_the_pool(watcher),
        patch.object(transactions, "is_lost_conflict", lambda _error: False),
    )


@contextmanager
def _both(*managers: AbstractContextManager[object]) -> Iterator[None]:
    with managers[0]:
        if managers[1:]:
            with _both(*managers[1:]):
                yield
        else:
            yield


GUARDS = (
    Guard(
        "the gate's guarded UPDATE",
        "an_end_of_term",
        ("create zoe before", "create yan before"),
        removed=_look_before_taking,
    ),
    Guard(
        "the lock of a user",
        "a_last_seat",
        ("deactivate ann", "delete ann"),
        rewrite=_unlocked("scim_user", strength="FOR NO KEY UPDATE"),
    ),
    Guard(
        "the lock of a user who becomes a member",
        "a_last_seat",
        ("add bob and ann to the team", "delete bob"),
        rewrite=_unlocked("scim_user", strength="FOR KEY SHARE"),
    ),
    Guard(
        "the strength of the lock of a user who is deleted",
        "a_last_seat",
        ("add bob and ann to the team", "delete bob"),
        rewrite=_weakened("scim_user"),
    ),
    Guard(
        "the lock of a group",
        "a_last_seat",
        ("rename the team", "give the team an id"),
        rewrite=_unlocked("scim_group"),
    ),
    Guard(
        "the lock of the pool where a hold is found",
        "a_last_seat",
        ("create zoe", "end due holds"),
        rewrite=_unlocked("seat_pool"),
    ),
    Guard(
        "the lock of the contract",
        "a_last_seat",
        ("buy one", "buy two"),
        rewrite=_unlocked("contract"),
    ),
    Guard(
        "the lock of the pool at a renewal",
        "an_end_of_term",
        ("renew", "log zoe in before"),
        rewrite=_unlocked("seat_pool"),
    ),
    Guard(
        "the lock of the pool at a take-over",
        "a_successor",
        ("renew", "log zoe in before"),
        rewrite=_unlocked("seat_pool"),
    ),
    Guard(
        "the unique userName",
        "a_last_seat",
        ("create zoe", "log zoe in"),
        removed=_without("scim_user_name"),
    ),
    Guard(
        "the unique idempotency key",
        "a_last_seat",
        ("quote under a key", "quote under a key"),
        removed=_look_before_claiming,
    ),
    Guard(
        "the invoice counter's row",
        "a_last_seat",
        ("buy one", "another customer buys"),
        removed=_look_before_counting,
    ),
    Guard(
        "the second try of a rename",
        "a_last_seat",
        ("rename ann to zoe", "log zoe in"),
        removed=_no_second_try,
    ),
    Guard(
        "the second look of a login",
        "a_last_seat",
        ("log zoe in", "create zoe"),
        removed=_no_second_decision,
    ),
    Guard(
        "the order of locks, the pool before holds",
        "a_reservation",
        ("buy one", "create zoe"),
        removed=_holds_before_the_pool,
    ),
    Guard(
        "the retry of a transaction that lost a deadlock",
        "a_reservation",
        ("buy one", "create zoe"),
        removed=_no_retry,
    ),
)
