"""Handing the ownership over: a primary owner names a person, who accepts.

Until then nothing changes, and the offer can be withdrawn. Then the person is a primary owner, and
the one before is an owner.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import Expression

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import Permission, Role
from app.access.trail import Change
from app.errors import InvalidInput, NotFound, NotPermitted
from app.identifiers import new_id
from app.models import Owner, OwnershipOffer
from app.models.rows import same_organization
from app.owners import roster, sessions
from app.owners.access import end_all
from app.owners.announcing import mail_offer
from app.owners.membership import NewOwner, insert_owner
from app.owners.sessions import Begun

#: How long an offer can be accepted.
VALID_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Successor:
    """The person who shall be a primary owner; the name is of use where they are no owner yet."""

    address: str
    name: str | None = None


@use_case()
def offer_ownership(context: Context, owner_id: str, successor: Successor) -> OwnershipOffer:
    """Let a primary owner hand over to a person, who is made an owner where they are none yet.

    The person is mailed, and accepts by the link or while they are signed in. A new offer ends the
    one before it.

    Raises:
        NotPermitted: an owner hands over what is not their own.
        NotFound: there is no such owner.
        InvalidInput: the one is no primary owner, or the other is one already or cannot be one.
    """
    context.require(Permission.MANAGE_OWNERS)
    roster.lock_roster(context.organization_id)
    giver = roster.lock_owner(context.organization_id, owner_id)
    _check_giver(context, giver)
    taker = _taker(context, successor)
    _check_taker(giver, taker)
    _end_earlier(giver, taker, at=context.at)
    offer: OwnershipOffer = OwnershipOffer.create(
        organization_id=context.organization_id,
        id=new_id("off", context.at),
        from_owner_id=giver.id,
        to_owner_id=taker.id,
        offered_at=context.at,
        expires_at=context.at + VALID_FOR,
    )
    trail.record(context, Change("ownership.offered", offer.id, after=_facts(offer)))
    mail_offer(offer, at=context.at)
    return offer


@use_case()
def withdraw_ownership(context: Context, owner_id: str) -> OwnershipOffer:
    """Withdraw the offer of a primary owner's ownership, and return it as it was.

    It is deleted, so that its links end with it; what is left of it is in the audit trail.

    Raises:
        NotPermitted: the caller may not manage owners.
        NotFound: nothing is offered by that owner, or no longer.
    """
    context.require(Permission.MANAGE_OWNERS)
    roster.lock_roster(context.organization_id)
    offer = offer_of(context.organization_id, owner_id)
    OwnershipOffer.delete().where(_is(offer)).execute()
    trail.record(context, Change("ownership.withdrawn", offer.id, before=_facts(offer)))
    return offer


def offer_of(organization_id: str, owner_id: str) -> OwnershipOffer:
    """Return what a primary owner offers: it was neither accepted nor ended.

    Its time may be over, in which case it waits for another offer or for its withdrawal.

    Raises:
        NotFound: they offer nothing.
    """
    by_owner = OwnershipOffer.from_owner_id == owner_id
    offer = OwnershipOffer.find(organization_id, by_owner, OwnershipOffer.ended_at.is_null())
    if offer is None:
        raise NotFound(f"The ownership of {owner_id} is offered to no other person.")
    return offer


def open_offers(organization_id: str) -> list[OwnershipOffer]:
    """Return an organization's offers, the oldest first, also those whose time is over."""
    unended = OwnershipOffer.ended_at.is_null()
    return list(OwnershipOffer.of(organization_id, unended).order_by(OwnershipOffer.id))


def pending_offer(owner: Owner, *, at: datetime) -> OwnershipOffer | None:
    """Return the offer that an owner may accept, or None."""
    to_owner, unended = OwnershipOffer.to_owner_id == owner.id, OwnershipOffer.ended_at.is_null()
    offer = OwnershipOffer.find(owner.organization_id, to_owner, unended)
    return None if offer is None or is_late(offer, at=at) else offer


def offer_to(context: Context) -> OwnershipOffer | None:
    """Return the offer to the caller with its giver's name, also where its time is over.

    None also for a token, which is no person.
    """
    return _to_caller(context, OwnershipOffer.ended_at.is_null())


def accepted_by(context: Context) -> OwnershipOffer | None:
    """Return the offer that the caller accepted last, with its giver's name; as `offer_to`."""
    return _to_caller(context, OwnershipOffer.ended_because == "accepted")


def _to_caller(context: Context, state: Expression) -> OwnershipOffer | None:
    kind, _, owner_id = context.actor.partition(":")
    if kind != "owner":
        return None
    giver = same_organization(Owner, OwnershipOffer) & (Owner.id == OwnershipOffer.from_owner_id)
    offers = (
        OwnershipOffer.of(context.organization_id, OwnershipOffer.to_owner_id == owner_id, state)
        .select(OwnershipOffer, Owner.name.alias("giver_name"))
        .join(Owner, on=giver)
        .order_by(OwnershipOffer.id.desc())
    )
    offer: OwnershipOffer | None = offers.objects().first()
    return offer


def is_late(offer: OwnershipOffer, *, at: datetime) -> bool:
    """Return whether the time is over in which an offer can be accepted."""
    late: bool = offer.expires_at <= at
    return late


def _is(offer: OwnershipOffer) -> Expression:
    is_it: Expression = OwnershipOffer.belongs_to(offer.organization_id) & (
        OwnershipOffer.id == offer.id
    )
    return is_it


def _facts(offer: OwnershipOffer) -> dict[str, object]:
    return {"from_owner_id": offer.from_owner_id, "to_owner_id": offer.to_owner_id}


@use_case()
def accept_ownership(context: Context) -> Begun:
    """Accept what is offered to the owner who is calling, and begin their session anew.

    Raises:
        NotFound: nothing is offered to them.
        NotPermitted: the caller is no owner.
    """
    owner = roster.owner_of(context)
    if owner is None:
        raise NotPermitted("Only the person to whom the ownership is offered can accept it.")
    return sessions.open_session(accept(context, owner), by="ownership")


def accept(context: Context, taker: Owner) -> Context:
    """Make the taker of an offer a primary owner and its giver an owner.

    Returns the context in which the taker goes on. Call inside a transaction.

    Raises:
        NotFound: nothing is offered to them.
    """
    roster.lock_roster(taker.organization_id)
    offer = pending_offer(taker, at=context.at)
    if offer is None:
        raise NotFound("The ownership is not offered to you any more. Ask for a new offer.")
    OwnershipOffer.update(ended_at=context.at, ended_because="accepted").where(_is(offer)).execute()
    giver = roster.lock_owner(offer.organization_id, offer.from_owner_id)
    taker = roster.lock_owner(offer.organization_id, taker.id)
    before = {giver.id: giver.role, taker.id: taker.role}
    _give(taker, Role.PRIMARY_OWNER, at=context.at)
    _give(giver, Role.OWNER, at=context.at)
    after = {giver.id: giver.role, taker.id: taker.role}
    trail.record(context, Change("ownership.accepted", offer.id, before, after))
    return acting(roster.principal_of(taker), at=context.at)


def _give(owner: Owner, role: Role, *, at: datetime) -> None:
    owner.role = role.value
    owner.save()
    end_all(owner, "role_changed", at=at)


def _check_giver(context: Context, giver: Owner) -> None:
    if giver.role != Role.PRIMARY_OWNER.value:
        raise InvalidInput("owner_id", f"{giver.name} is no primary owner.")
    if context.actor.startswith("owner:") and context.actor != f"owner:{giver.id}":
        raise NotPermitted("You can hand over your own ownership, and no other person's.")


def _taker(context: Context, successor: Successor) -> Owner:
    known = roster.owner_at(context.organization_id, successor.address)
    if known is not None:
        return roster.lock_owner(context.organization_id, known.id)
    if not successor.name:
        raise InvalidInput("name", "Give the person's name: they are no owner yet.")
    wanted = NewOwner(address=successor.address, name=successor.name, role=Role.OWNER.value)
    return insert_owner(context, wanted)


def _check_taker(giver: Owner, taker: Owner) -> None:
    if taker.id == giver.id:
        raise InvalidInput("address", "Give the address of another person.")
    if taker.role == Role.PRIMARY_OWNER.value:
        raise InvalidInput("address", f"{taker.name} is a primary owner already.")
    if roster.has_left(taker):
        raise InvalidInput("address", f"{taker.name} is shut out: their user is inactive.")


def replaces_offer(giver: Owner, taker: Owner | None) -> bool:
    """Return whether an offer between the two would end an earlier one; None is a newcomer."""
    open_ = OwnershipOffer.ended_at.is_null()
    earlier = OwnershipOffer.of(giver.organization_id, _touches(giver, taker), open_)
    return bool(earlier.exists())


def _end_earlier(giver: Owner, taker: Owner, *, at: datetime) -> None:
    """End what the one offered before and what was offered to the other."""
    OwnershipOffer.update(ended_at=at, ended_because="replaced").where(
        OwnershipOffer.belongs_to(giver.organization_id)
        & _touches(giver, taker)
        & OwnershipOffer.ended_at.is_null()
    ).execute()


def _touches(giver: Owner, taker: Owner | None) -> Expression:
    touches: Expression = OwnershipOffer.from_owner_id == giver.id
    return touches if taker is None else touches | (OwnershipOffer.to_owner_id == taker.id)
