"""The one road to a seat, and what surrounds every use case that may take it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from app.access.principal import Principal, Role
from app.access.profiles import profile_of
from app.billing.contracts.renewals import instant_of, renews_first
from app.db.transactions import follow_up, transaction
from app.directory import resources, users
from app.directory.traces import traced_user
from app.errors import NotFound, SeatLimitReached, SeatRefusal
from app.identifiers import new_id
from app.models import Organization, User, Want
from app.people.refusing import record_refusal
from app.seats import holds, ledger, waiting, wants
from app.seats.pools import Cause
from app.seats.rules import TermOver
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
    principal: Principal,
    user: User,
    *,
    active: bool,
    because: Because = Because.DIRECTORY,
    at: datetime,
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
        user.active, user.assignment_id, user.inactive_because = True, new_id("sea", at), None
    elif frees:
        user.active, user.assignment_id, user.inactive_because = False, None, because.value
    users.write(user)
    renamed = _follow_name(user, at=at)
    if takes:
        _take_seat(principal, user, before, at=at)
    elif frees:
        offered = because is not Because.REASSIGNED
        if ledger.release(user, Cause.of(principal), at=at, offered=offered):
            seat_waiters_afterwards(user.organization_id, at=at)
    elif renamed and user.active:
        _withdraw(user, Closed.SEATED, at=at)


def _follow_name(user: User, *, at: datetime) -> bool:
    """Let what a user wants and what is held for them go along with a change of the name.

    Returns whether the name changed.
    """
    if user.renamed_from is None:
        return False
    former, user.renamed_from = user.renamed_from, None
    freed = holds.rename(user, former, waiting.OFFER, at=at)
    wants.rename(user, former, at=at)
    if freed and waiting.offer(user.organization_id, at=at):
        seat_waiters_afterwards(user.organization_id, at=at)
    return True


def _take_seat(principal: Principal, user: User, before: str | None, *, at: datetime) -> None:
    """Give a user who was stored as active their seat, or a place on the waiting list."""
    try:
        ledger.assign(user, Cause.of(principal), at=at)
    except SeatLimitReached as refusal:
        if not _parks(principal):
            if before == Because.REASSIGNED:
                refusal.remark = "An owner gave this person's seat to somebody else."
            raise
        _park(principal, user, at=at)
        return
    _withdraw(user, Closed.SEATED, at=at)


def _withdraw(user: User, because: Closed, *, at: datetime) -> Want | None:
    """End what a user wants, and return it; what was held for them goes to the next in line."""
    want, offered = waiting.withdraw(Person.of(user), because, at=at)
    if offered:
        seat_waiters_afterwards(user.organization_id, at=at)
    return want


def _parks(principal: Principal) -> bool:
    """Return whether people provisioned by the caller wait for a seat instead of being refused."""
    if principal.role is not Role.SCIM:
        return False
    organization = Organization.get_by_id(principal.organization_id)
    return bool(organization.when_full == "park")


def _park(principal: Principal, user: User, *, at: datetime) -> None:
    user.active, user.assignment_id = False, None
    user.inactive_because = Because.WAITING.value
    users.describe(principal, user, {**resources.stored_document(user), "active": False}, at=at)
    users.write(user)
    source = Source.of(principal)
    if source is not None:
        wants.park(user, source, at=at)


def stop_waiting(user: User, because: Closed, *, at: datetime) -> bool:
    """End what a user wants: the refusals, the place on the list, and the seat that is held.

    Returns whether they were on the list; they are merely inactive then. Call inside a transaction.
    """
    want = _withdraw(user, because, at=at)
    if want is None or want.parked_at is None:
        return False
    user.inactive_because = Because.DIRECTORY.value
    users.write(user)
    return True


def seat_waiters_afterwards(organization_id: str, *, at: datetime) -> None:
    """Give the seats that were just held to those who wait, once the transaction has committed."""
    follow_up(partial(seat_waiters, organization_id, at=at))


def seat_waiters(organization_id: str, *, at: datetime) -> int:
    """Give free seats to those who wait, first come, first served; return how many got one.

    Each is a transaction of its own, after the one that freed the seat.
    """
    principal = waiting_list_of(organization_id)
    offer_seats(organization_id, at=at)
    seated = 0
    while user_id := waiting.next_offered(organization_id):
        try:
            seat_waiter(principal, user_id, at=at)
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


@transaction
def seat_waiter(principal: Principal, user_id: str, *, at: datetime) -> None:
    """Activate one user who waits, unless another process did it since.

    Raises:
        SeatRefusal: the contract lets no seat be taken now.
        TermOver: the term is over and not yet renewed.
    """
    user = users.lock_user(principal.organization_id, user_id)
    if not waiting.waits(user):
        return
    with traced_user(principal, user, "user.seated", at=at):
        users.describe(principal, user, {**resources.stored_document(user), "active": True}, at=at)
        set_active(principal, user, active=True, at=at)


def waiting_list_of(organization_id: str) -> Principal:
    """Return the principal that acts when a seat comes free for the next in line."""
    organization = Organization.get_by_id(organization_id)
    profile = profile_of(organization.extensions, strict=organization.strict)
    return Principal(organization_id, Role.OPERATOR, actor="waiting list", profile=profile)


def takes_seats(
    use_case: Callable[Concatenate[Principal, P], R],
) -> Callable[Concatenate[Principal, P], R]:
    """Make a use case that may take a seat one transaction, with what belongs before and after it.

    A term that is over is renewed first, in a transaction of its own, and the use case run again. A
    refusal rolls everything back and is then recorded as a denial, in a transaction of its own.
    """
    renewed = renews_first(transaction(use_case))

    @wraps(use_case)
    def run(principal: Principal, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return renewed(principal, *args, **kwargs)
        except SeatRefusal as refusal:
            refusal.facts["denial"] = record_refusal(principal, refusal, at=instant_of(kwargs))
            raise

    return run
