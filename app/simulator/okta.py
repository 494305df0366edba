"""Okta, with an application of its catalogue: profiles by PUT, `active` by PATCH."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Final
from uuid import NAMESPACE_DNS, uuid5

from app.simulator.exchange import (
    Conversation,
    Kind,
    Outcome,
    Request,
    change,
    equals,
    patch,
    query,
)
from app.simulator.patience import Patience
from app.simulator.people import Person
from app.simulator.provider import GroupLink, Link, MatchingProvider
from scim import urns
from scim.attributes import Document

#: How many members one PATCH changes. Okta documents no number; larger pushes come in several.
MEMBERS_OF_A_PATCH_MAX: Final = 1000


class Okta(MatchingProvider):
    """Okta's provisioning service."""

    headers: ClassVar = {
        "User-Agent": "Okta SCIM Client 1.0.0",
        "Accept": urns.MEDIA_TYPE,
        "Accept-Charset": "utf-8",
        "Accept-Encoding": "gzip,deflate",
        "Content-Type": f"{urns.MEDIA_TYPE}; charset=utf-8",
    }
    patience: ClassVar = Patience(default_seconds=300, doubles=True)

    def test_connection(self) -> Conversation[bool]:
        """Ask for users and for groups, as saving an application's settings does."""
        users = query("/Users", startIndex=1, count=2)
        answer = yield Request(Kind.TEST_CONNECTION, "GET", users)
        if not answer.is_success:
            return False
        groups = query("/Groups", startIndex=1, count=100)
        answer = yield Request(Kind.TEST_CONNECTION, "GET", groups)
        return answer.is_success

    def remove(self, person: Person) -> Conversation[Outcome]:
        """Deactivate a departed person, since Okta never deletes a user."""
        return self.sync_person(replace(person, active=False))

    def _find_user(self, person: Person) -> Request:
        return Request(Kind.FIND_USER, "GET", _match("/Users", "userName", person.user_name))

    def _new_user(self, person: Person) -> Request:
        return Request(Kind.CREATE_USER, "POST", "/Users", new_user(person))

    def _find_group(self, name: str) -> Request:
        return Request(Kind.FIND_GROUP, "GET", _match("/Groups", "displayName", name))

    def _new_group(self, name: str) -> Request:
        body = {"schemas": [urns.GROUP], "displayName": name, "members": []}
        return Request(Kind.CREATE_GROUP, "POST", "/Groups", body)

    def _update(self, person: Person, link: Link) -> Conversation[Outcome]:
        return self._align(person, {"id": link.id, "active": link.pushed.active})

    def _align(self, person: Person, known: Document) -> Conversation[Outcome]:
        id_, was_active = str(known["id"]), known.get("active") is True
        path, outcome = f"/Users/{id_}", Outcome.UPDATED
        if person.active != was_active:
            kind, outcome = change(was_active=was_active, is_active=person.active)
            body = patch({"op": "replace", "value": {"active": person.active}})
            answer = yield Request(kind, "PATCH", path, body)
            outcome = self._settled(person, id_, answer, outcome)
        if not person.active or outcome in (Outcome.REFUSED, Outcome.FAILED):
            return outcome
        current = yield Request(Kind.READ_USER, "GET", path)
        if not current.is_success:
            return Outcome.FAILED
        body = {**current.document, **profile(person, current.document)}
        answer = yield Request(Kind.UPDATE_USER, "PUT", path, body)
        return self._settled(person, id_, answer, outcome)

    def _push_members(self, link: GroupLink, wanted: frozenset[str]) -> Conversation[GroupLink]:
        if link.members == wanted:
            return link
        path = f"/Groups/{link.id}"
        name = patch({"op": "replace", "value": {"id": link.id, "displayName": link.name}})
        answer = yield Request(Kind.UPDATE_GROUP, "PATCH", path, name)
        for operations in member_operations(link.members, wanted):
            if not answer.is_success:
                return link
            answer = yield Request(Kind.CHANGE_MEMBERS, "PATCH", path, patch(*operations))
        return replace(link, members=wanted) if answer.is_success else link


def new_user(person: Person) -> Document:
    """Return what Okta creates a user from: with a random password, and groups."""
    return {
        **profile(person, {}),
        "externalId": f"00u{_digest('user', person)[:17]}",
        "groups": [],
        "password": _digest("password", person)[:12],
        "active": True,
    }


def profile(person: Person, known: Document) -> Document:
    """Return the attributes that Okta maps, to be laid over those that the server returned."""
    return {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "userName": person.user_name,
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        "emails": [{"primary": True, "value": person.email, "type": "work"}],
        "displayName": person.display_name,
        "locale": "en-US",
        urns.ENTERPRISE_USER: {
            **known.get(urns.ENTERPRISE_USER, {}),
            "department": person.department,
        },
    }


def member_operations(
    pushed: frozenset[str] | None, wanted: frozenset[str]
) -> Iterator[list[Document]]:
    """Give the operations of each PATCH that leads from the pushed members to the wanted ones.

    Where it is not known who is in the group, the first replaces its members.
    """
    removed = [
        {"op": "remove", "path": f"members[{equals('value', id_)}]"}
        for id_ in sorted((pushed or frozenset()) - wanted)
    ]
    added = sorted(wanted - (pushed or frozenset()))
    chunks = [
        added[start : start + MEMBERS_OF_A_PATCH_MAX]
        for start in range(0, len(added), MEMBERS_OF_A_PATCH_MAX)
    ]
    op = "replace" if pushed is None else "add"
    for chunk in chunks or [[]]:
        members = [{"value": id_} for id_ in chunk]
        adding = (
            [{"op": op, "path": "members", "value": members}] if chunk or pushed is None else []
        )
        yield [*removed, *adding]
        removed, op = [], "add"


def _match(path: str, attribute: str, value: str) -> str:
    return query(path, filter=equals(attribute, value), startIndex=1, count=100)


def _digest(purpose: str, person: Person) -> str:
    return uuid5(NAMESPACE_DNS, f"{purpose}.{person.user_name}").hex
