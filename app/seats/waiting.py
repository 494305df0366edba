"""The waiting list of organizations that park people instead of refusing them.

First come, first served: a seat that comes free is held for the first who has none held yet.
"""

from datetime import datetime

from peewee import JOIN, Expression, ModelSelect

from app.identifiers import new_id
from app.models import Hold, User, WaitingPlace
from app.seats import holds
from app.seats.holds import Purpose
from app.seats.pools import Cause, counts_of

OFFER = Cause("waiting list", "waiting")


def join(user: User, *, at: datetime) -> None:
    """Give a user the last place; one who waits already keeps theirs. Call inside a transaction."""
    WaitingPlace.insert(
        organization_id=user.organization_id, id=new_id("wtg", at), user_id=user.id, parked_at=at
    ).on_conflict_ignore().execute()


def leave(user: User) -> bool:
    """Take a user off the list, who may not be on it, and tell whether they were."""
    return bool(WaitingPlace.delete().where(_place_of(user)).execute())


def give_back(organization_id: str, user_name_key: str, *, at: datetime) -> bool:
    """Offer the seat that is held for a person, if one is, to those who wait.

    Returns whether anybody was offered it.
    """
    released = holds.release_for(organization_id, user_name_key, OFFER, at=at)
    return released and offer(organization_id, at=at)


def waits(user: User) -> bool:
    """Tell whether a user is on the list."""
    return bool(WaitingPlace.select().where(_place_of(user)).exists())


def offer(organization_id: str, *, at: datetime) -> bool:
    """Hold free seats for those who wait, in their order; tell whether anybody was offered one."""
    if not _next(organization_id, 1):
        return False
    offered = False
    for user in _next(organization_id, counts_of(organization_id).available):
        person = (user.user_name, user.user_name_key)
        if holds.place(organization_id, person, Purpose.WAITING, OFFER, at=at) is None:
            break
        offered = True
    return offered


def next_offered(organization_id: str) -> str | None:
    """Return the id of the first user on the list for whom a seat is held, or None."""
    held = _list(organization_id).where(Hold.id.is_null(is_null=False))
    user: User | None = held.first()
    return None if user is None else user.id


def places_of(organization_id: str, *, after: str | None = None, limit: int) -> list[WaitingPlace]:
    """Return the list in its order, each place with its `user_name` beside it.

    `after` is the id of the last place already seen.
    """
    query = (
        WaitingPlace.select(WaitingPlace, User.user_name.alias("user_name"))
        .join(User, on=_same_user())
        .where(WaitingPlace.organization_id == organization_id)
    )
    if after is not None:
        query = query.where(WaitingPlace.id > after)
    return list(query.order_by(WaitingPlace.id).limit(limit).objects())


def waiting_count(organization_id: str) -> int:
    """Return how many people wait for a seat."""
    places = WaitingPlace.select().where(WaitingPlace.organization_id == organization_id)
    count: int = places.count()
    return count


def organizations() -> list[str]:
    """Return the organizations in which somebody waits."""
    return list(WaitingPlace.select(WaitingPlace.organization_id).distinct().scalars())


def _next(organization_id: str, count: int) -> list[User]:
    """Return so many users of those for whom no seat is held."""
    return list(_list(organization_id).where(Hold.id.is_null()).limit(count))


def _list(organization_id: str) -> "ModelSelect[User]":
    return (
        User.select(User)
        .join(WaitingPlace, on=_same_user())
        .join_from(
            User,
            Hold,
            JOIN.LEFT_OUTER,
            on=(Hold.organization_id == User.organization_id)
            & (Hold.user_name_key == User.user_name_key)
            & Hold.ended_at.is_null(),
        )
        .where(WaitingPlace.organization_id == organization_id)
        .order_by(WaitingPlace.id)
    )


def _same_user() -> Expression:
    same: Expression = (User.organization_id == WaitingPlace.organization_id) & (
        User.id == WaitingPlace.user_id
    )
    return same


def _place_of(user: User) -> Expression:
    mine: Expression = (WaitingPlace.organization_id == user.organization_id) & (
        WaitingPlace.user_id == user.id
    )
    return mine
