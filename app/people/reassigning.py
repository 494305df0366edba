"""Owners move seats between people, and take them back. The directory stays the authority.

What an owner does here is a change like any other: when the identity provider later says that the
person is active, that is an ordinary activation.
"""

from dataclasses import dataclass
from datetime import datetime

from app.access import trail
from app.access.idempotency import Once, once_only
from app.access.principal import Principal
from app.access.trail import Change
from app.db.transactions import transaction
from app.directory import resources, users
from app.directory.traces import record_new_user
from app.errors import AlreadyHoldsSeat, InvalidInput, NoSeatToMove
from app.identifiers import new_id
from app.models import Reassignment, User
from app.people.activity import Because, seat_waiters_afterwards, set_active, takes_seats
from app.seats import waiting
from scim.attributes import Document
from scim.documents import parse


@dataclass(frozen=True)
class Newcomer:
    """A person who shall get a seat and may not be known yet."""

    user_name: str
    email: str | None = None


@takes_seats
def reassign(
    principal: Principal,
    from_user_id: str,
    to: str | Newcomer,
    *,
    once: Once | None = None,
    at: datetime,
) -> Reassignment:
    """Move a seat to another user, given by id, or to a newcomer, in one transaction.

    It works at full capacity: no other person can take the seat on its way.

    Raises:
        NotFound: one of them is unknown.
        InvalidInput: both are the same person, or the newcomer's name cannot be one.
        NoSeatToMove: the one has no seat.
        AlreadyHoldsSeat: the other has one.
        SeatRefusal: the contract lets no seat be taken now.
        Replayed, IdempotencyKeyReused: the key of `once` came before.
    """
    return once_only(principal, once, lambda: _reassign(principal, from_user_id, to, at=at))


@transaction
def release_seat(
    principal: Principal, user_id: str, *, once: Once | None = None, at: datetime
) -> User:
    """Take a user's seat back: they become inactive, and the seat is free.

    Raises:
        NotFound: there is no such user.
        NoSeatToMove: the user has no seat.
        Replayed, IdempotencyKeyReused: the key of `once` came before.
    """
    return once_only(principal, once, lambda: _release(principal, user_id, at=at))


def _reassign(
    principal: Principal, from_user_id: str, to: str | Newcomer, *, at: datetime
) -> Reassignment:
    giver, taker = _lock_both(principal, from_user_id, to, at=at)
    if taker.active:
        raise AlreadyHoldsSeat(f"{taker.user_name} holds a seat already.")
    _deactivate(principal, giver, Because.REASSIGNED, at=at)
    _describe(principal, taker, active=True, at=at)
    set_active(principal, taker, active=True, at=at)
    if waiting.offer(principal.organization_id, at=at):
        # The one had a seat held already, so that the other's is free.
        seat_waiters_afterwards(principal.organization_id, at=at)
    moved: Reassignment = Reassignment.create(
        organization_id=principal.organization_id,
        id=new_id("rea", at),
        from_user_id=giver.id,
        to_user_id=taker.id,
        reassigned_at=at,
        reassigned_by=principal.actor,
    )
    facts = {"from_user_id": giver.id, "to_user_id": taker.id}
    trail.record(principal, Change("seat.reassigned", moved.id, after=facts), at=at)
    return moved


def _release(principal: Principal, user_id: str, *, at: datetime) -> User:
    user = users.lock_user(principal.organization_id, user_id)
    _deactivate(principal, user, Because.RELEASED, at=at)
    change = Change("seat.released", user.id, {"active": True}, {"active": False})
    trail.record(principal, change, at=at)
    return user


def _lock_both(
    principal: Principal, from_user_id: str, to: str | Newcomer, *, at: datetime
) -> tuple[User, User]:
    """Return both people, locked in the order of their ids; a newcomer is made where unknown."""
    to_user_id = _known_id(principal, to)
    if to_user_id == from_user_id:
        raise InvalidInput("to_user_id", "Give the seat to somebody else than who holds it.")
    ids = sorted(user_id for user_id in (from_user_id, to_user_id) if user_id is not None)
    people = {user_id: users.lock_user(principal.organization_id, user_id) for user_id in ids}
    if isinstance(to, Newcomer) and to_user_id is None:
        return people[from_user_id], _new_user(principal, to, at=at)
    return people[from_user_id], people[to_user_id or ""]


def _known_id(principal: Principal, to: str | Newcomer) -> str | None:
    if isinstance(to, str):
        return to
    known = users.find_person(principal.organization_id, to.user_name)
    return None if known is None else known.id


def _new_user(principal: Principal, newcomer: Newcomer, *, at: datetime) -> User:
    name = users.name_given("to.user_name", newcomer.user_name)
    body: Document = {"userName": name.text, "active": False}
    if newcomer.email is not None:
        body["emails"] = [{"value": newcomer.email, "type": "work", "primary": True}]
    document = parse(principal.profile.user, body)
    user = users.new_user(principal, document, origin="owner", at=at)
    set_active(principal, user, active=False, at=at)
    record_new_user(principal, user, "user.created", at=at)
    return user


def _deactivate(principal: Principal, user: User, because: Because, *, at: datetime) -> None:
    if not user.active:
        raise NoSeatToMove(f"{user.user_name} holds no seat.")
    _describe(principal, user, active=False, at=at)
    set_active(principal, user, active=False, because=because, at=at)


def _describe(principal: Principal, user: User, *, active: bool, at: datetime) -> None:
    users.describe(principal, user, {**resources.stored_document(user), "active": active}, at=at)
