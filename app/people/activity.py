"""A person's activity: the one road to a seat, and the only writer of what hangs on it.

Whether a user is `active`, in the row and in the document, the reason why not, the assignment, the
place on the waiting list and the seat that is held for a person change here and nowhere else.
`store_user` does it: the new document says what shall be, and `app.seats.gate` takes or frees the
seat.
"""

from datetime import datetime
from enum import StrEnum

from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import Principal, Role
from app.access.profiles import profile_of
from app.db.transactions import transaction
from app.directory import resources, users
from app.directory.audit_facts import traced_user
from app.errors import NotFound, SeatLimitReached, SeatRefusal, TermOver
from app.identifiers import new_id
from app.models import Organization, User
from app.owners import leaving
from app.seats import gate, holds, pools, waiting, wants
from app.seats.pools import Cause
from app.seats.want_sources import Source
from app.seats.wants import Closed, Person
from scim.attributes import Document


class InactiveReason(StrEnum):
    """Why an inactive user is so."""

    DIRECTORY = "directory"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    WAITING = "waiting"


def store_user(
    context: Context,
    user: User,
    document: Document,
    *,
    reason: InactiveReason = InactiveReason.DIRECTORY,
    withdrawn: Closed | None = None,
) -> None:
    """Store a user with a new document, and take or free the seat as its `active` says.

    There is no other road to a seat. The row is written first, so that a userName that is taken is
    reported before a seat that is missing, and the pool, for which everybody waits, is touched
    last. A document that is the same leaves version and lastModified alone.

    `reason` says why a user becomes inactive. `withdrawn` is given where the request wants no seat
    for the person, and says how what they wanted ends. Call inside a transaction.

    Raises:
        UserNameTaken: another user has the userName.
        SeatRefusal: the user would take a seat and none is free.
    """
    before = user.inactive_because
    takes, frees = _write_row(context, user, document, reason)
    renamed = _follow_name(user, at=context.at)
    if frees:
        leaving.shut_out(context, user)
    if takes:
        try:
            gate.take_seat(user, Cause.of(context), at=context.at)
        except SeatLimitReached as refusal:
            _park(context, user, refusal, before)
    elif frees:
        offered = reason is not InactiveReason.REASSIGNED
        gate.free_seat(user, Cause.of(context), at=context.at, offered=offered)
    if withdrawn is not None:
        stop_waiting(user, withdrawn, at=context.at)
    elif user.active and (takes or renamed):
        waiting.withdraw(Person.of(user), Closed.SEATED, at=context.at)


def _write_row(
    context: Context, user: User, document: Document, reason: InactiveReason
) -> tuple[bool, bool]:
    """Write a user's row, and return whether the user becomes active, and whether inactive."""
    active = document.get("active") is True
    takes, frees = active and not user.active, user.active and not active
    if document != resources.stored_document(user):
        users.set_document(context, user, document)
    if takes or frees:
        _turn(user, None if takes else reason, at=context.at)
    if user.is_changed:
        users.write(user)
    return takes, frees


def _turn(user: User, reason: InactiveReason | None, *, at: datetime) -> None:
    """Make a user inactive for a reason, or active under the id of a new assignment."""
    user.active = reason is None
    user.assignment_id = new_id("sea", at) if reason is None else None
    user.inactive_because = None if reason is None else reason.value


def _follow_name(user: User, *, at: datetime) -> bool:
    """Let what a user wants and what is held for them go along with a change of the name.

    Returns whether the name changed.
    """
    if user.renamed_from is None:
        return False
    former, user.renamed_from = user.renamed_from, None
    pools.lock(user.organization_id)
    freed = holds.rename(user, former, waiting.OFFER, at=at)
    wants.rename(user, former, at=at)
    if freed:
        waiting.offer(user.organization_id, at=at)
    return True


def _park(context: Context, user: User, refusal: SeatLimitReached, before: str | None) -> None:
    """Let a user wait for a seat, where the organization lets its people wait.

    Raises:
        SeatLimitReached: it does not.
    """
    if not _parks(context):
        if before == InactiveReason.REASSIGNED:
            refusal.remark = "An owner gave this person's seat to somebody else."
        raise refusal
    _turn(user, InactiveReason.WAITING, at=context.at)
    users.set_document(context, user, {**resources.stored_document(user), "active": False})
    users.write(user)
    source = Source.of(context)
    if source is not None:
        wants.park(user, source, at=context.at)
        # A seat may have come free since the refusal, before there was anybody to offer it to.
        waiting.offer(user.organization_id, at=context.at)


def _parks(context: Context) -> bool:
    """Return whether people provisioned by the caller wait for a seat instead of being refused."""
    if context.role is not Role.SCIM:
        return False
    organization = Organization.get_by_id(context.organization_id)
    return bool(organization.when_full == "park")


def stop_waiting(user: User, because: Closed, *, at: datetime) -> bool:
    """End what a user wants: the refusals, the place on the list, and the seat that is held.

    Returns whether they were on the list; they are merely inactive then. Call inside a transaction.
    """
    want = waiting.withdraw(Person.of(user), because, at=at)
    if want is None or want.parked_at is None:
        return False
    user.inactive_because = InactiveReason.DIRECTORY.value
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
        store_user(context, user, {**resources.stored_document(user), "active": True})


def waiting_list_of(organization_id: str) -> Principal:
    """Return the principal that acts when a seat comes free for the next in line."""
    organization = Organization.get_by_id(organization_id)
    profile = profile_of(organization)
    return Principal(organization_id, Role.OPERATOR, actor="waiting list", profile=profile)
