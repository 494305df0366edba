"""How often one may try to sign in: counted in the database, so that it holds over processes.

A network address is counted by its hash, and no longer than it counts.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from app.db.sql import lock_name
from app.db.transactions import assert_in_transaction, transaction
from app.identifiers import new_id
from app.limits.refusals import Quota
from app.limits.sources import network_of
from app.models import Owner, SignInAttempt
from app.models.sweeping import delete_until
from app.owners.refusals import TooManyAttempts
from scim.folding import fold


class Attempt(StrEnum):
    """What is tried."""

    #: To be sent a link.
    LINK = "link"
    #: To sign in, in any way.
    SIGN_IN = "sign_in"


@dataclass(frozen=True)
class Limit:
    """At most so many attempts within a time."""

    attempts: int
    within: timedelta


#: A whole company may come from one network address.
PER_SOURCE = {
    Attempt.LINK: Limit(30, timedelta(hours=1)),
    Attempt.SIGN_IN: Limit(60, timedelta(minutes=15)),
}
PER_OWNER = {
    Attempt.LINK: Limit(3, timedelta(hours=1)),
    Attempt.SIGN_IN: Limit(10, timedelta(hours=1)),
}

_LONGEST = max(limit.within for limit in (*PER_SOURCE.values(), *PER_OWNER.values()))


@transaction
def count_from(source: str, attempt: Attempt, *, at: datetime) -> None:
    """Count an attempt from a network address.

    Raises:
        TooManyAttempts: there were as many as are allowed.
    """
    limit = PER_SOURCE[attempt]
    wait = _count(_hash(f"source:{network_of(source)}"), attempt, limit, at=at)
    if wait is not None:
        raise TooManyAttempts(
            "There were too many attempts from your network. "
            f"Try again in {max(1, ceil(wait / timedelta(minutes=1)))} minutes.",
            retry_after_seconds=max(1, ceil(wait.total_seconds())),
            quota=Quota(attempt, limit.attempts, int(limit.within.total_seconds())),
        )


def is_within_limit(owner: Owner, attempt: Attempt, *, at: datetime) -> bool:
    """Count an attempt for an owner, and return whether it is still allowed.

    Call inside a transaction.
    """
    subject = _hash(f"owner:{owner.organization_id}:{owner.id}")
    return _count(subject, attempt, PER_OWNER[attempt], at=at) is None


def feign(address: str, attempt: Attempt, *, at: datetime) -> None:
    """Do for an address that no owner has as many statements as for an owner's.

    An owner's attempt is counted, and what it leads to is written. So the time that an answer takes
    gives no owner away. Call inside a transaction.
    """
    key = fold(address.strip())
    if _count(_hash(f"address:{key}"), attempt, PER_OWNER[attempt], at=at) is None:
        _note(_hash(f"nothing:{key}"), attempt, at=at)


def purge_attempts(*, at: datetime) -> None:
    """Delete the attempts that count no longer."""
    delete_until(SignInAttempt.at, at - _LONGEST)


def _count(subject: str, attempt: Attempt, limit: Limit, *, at: datetime) -> timedelta | None:
    """Count an attempt, or return how long to wait where there were as many as are allowed."""
    assert_in_transaction()
    lock_name(f"{attempt}:{subject}")
    recent = (
        SignInAttempt.select(SignInAttempt.at)
        .where(
            (SignInAttempt.subject == subject)
            & (SignInAttempt.kind == attempt.value)
            & (SignInAttempt.at > at - limit.within)
        )
        .order_by(SignInAttempt.at.desc())
        .limit(limit.attempts)
    )
    instants: list[datetime] = [row.at for row in recent]
    if len(instants) == limit.attempts:
        return instants[-1] + limit.within - at
    _note(subject, attempt, at=at)
    return None


def _note(subject: str, attempt: Attempt, *, at: datetime) -> None:
    SignInAttempt.insert(subject=subject, id=new_id("att", at), kind=attempt.value, at=at).execute()


def _hash(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()
