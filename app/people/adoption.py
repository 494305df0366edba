"""Users that no provisioning client has written yet, and how its writes take them over.

A login, or an owner who moves a seat, may make a user before the directory speaks of the person.
Such a user is never in the directory's way: a POST makes it a provisioned one, and a write that
gives its userName to another user takes its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec

from app.access import trail
from app.access.context import Context
from app.access.trail import Change
from app.directory import groups, users
from app.directory.audit_facts import listed_ids
from app.errors import NotFound
from app.models import User
from app.owners import leaving
from app.people.activity import InactiveReason, store_user
from app.people.mismatches import have_matched
from app.seats import waiting, wants
from scim.attributes import Document
from scim.names import UserName

P = ParamSpec("P")


@dataclass(frozen=True)
class Successor:
    """A directory's user, locked, with what stands in the way of the name that it shall have."""

    user: User
    #: The user of that name, locked, if there is one that no SCIM write has touched.
    namesake: User | None = None

    def in_the_way_of(self, document: Document) -> User | None:
        """Return the namesake if the document gives the user its name."""
        key = UserName.of(document["userName"]).key
        namesake = self.namesake
        return namesake if namesake is not None and namesake.user_name_key == key else None

    def seated(self, document: Document) -> Document:
        """Return a document that is active where the user waits for a seat and the other has it."""
        namesake = self.in_the_way_of(document)
        waits = self.user.inactive_because == InactiveReason.WAITING
        takes = waits and namesake is not None and namesake.active
        return {**document, "active": True} if takes else document


def adoptable(organization_id: str, name: UserName) -> User | None:
    """Return the user of this name that no SCIM write has touched, or None."""
    return users.find_login_made(organization_id, name)


def lock_adoptable(context: Context, name: UserName) -> User | None:
    """Return the user of this name that no SCIM write has touched, locked, or None."""
    person = adoptable(context.organization_id, name)
    return None if person is None else _lock_namesake(person)


def lock_successor(context: Context, user_id: str, name: UserName | None) -> Successor:
    """Lock a user, with the one that stands in the way of `name`, in the order of their ids.

    Raises:
        NotFound: there is no such user.
    """
    organization_id = context.organization_id
    namesake = None if name is None else adoptable(organization_id, name)
    if namesake is None or namesake.id == user_id:
        return Successor(users.lock_user(organization_id, user_id))
    if namesake.id < user_id:
        found = _lock_namesake(namesake)
        return Successor(users.lock_user(organization_id, user_id), found)
    user = users.lock_user(organization_id, user_id)
    return Successor(user, _lock_namesake(namesake))


def _lock_namesake(seen: User) -> User | None:
    """Lock a user to be taken over; None where that is no longer so."""
    try:
        namesake = users.lock_user(seen.organization_id, seen.id, "FOR UPDATE")
    except NotFound:
        return None
    same = namesake.user_name_key == seen.user_name_key and namesake.adopted_at is None
    return namesake if same else None


def take_over(
    context: Context, successor: Successor, document: Document, store: Callable[[Document], None]
) -> None:
    """Store a user's new document, in the place of the one who has its userName, if there is one.

    The other's seat passes to a user who is or becomes active and holds none, as in a reassignment;
    else it is freed and offered. Memberships pass on, and the other is deleted. `store` writes the
    document. Call inside a transaction.

    Raises:
        UserNameTaken: the directory knows the other by another externalId.
    """
    user, namesake = successor.user, successor.in_the_way_of(document)
    if namesake is None:
        store(document)
        return
    _check_same_person(namesake, document)
    passes = namesake.active and document.get("active") is True and not user.active
    _end(context, namesake, user, passes=passes)
    store(document)
    if passes:
        # The user may have had a seat held already, so that the other's is free.
        waiting.offer(user.organization_id, at=context.at)


def _check_same_person(namesake: User, document: Document) -> None:
    """Refuse a name whose user is known by another externalId, where those ids mean something.

    They do once the organization's external ids have matched at logins. Until then directory and
    logins may number people each in their own way, as Entra's default mapping does.
    """
    ids = {namesake.external_id, document.get("externalId")} - {None}
    if len(ids) > 1 and have_matched(namesake.organization_id):
        raise users.name_taken(document["userName"])


def _end(context: Context, namesake: User, successor: User, *, passes: bool) -> None:
    """Delete the user that another replaces; its seat is freed, or is on its way."""
    before: dict[str, object] = {"active": namesake.active}
    wants.pass_on(namesake, successor)
    leaving.pass_on(context, namesake, successor, stays=passes or successor.active)
    passed = groups.pass_on(namesake.organization_id, namesake.id, successor.id, at=context.at)
    memberships = listed_ids("group_ids", passed)
    namesake.deleted_at = context.at
    reason = InactiveReason.REASSIGNED if passes else InactiveReason.DIRECTORY
    store_user(context, namesake, {"userName": namesake.user_name}, reason=reason)
    ended = Change("user.deleted", namesake.id, before, {"taken_over_by": successor.id})
    trail.record(context, ended)
    facts = {"user_id": namesake.id, "seat_passed": passes, **memberships}
    trail.record(context, Change("user.took_over", successor.id, after=facts))
