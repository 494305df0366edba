"""Deactivations happen, even where not all of their request can be read (I8).

A mapping that is wrong would else keep a leaver in until it is mended. Only what makes an active
user inactive, or ends the wait for a seat, is carried out so, and never in strict mode.
"""

from collections.abc import Iterable, Iterator

from app.access.context import Context
from app.directory import users
from app.directory.lookups import check_lookup
from app.models import User
from app.people.activity import InactiveReason
from scim.attributes import Document
from scim.errors import Uniqueness
from scim.faults import REFUSE, Fault, Faults
from scim.names import UserName
from scim.resource_types import ResourceType


def faults_of(context: Context, found: Iterable[Fault], *, deactivates: bool) -> Faults:
    """Return where to note the faults of a write to a user, with those found in reading it.

    Raises:
        scim.errors.ScimError: the first of these, where the request asks for no deactivation.
    """
    if deactivates and not context.profile.strict:
        return Faults(found)
    Faults(found).refuse()
    return REFUSE


def tolerated(
    kind: ResourceType, user: User, stored: Document, document: Document, faults: Faults
) -> tuple[Document, tuple[str, ...]]:
    """Return the document to store, and the names of what the request asks beyond it in vain.

    Raises:
        scim.errors.ScimError: the first fault, where the document does not make an active user
            inactive, nor ends the wait for a seat.
    """
    for name, texts in _lookups(document):
        with faults.part(name, kind.places_by_key[name.lower()]):
            for text in texts:
                check_lookup(name, text)
            if name == "userName":
                _check_name(user, document["userName"], faults)
    document = faults.undone(stored, document)
    if not _is_in(user) or document.get("active") is True:
        faults.refuse()
    return document, faults.names


def _check_name(user: User, user_name: str, faults: Faults) -> None:
    """Check a new name; one that another user has must not keep a leaver in either."""
    if user_name == user.user_name:
        return
    name = UserName.parse(user_name)
    if faults is REFUSE or name.key == user.user_name_key:
        return
    other = users.find_person(user.organization_id, name)
    if other is not None and other.adopted_at is not None:
        raise Uniqueness(users.name_taken(user_name).message)


def _is_in(user: User) -> bool:
    """Return whether a user is active, or shall be as soon as a seat is free."""
    return user.active or user.inactive_because == InactiveReason.WAITING


def _lookups(document: Document) -> Iterator[tuple[str, list[str | None]]]:
    yield "userName", [document["userName"]]
    yield "externalId", [document.get("externalId")]
    yield "emails", [email.get("value") for email in document.get("emails", ())]
