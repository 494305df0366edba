"""What every provider does: remember what it pushed, and push what differs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from app.simulator.exchange import Answer, Conversation, Kind, Outcome, Request
from app.simulator.patience import Patience
from app.simulator.people import Directory, Group, Person
from scim.attributes import Document

#: What a request says that goes on where the resource is not there any more.
UNLESS_GONE: Final = frozenset({404})


@dataclass(frozen=True)
class Link:
    """A person's resource on the server, and the person as last pushed."""

    id: str
    pushed: Person
    #: Whether the server took the person and left them inactive, to wait for a seat.
    parked: bool = False


@dataclass(frozen=True)
class GroupLink:
    """A group's resource on the server, and the ids of the members pushed; None: unknown."""

    id: str
    name: str
    members: frozenset[str] | None = None
    #: Whether it was there before with members that the provider never looks at.
    has_others: bool = False


class Provider(ABC):
    """An identity provider, with what it knows about one server.

    A person or group that failed, or was refused, is not remembered as pushed, and so comes again
    in the next round. So does an object in Entra's escrow, and an object of Okta's when an
    administrator retries its task.
    """

    headers: ClassVar[Mapping[str, str]]
    patience: ClassVar[Patience]

    def __init__(self) -> None:
        """Know no person yet."""
        self._users: dict[str, Link] = {}
        self._groups: dict[str, GroupLink] = {}
        self._deleted: dict[str, str] = {}

    @property
    def users(self) -> Mapping[str, Link]:
        """The people on the server, by their user names."""
        return self._users

    @property
    def groups(self) -> Mapping[str, GroupLink]:
        """The groups on the server, by their names."""
        return self._groups

    @property
    def deleted(self) -> Mapping[str, str]:
        """The user names of the people who were taken off the server, by their ids there."""
        return self._deleted

    @abstractmethod
    def test_connection(self) -> Conversation[bool]:
        """Find out whether the server answers as the provider needs."""

    @abstractmethod
    def _introduce(self, person: Person) -> Conversation[Outcome]:
        """Push a person without a known resource."""

    @abstractmethod
    def _update(self, person: Person, link: Link) -> Conversation[Outcome]:
        """Push a person who changed."""

    @abstractmethod
    def _introduce_group(self, name: str) -> Conversation[tuple[Outcome, GroupLink]]:
        """Find or create a group, without its members; the link is of no use where that failed."""

    @abstractmethod
    def _push_members(self, link: GroupLink, wanted: frozenset[str]) -> Conversation[GroupLink]:
        """Let a group have these members; return the link with those that it has by now."""

    def sync_person(self, person: Person) -> Conversation[Outcome]:
        """Push a person, where there is something to push."""
        link = self._users.get(person.user_name)
        if link is None:
            return (yield from self._introduce(person))
        if link.pushed == person:
            return Outcome.UNCHANGED
        return (yield from self._update(person, link))

    def departed(self, directory: Directory) -> list[Person]:
        """Return the people that the provider pushed and the directory no longer has."""
        return [
            link.pushed
            for user_name, link in self._users.items()
            if user_name not in directory.user_names
        ]

    def remove(self, person: Person) -> Conversation[Outcome]:
        """Take a departed person off the server."""
        path = f"/Users/{self._users[person.user_name].id}"
        answer = yield Request(Kind.DELETE_USER, "DELETE", path, expects=UNLESS_GONE)
        if not answer.is_success and answer.status not in UNLESS_GONE:
            return Outcome.FAILED
        self._forget(person)
        return Outcome.DELETED

    def sync_group(self, group: Group) -> Conversation[Outcome]:
        """Push a group, with those of its members who are on the server."""
        outcome, link = Outcome.UNCHANGED, self._groups.get(group.name)
        if link is None:
            outcome, link = yield from self._introduce_group(group.name)
        if outcome is Outcome.FAILED:
            return outcome
        found = (self._users.get(user_name) for user_name in group.members)
        wanted = frozenset(user.id for user in found if user is not None)
        pushed = yield from self._push_members(link, wanted)
        self._groups[group.name] = pushed
        if pushed.members != wanted:
            return Outcome.FAILED
        changed = outcome is Outcome.UNCHANGED and link.members != wanted
        return Outcome.UPDATED if changed else outcome

    def _settled(self, person: Person, id_: str, answer: Answer, outcome: Outcome) -> Outcome:
        """Return what came of writing a person, who is remembered where it succeeded."""
        if answer.seat_refusal is not None:
            return Outcome.REFUSED
        if not answer.is_success or not id_:
            return Outcome.FAILED
        is_parked = person.active and answer.document.get("active") is False
        self._remember(person, id_, parked=is_parked)
        return Outcome.PARKED if is_parked else outcome

    def _remember(self, person: Person, id_: str, *, parked: bool = False) -> None:
        self._users[person.user_name] = Link(id_, person, parked)
        self._deleted.pop(id_, None)

    def _forget(self, person: Person) -> None:
        """Drop a person who is not on the server, and so in no group there."""
        id_ = self._users.pop(person.user_name).id
        self._deleted[id_] = person.user_name
        for name, link in self._groups.items():
            if link.members is not None:
                self._groups[name] = replace(link, members=link.members - {id_})


class MatchingProvider(Provider):
    """A provider that looks for a person or group first, and creates what it does not find."""

    @abstractmethod
    def _find_user(self, person: Person) -> Request:
        """Return the look-up of a person."""

    @abstractmethod
    def _new_user(self, person: Person) -> Request:
        """Return the creation of a person."""

    @abstractmethod
    def _find_group(self, name: str) -> Request:
        """Return the look-up of a group."""

    @abstractmethod
    def _new_group(self, name: str) -> Request:
        """Return the creation of a group without members."""

    @abstractmethod
    def _align(self, person: Person, known: Document) -> Conversation[Outcome]:
        """Push a person with a known resource: at least its `id`, and whether it is `active`."""

    def _introduce(self, person: Person) -> Conversation[Outcome]:
        found = yield self._find_user(person)
        if not found.is_success:
            return Outcome.FAILED
        if found.first is not None:
            outcome = yield from self._align(person, found.first)
            return Outcome.LINKED if outcome is Outcome.UNCHANGED else outcome
        if not person.active:
            return Outcome.UNCHANGED
        answer = yield self._new_user(person)
        return self._settled(person, answer.id, answer, Outcome.CREATED)

    def _introduce_group(self, name: str) -> Conversation[tuple[Outcome, GroupLink]]:
        found = yield self._find_group(name)
        if found.first is not None:
            return Outcome.LINKED, GroupLink(str(found.first["id"]), name)
        answer = found
        if found.is_success:
            answer = yield self._new_group(name)
        made = answer.is_success and answer.id
        return Outcome.CREATED if made else Outcome.FAILED, GroupLink(answer.id, name, frozenset())
