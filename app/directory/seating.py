"""The one road to a seat, and what surrounds every use case that may take it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from app.access import Principal
from app.billing.renewals import instant_of, renews_first
from app.db import transaction
from app.directory import users
from app.directory.denials import close_denial, record_denial
from app.errors import SeatLimitReached
from app.identifiers import new_id
from app.models import User
from app.seats import ledger
from app.seats.ledger import Cause

P = ParamSpec("P")
R = TypeVar("R")


def set_active(principal: Principal, user: User, *, active: bool, at: datetime) -> None:
    """Store `user` as active or not, which takes a seat or frees it.

    There is no other road to a seat. The row is written first, so that a userName that is taken is
    reported before a seat that is missing, and the pool, for which everybody waits, is touched
    last. Call inside a transaction.

    Raises:
        UserNameTaken: another user has the userName.
        SeatRefusal: the user would take a seat and none is free.
    """
    takes, frees = active and not user.active, user.active and not active
    cause = Cause.of(principal)
    if takes:
        user.active, user.assignment_id = True, new_id("sea", at)
    elif frees:
        user.active, user.assignment_id = False, None
    users.write(user)
    if takes:
        ledger.assign(user, cause, at=at)
        close_denial(user.organization_id, user.user_name_key, "seated", at=at)
    elif frees:
        ledger.release(user, cause, at=at)


def takes_seats(
    use_case: Callable[Concatenate[Principal, P], R],
) -> Callable[Concatenate[Principal, P], R]:
    """Make a use case that may take a seat one transaction, with what belongs before and after it.

    A term that is over is renewed first, in a transaction of its own, and the use case run again. A
    refusal for want of a seat rolls everything back and is then recorded as a denial, in a
    transaction of its own.
    """
    renewed = renews_first(transaction(use_case))

    @wraps(use_case)
    def run(principal: Principal, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return renewed(principal, *args, **kwargs)
        except SeatLimitReached as refusal:
            refusal.facts["denial"] = record_denial(
                principal, refusal.user_name, at=instant_of(kwargs)
            )
            raise

    return run
