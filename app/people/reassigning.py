"""Owners move seats between people, and take them back. The directory stays the authority.

What an owner does here is a change like any other: when the identity provider later says that the
person is active, that is an ordinary activation.
"""

from dataclasses import dataclass

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.directory import resources, users
from app.directory.audit_facts import record_new_user
from app.errors import AlreadyHoldsSeat, InvalidInput, NoSeatToMove
from app.identifiers import new_id
from app.models import Reassignment, User
from app.organizations.parties import parse_email
from app.people.activity import InactiveReason, store_user
from app.seats import waiting
from scim.attributes import Document
from scim.documents import parse
from scim.names import UserName


@dataclass(frozen=True)
class Newcomer:
    """A person who shall get a seat and may not be known yet."""

    user_name: str
    email: str | None = None


@use_case(takes_seat=True)
def reassign(context: Context, from_user_id: str, to: str | Newcomer) -> Reassignment:
    """Move a seat to another user, given by id, or to a newcomer, in one transaction.

    It works at full capacity: no other person can take the seat on its way.

    Raises:
        NotFound: one of them is unknown.
        InvalidInput: both are the same person, or the newcomer's name or address cannot be one.
        NoSeatToMove: the one has no seat.
        AlreadyHoldsSeat: the other has one.
        SeatRefusal: the contract lets no seat be taken now.
    """
    giver, taker = _lock_both(context, from_user_id, to)
    if taker.active:
        raise AlreadyHoldsSeat(f"{taker.user_name} holds a seat already.")
    _deactivate(context, giver, InactiveReason.REASSIGNED)
    store_user(context, taker, {**resources.stored_document(taker), "active": True})
    # The one may have had a seat held already, so that the other's is free.
    waiting.offer(context.organization_id, at=context.at)
    moved: Reassignment = Reassignment.create(
        organization_id=context.organization_id,
        id=new_id("rea", context.at),
        from_user_id=giver.id,
        to_user_id=taker.id,
        reassigned_at=context.at,
        reassigned_by=context.actor,
    )
    facts = {"from_user_id": giver.id, "to_user_id": taker.id}
    trail.record(context, Change("seat.reassigned", moved.id, after=facts))
    return moved


@use_case()
def release_seat(context: Context, user_id: str) -> User:
    """Take a user's seat back: they become inactive, and the seat is free.

    Raises:
        NotFound: there is no such user.
        NoSeatToMove: the user has no seat.
    """
    user = users.lock_user(context.organization_id, user_id)
    _deactivate(context, user, InactiveReason.RELEASED)
    change = Change("seat.released", user.id, {"active": True}, {"active": False})
    trail.record(context, change)
    return user


def _lock_both(context: Context, from_user_id: str, to: str | Newcomer) -> tuple[User, User]:
    """Return both people, locked in the order of their ids; a newcomer is made where unknown."""
    to_user_id = _known_id(context, to)
    if to_user_id == from_user_id:
        raise InvalidInput("to_user_id", "Give the seat to somebody else than who holds it.")
    ids = sorted(user_id for user_id in (from_user_id, to_user_id) if user_id is not None)
    people = {user_id: users.lock_user(context.organization_id, user_id) for user_id in ids}
    if isinstance(to, Newcomer) and to_user_id is None:
        return people[from_user_id], _new_user(context, to)
    return people[from_user_id], people[to_user_id or ""]


def _known_id(context: Context, to: str | Newcomer) -> str | None:
    if isinstance(to, str):
        return to
    known = users.find_person(context.organization_id, UserName.of(to.user_name))
    return None if known is None else known.id


def _new_user(context: Context, newcomer: Newcomer) -> User:
    name = users.name_given("to.user_name", newcomer.user_name)
    body: Document = {"userName": name.text, "active": False}
    if newcomer.email:
        email = parse_email("to.email", newcomer.email)
        body["emails"] = [{"value": email, "type": "work", "primary": True}]
    document = parse(context.profile.user, body)
    user = users.new_user(context, origin="owner")
    store_user(context, user, document)
    record_new_user(context, user, "user.created")
    return user


def _deactivate(context: Context, user: User, reason: InactiveReason) -> None:
    if not user.active:
        raise NoSeatToMove(f"{user.user_name} holds no seat.")
    document = {**resources.stored_document(user), "active": False}
    store_user(context, user, document, reason=reason)
