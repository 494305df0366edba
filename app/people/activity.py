"""The one road to a seat, and what surrounds every use case that may take it."""

from datetime import datetime
from enum import StrEnum
from typing import ParamSpec, TypeVar

from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import Principal, Role
from app.access.profiles import profile_of
from app.db.transactions import transaction
from app.directory import resources, users
from app.directory.traces import traced_user
from app.errors import NotFound, SeatLimitReached, SeatRefusal, TermOver
from app.identifiers import new_id
from app.models import Organization, User
from app.owners import leaving
from app.seats import holds, ledger, waiting, wants
from app.seats.pools import Cause
from app.seats.want_sources import Source
from app.seats.wants import Closed, Person

P = ParamSpec("P")
R = TypeVar("R")


class Because(StrEnum):
    """Why an inactive user is so."""

    DIRECTORY = "directory"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    WAITING = "waiting"


def set_active(
    context: Context, user: User, *, active: bool, because: Because = Because.DIRECTORY
) -> None:
    """Store `user` as active or not, which takes a seat or frees it.

    There is no other road to a seat. The row is written first, so that a userName that is taken is
    reported before a seat that is missing, and the pool, for which everybody waits, is touched
    last. `because` says why a user becomes inactive. Call inside a transaction.

    Raises:
        UserNameTaken: another user has the userName.
        SeatRefusal: the user would take a seat and none is free.
    """
    takes, frees = active and not user.active, user.active and not active
    before = user.inactive_because
    if takes:
        user.active, user.assignment_id, user.inactive_because = (
            True,
            new_id("sea", context.at),
            None,
        )
    elif frees:
        user.active, user.assignment_id, user.inactive_because = False, None, because.value
    users.write(user)
    renamed = _follow_name(user, at=context.at)
    if frees:
        leaving.shut_out(context, user)
    if takes:
        _take_seat(context, user, before)
    elif frees:
        offered = because is not Because.REASSIGNED
        ledger.release(user, Cause.of(context), at=context.at, offered=offered)
    elif renamed and user.active:
        waiting.withdraw(Person.of(user), Closed.SEATED, at=context.at)


def _follow_name(user: User, *, at: datetime) -> bool:
    """Let what a user wants and what is held for them go along with a change of the name.

    Returns whether the name changed.
    """
    if user.renamed_from is None:
        return False
    former, user.renamed_from = user.renamed_from, None
    freed = holds.rename(user, former, waiting.OFFER, at=at)
    wants.rename(user, former, at=at)
    if freed:
        waiting.offer(user.organization_id, at=at)
    return True


def _take_seat(context: Context, user: User, before: str | None) -> None:
    """Give a user who was stored as active their seat, or a place on the waiting list."""
    try:
        ledger.assign(user, Cause.of(context), at=context.at)
    except SeatLimitReached as refusal:
        if not _parks(context):
            if before == Because.REASSIGNED:
                refusal.remark = "An owner gave this person's seat to somebody else."
            raise
        _park(context, user)
        return
    waiting.withdraw(Person.of(user), Closed.SEATED, at=context.at)


def _parks(context: Context) -> bool:
    """Return whether people provisioned by the caller wait for a seat instead of being refused."""
    if context.role is not Role.SCIM:
        return False
    organization = Organization.get_by_id(context.organization_id)
    return bool(organization.when_full == "park")


def _park(context: Context, user: User) -> None:
    user.active, user.assignment_id = False, None
    user.inactive_because = Because.WAITING.value
    users.describe(context, user, {**resources.stored_document(user), "active": False})
    users.write(user)
    source = Source.of(context)
    if source is not None:
        wants.park(user, source, at=context.at)


def stop_waiting(user: User, because: Closed, *, at: datetime) -> bool:
    """End what a user wants: the refusals, the place on the list, and the seat that is held.

    Returns whether they were on the list; they are merely inactive then. Call inside a transaction.
    """
    want = waiting.withdraw(Person.of(user), because, at=at)
    if want is None or want.parked_at is None:
        return False
    user.inactive_because = Because.DIRECTORY.value
    users.write(user)
    return True


def seat_waiters(organization_id: str, *, at: datetime) -> int:
    """Give free seats to those who wait, first come, first served; return how many got one.

    Each is a transaction of its own, after the one that freed the seat.
    """
    principal = waiting_list_of(organization_id)
    offer_seats(organization_id, at=at)
    seated = 0
    while user_id := waiting.next_offered(organization_id):
        try:
            seat_waiter(acting(principal, at=at), user_id)
        except (SeatRefusal, TermOver):
            break
        except NotFound:  # deleted since, and off the list with that
            continue
        seated += 1
    return seated


@transaction
def offer_seats(organization_id: str, *, at: datetime) -> None:
    """Hold what seats are free for those who wait.

    A seat that comes free is held for them at once, except while no seat may be taken, as in a
    suspension.
    """
    waiting.offer(organization_id, at=at)


@use_case()
def seat_waiter(context: Context, user_id: str) -> None:
    """Activate one user who waits, unless another process did it since.

    Raises:
        SeatRefusal: the contract lets no seat be taken now.
        TermOver: the term is over and not yet renewed.
    """
    user = users.lock_user(context.organization_id, user_id)
    if not waiting.waits(user):
        return
    with traced_user(context, user, "user.seated"):
        users.describe(context, user, {**resources.stored_document(user), "active": True})
        set_active(context, user, active=True)


def waiting_list_of(organization_id: str) -> Principal:
    """Return the principal that acts when a seat comes free for the next in line."""
    organization = Organization.get_by_id(organization_id)
    profile = profile_of(organization)
    return Principal(organization_id, Role.OPERATOR, actor="waiting list", profile=profile)
