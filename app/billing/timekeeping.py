"""Whether the clock may be trusted with money: a jump of it stops renewals and invoices.

A process judges its clock while it runs (`app.clock.Watch`), and what it finds is kept in the
database, for all processes, until the operator accepts it. Seats are given and freed meanwhile.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from peewee import ModelSelect, fn

from app.clock import JUMP, Watch, is_jump
from app.db.compiled import compiled
from app.db.connections import database, on_postgresql
from app.db.transactions import transaction
from app.errors import ClockJumped, NothingToChange
from app.identifiers import new_id
from app.models import ClockJump, ClockSeen, Seller

log = logging.getLogger(__name__)


def check_clock() -> None:
    """Refuse to renew or issue anything while a jump of the clock is not accepted.

    Raises:
        ClockJumped: one is open.
    """
    if open_jump() is not None:
        raise _jumped()


def trusted_seller() -> Seller:
    """Return the seller, by whose day invoices are dated, where the clock may be trusted.

    Raises:
        ClockJumped: a jump of it is open.
    """
    row: Any = _seller_with_jumps.first()
    if row.open_jumps:
        raise _jumped()
    seller: Seller = row
    return seller


@compiled
def _seller_with_jumps() -> "ModelSelect[Seller]":
    open_one = ClockJump.accepted_at.is_null()
    jumps = ClockJump.select(fn.COUNT(ClockJump.id)).where(open_one)
    return Seller.select(Seller, jumps.alias("open_jumps"))


def _jumped() -> ClockJumped:
    return ClockJumped(
        "The clock of a server jumped, so nothing is renewed or invoiced. "
        "Set it right, then run `seatgate clock accept`."
    )


def open_jump() -> ClockJump | None:
    """Return the jump that is not accepted yet, or None."""
    jump: ClockJump | None = ClockJump.get_or_none(ClockJump.accepted_at.is_null())
    return jump


def look(watch: Watch) -> ClockJump | None:
    """Judge this process's clock, keep what is found for every process, and return what is open."""
    ahead = watch.ahead() or _ahead_of_server(watch)
    if ahead is None:
        return open_jump()
    if _was_accepted(ahead, watch):
        watch.start_again(tolerated=_ahead_of_server(watch))
        return open_jump()
    return open_jump() or _note(ahead, at=watch.now())


@transaction
def accept(*, at: datetime) -> ClockJump:
    """Trust the clock as it is now, and return the jump that is over with that.

    Raises:
        NothingToChange: the clock did not jump.
    """
    jump = open_jump()
    if jump is None:
        raise NothingToChange("The clock did not jump, so there is nothing to accept.")
    jump.accepted_at = at
    jump.save()
    return jump


@transaction
def note_seen(*, at: datetime) -> timedelta | None:
    """Keep that a server looked at the clock, and return how long none had, if ever one did."""
    seen: ClockSeen | None = ClockSeen.get_or_none()
    away = None if seen is None else at - seen.seen_at
    ClockSeen.insert(id="clock", seen_at=at).on_conflict(
        conflict_target=[ClockSeen.id], update={ClockSeen.seen_at: at}
    ).execute()
    return away


def say_how_long_away(*, at: datetime) -> None:
    """Log how long no server ran, when one starts; there is nothing to compare its clock with."""
    away = note_seen(at=at)
    if away is not None and is_jump(away):
        log.warning("No server ran for %s; it goes on at %s.", away, at.isoformat())


@transaction
def _note(ahead: timedelta, *, at: datetime) -> ClockJump | None:
    seconds = round(ahead.total_seconds())
    jump: ClockJump = ClockJump.create(id=new_id("jmp", at), noticed_at=at, ahead_seconds=seconds)
    log.error("The clock jumped by %s seconds: nothing is renewed or invoiced.", seconds)
    return jump


def _was_accepted(ahead: timedelta, watch: Watch) -> bool:
    """Return whether a jump of this size was accepted since the process began to watch."""
    accepted = ClockJump.select().where(ClockJump.accepted_at.is_null(is_null=False))
    return any(
        not is_jump(ahead - timedelta(seconds=jump.ahead_seconds))
        and max(jump.accepted_at, jump.accepted_at - ahead) + JUMP >= watch.started_at
        for jump in accepted.order_by(ClockJump.accepted_at.desc()).limit(10)
    )


def _ahead_of_server(watch: Watch) -> timedelta | None:
    """Return how far this clock is from the database server's, if that is too far."""
    if not (watch.judges and on_postgresql()):
        return None
    (server,) = database.execute_sql("SELECT now()").fetchone()
    ahead = watch.now() - server
    return ahead if is_jump(ahead - watch.tolerated) else None
