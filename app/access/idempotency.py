"""Requests that may be sent twice and happen once, by their `Idempotency-Key`.

The key is inserted first in the use case's own transaction: a repetition that comes while the first
is at work waits for it, and then gets its answer. A refusal or a crash leaves no key behind, so the
request can be sent again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from peewee import Expression

from app.access.context import Context, KeptAnswer, Key
from app.db.transactions import assert_in_transaction
from app.errors import IdempotencyKeyReused
from app.models import IdempotencyKey
from app.models.sweeping import delete_until

P = ParamSpec("P")
R = TypeVar("R")

#: How long an answer is kept.
KEPT_FOR = timedelta(hours=24)


class Replayed(Exception):
    """The request was answered before; this is that answer."""

    def __init__(self, answer: KeptAnswer) -> None:
        """Carry the answer to the caller that asked again."""
        super().__init__("answered before")
        self.answer = answer


def once_only(
    work: Callable[Concatenate[Context, P], R], context: Context, *args: P.args, **kwargs: P.kwargs
) -> R:
    """Do `work` once for the key of the context, which has one. Call inside a transaction.

    Raises:
        Replayed: the key came before with the same request.
        IdempotencyKeyReused: the key came before with another request.
    """
    key = context.key
    if key is None:
        raise LookupError("the context has no key")
    _claim(context, key)
    result = work(context, *args, **kwargs)
    key.answer = key.render(result)
    _keep(context, key, key.answer)
    return result


def purge_answers(*, at: datetime) -> None:
    """Delete the answers that are past their time; they may hold names of people."""
    delete_until(IdempotencyKey.created_at, at - KEPT_FOR)


def _is_past(at: datetime) -> Expression:
    past: Expression = IdempotencyKey.created_at <= at - KEPT_FOR
    return past


def _claim(context: Context, key: Key) -> None:
    assert_in_transaction()
    this_key = _is(context, key)
    IdempotencyKey.delete().where(this_key & _is_past(context.at)).execute()
    claimed = (
        IdempotencyKey.insert(
            organization_id=context.organization_id,
            route=key.route,
            key=key.key,
            request_hash=_hash(key.request),
            created_at=context.at,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if claimed:
        return
    earlier = IdempotencyKey.get(this_key)
    if earlier.request_hash != _hash(key.request):
        raise IdempotencyKeyReused(
            "This Idempotency-Key came before with another request. "
            "Use a new key for a new request."
        )
    if earlier.status is None or earlier.answer is None:
        raise LookupError(f"the key {key.key} was committed without its answer")
    raise Replayed(KeptAnswer(earlier.status, json.loads(earlier.answer)))


def _keep(context: Context, key: Key, answer: KeptAnswer) -> None:
    IdempotencyKey.update(status=answer.status, answer=json.dumps(answer.body)).where(
        _is(context, key)
    ).execute()


def _is(context: Context, key: Key) -> Expression:
    return (
        IdempotencyKey.belongs_to(context.organization_id)
        & (IdempotencyKey.route == key.route)
        & (IdempotencyKey.key == key.key)
    )


def _hash(request: object) -> str:
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
