"""The queue for seats: who is next, and the seats that are held for those at its head.

There is one queue, in the order of arrival. Who is parked stands in it for every seat that comes
free; who was refused stands in it for bought seats, where the organization reserves them.
"""

from datetime import datetime
from typing import ClassVar, Protocol

from peewee import BaseQuery, Case, Expression, ModelSelect, fn

from app.db.compiled import compiled
from app.db.sql import found_in, locked
from app.db.transactions import follow_up
from app.models import Hold, Organization, User, Want
from app.models.rows import same_organization
from app.seats import holds, wants
from app.seats.holds import Kept, Purpose
from app.seats.pools import Cause, lock
from app.seats.refusals import is_parked, is_refused
from app.seats.rules import SeatCounts
from app.seats.want_sources import with_sources
from app.seats.wants import Closed, Person
from scim.names import UserName

OFFER = Cause("waiting list", "waiting")


class Seating(Protocol):
    """Seats the people of an organization for whom a seat is held, after the transaction."""

    def __call__(self, organization_id: str, *, at: datetime) -> object:
        """Seat them, in transactions of its own."""


class Offers:
    """Where seats that were offered announce themselves, whatever road freed or granted them."""

    #: Set once, by `app.composition`.
    seating: ClassVar[Seating]


def withdraw(person: Person, because: Closed, *, at: datetime) -> Want | None:
    """End what a person wants, and return it: the place, and the held seat, which is offered.

    Call inside a transaction.
    """
    if _awaited.value(person.organization_id, person.name.key) is None:
        return None
    # No seat is reserved for the person from here on.
    lock(person.organization_id)
    freed = holds.release_for(person.organization_id, person.name.key, OFFER, at=at)
    want = wants.close(person, because, at=at)
    if freed:
        offer(person.organization_id, at=at)
    return want


def offer(organization_id: str, *, at: datetime) -> None:
    """Hold free seats for those who wait, in their order; they are seated after the transaction."""
    if _first_unserved.value(organization_id) is not None:
        pool = lock(organization_id)
        free = SeatCounts(pool.purchased, pool.in_use).available
        _keep(organization_id, _next(organization_id, is_parked(), free), OFFER, at=at)


def seat_offered(organization_id: str, *, at: datetime) -> None:
    """Let everybody for whom a seat is held be seated, after the transaction."""
    follow_up(lambda: Offers.seating(organization_id, at=at))


def reserve(organization: Organization, quantity: int, cause: Cause, *, at: datetime) -> None:
    """Hold bought seats for those at the head of the queue who have none kept yet.

    The refused are served where the organization asked for it, if a directory provisions them:
    strangers refused at a login have no claim. Call inside the transaction that bought the seats.
    """
    if organization.reserve_for_denied:
        entitled = is_parked() | (is_refused() & Want.by_directory)
        people = _next(organization.id, entitled, quantity)
        _keep(organization.id, people, cause, at=at)
        if len(people) < quantity:
            return  # these were all who wait
    offer(organization.id, at=at)


def next_offered(organization_id: str) -> str | None:
    """Return the id of the first user on the waiting list who has a seat held, or None."""
    offered = min(
        (
            (sequence, user_id)
            for sequence, user_id, parked_at, closed_at in _offered.rows(organization_id)
            if parked_at is not None and closed_at is None
        ),
        default=None,
    )
    return None if offered is None else offered[1]


@compiled
def _offered(organization_id: str) -> BaseQuery:
    """Look from the seats that are held, in no order, and not along all who wait.

    Whether they wait is not asked here: PostgreSQL would take the index of all who do.
    """
    held = Hold.select(Hold.want_id).where(
        Hold.belongs_to(organization_id)
        & Hold.ended_at.is_null()
        & Hold.want_id.is_null(is_null=False)
    )
    return (
        Want.select(Want.sequence, Want.user_id, Want.parked_at, Want.closed_at)
        .where(Want.belongs_to(organization_id) & found_in(Want.id, held))
        .tuples()
    )


def waits(user: User) -> bool:
    """Return whether a user is on the waiting list."""
    places = _parked(user.organization_id).where(Want.user_name_key == user.user_name_key)
    return bool(places.exists())


def places_of(organization_id: str, *, after: str | None = None, limit: int) -> list[Want]:
    """Return the waiting list in its order, with who asked.

    `after` is the id of the last one already seen.
    """
    return _places.rows(organization_id, after, limit, after is not None)


@compiled("is_after")
def _places(
    organization_id: str,
    after: str | None,
    limit: int,
    is_after: bool,  # noqa: FBT001  # what the text hangs on
) -> "ModelSelect[Want]":
    query = _parked(organization_id)
    if is_after:
        seen = Want.alias()
        query = query.where(
            Want.sequence
            > seen.select(seen.sequence).where(
                seen.belongs_to(organization_id) & (seen.id == after)
            )
        )
    return with_sources(query.order_by(Want.sequence).limit(limit))


def place_of(want: Want) -> int:
    """Return the place of one who waits, counted from 1."""
    before: int = _parked(want.organization_id).where(Want.sequence < want.sequence).count()
    return before + 1


def with_places(wants: "ModelSelect[Want]") -> "ModelSelect[Want]":
    """Return a query for wants with the `place` of each that waits, counted from 1, else None."""
    first = Want.alias()
    ahead = first.select(fn.COUNT(first.id) + 1).where(
        same_organization(first, Want)
        & first.closed_at.is_null()
        & first.parked_at.is_null(is_null=False)
        & (first.sequence < Want.sequence)
    )
    return wants.select_extend(Case(None, [(is_parked(), ahead)]).alias("place"))


def waiting_count(organization_id: str) -> int:
    """Return how many people are on the waiting list."""
    count: int = _waiting_count.value(organization_id)
    return count


@compiled
def _waiting_count(organization_id: str) -> BaseQuery:
    return _parked(organization_id).select(fn.COUNT(Want.sequence)).tuples()


def organizations() -> list[str]:
    """Return the organizations in which people wait."""
    return list(Want.select(Want.organization_id).where(is_parked()).distinct().scalars())


def _keep(organization_id: str, people: list[Want], cause: Cause, *, at: datetime) -> None:
    """Hold a seat for each of these, as long as one is free and may be taken."""
    for position, want in enumerate(people):
        purpose = Purpose.DENIAL if want.parked_at is None else Purpose.WAITING
        reason = OFFER if purpose is Purpose.WAITING else cause
        wish = Kept(UserName(want.user_name, want.user_name_key), purpose, want.id)
        if holds.place(want.organization_id, wish, reason, at=at) is None:
            break
        if not position:
            seat_offered(organization_id, at=at)


@compiled
def _awaited(organization_id: str, user_name_key: str) -> BaseQuery:
    """Look for an open want of a person, and for a seat that is held for them."""
    want = Want.select(Want.id).where(wants.is_open(organization_id, user_name_key))
    hold = Hold.select(Hold.id).where(holds.is_live(organization_id, user_name_key))
    return want.union_all(hold).limit(1).tuples()


@compiled
def _first_unserved(organization_id: str) -> BaseQuery:
    return _unserved(organization_id, is_parked()).select(Want.id).limit(1).tuples()


def _next(organization_id: str, entitled: Expression, count: int) -> list[Want]:
    """Return so many of those who have no seat held, locked, in the order of arrival."""
    head = _unserved(organization_id, entitled).order_by(Want.sequence).limit(count)
    return list(locked(head, "FOR NO KEY UPDATE OF t1"))


def _unserved(organization_id: str, entitled: Expression) -> "ModelSelect[Want]":
    """Return who has no seat held.

    It is looked for one by one, so that who needs the first few does not look at all who wait.
    """
    held = Hold.select(Hold.id).where(
        same_organization(Hold, Want) & (Hold.want_id == Want.id) & Hold.ended_at.is_null()
    )
    return Want.of(organization_id, entitled).where(Expression(held.limit(1), "IS", None))


def _parked(organization_id: str) -> "ModelSelect[Want]":
    return Want.of(organization_id, is_parked())
