"""authentik: posts first, links what is there, and compares a group's members."""

from dataclasses import replace
from hashlib import sha256
from typing import ClassVar
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
from app.simulator.provider import UNLESS_GONE, GroupLink, Link, Provider
from scim import urns
from scim.attributes import Document

_UNLESS_TAKEN = frozenset({409})


class Authentik(Provider):
    """authentik's SCIM provider, in its full sync."""

    headers: ClassVar = {
        "User-Agent": "authentik@2026.2.0",
        "Accept": urns.MEDIA_TYPE,
        "Content-Type": urns.MEDIA_TYPE,
    }
    patience: ClassVar = Patience(default_seconds=5, statuses=frozenset({429, 503}))

    def __init__(self) -> None:
        """Assume nothing of the server until its configuration is read."""
        super().__init__()
        self._can_patch = False
        self._operations_max = 0

    def test_connection(self) -> Conversation[bool]:
        """Read what the server can do; one that does not say it can do the least."""
        answer = yield Request(
            Kind.TEST_CONNECTION, "GET", "/ServiceProviderConfig", expects=UNLESS_GONE
        )
        self._can_patch = _member(answer.document, "patch", "supported") is True
        operations_max = _member(answer.document, "bulk", "maxOperations")
        self._operations_max = operations_max if isinstance(operations_max, int) else 0
        return answer.is_success or answer.status in UNLESS_GONE

    def _introduce(self, person: Person) -> Conversation[Outcome]:
        body = whole_user(person)
        answer = yield Request(Kind.CREATE_USER, "POST", "/Users", body, _UNLESS_TAKEN)
        if answer.status not in _UNLESS_TAKEN:
            return self._settled(person, answer.id, answer, Outcome.CREATED)
        path = query("/Users", filter=equals("userName", person.user_name))
        found = yield Request(Kind.FIND_USER, "GET", path)
        if found.first is None:
            return Outcome.FAILED
        link = Link(str(found.first["id"]), replace(person, active=bool(found.first.get("active"))))
        answer = yield _put(person, link)
        return self._settled(person, link.id, answer, _changed(person, link))

    def _update(self, person: Person, link: Link) -> Conversation[Outcome]:
        request = _put(person, link)
        answer = yield replace(request, expects=UNLESS_GONE)
        if answer.status not in UNLESS_GONE:
            return self._settled(person, link.id, answer, _changed(person, link))
        self._forget(person)
        return (yield from self._introduce(person))

    def _introduce_group(self, name: str) -> Conversation[tuple[Outcome, GroupLink]]:
        body = whole_group(name)
        answer = yield Request(Kind.CREATE_GROUP, "POST", "/Groups", body, _UNLESS_TAKEN)
        if answer.status not in _UNLESS_TAKEN:
            made = answer.is_success and answer.id
            outcome = Outcome.CREATED if made else Outcome.FAILED
            return outcome, GroupLink(answer.id, name, frozenset())
        path = query("/Groups", filter=equals("displayName", name))
        found = yield Request(Kind.FIND_GROUP, "GET", path)
        outcome = Outcome.FAILED if found.first is None else Outcome.LINKED
        return outcome, GroupLink(str((found.first or {}).get("id")), name)

    def _push_members(self, link: GroupLink, wanted: frozenset[str]) -> Conversation[GroupLink]:
        if not self._can_patch:
            return (yield from self._put_group(link, wanted))
        present = yield from self._present_members(link)
        if present is None:
            return link
        operations = member_operations(present, wanted)
        size = self._operations_max or len(operations)
        for start in range(0, len(operations), size or 1):
            body = patch(*operations[start : start + size])
            answer = yield Request(Kind.CHANGE_MEMBERS, "PATCH", f"/Groups/{link.id}", body)
            if not answer.is_success:
                return link
        return replace(link, members=wanted)

    def _present_members(self, link: GroupLink) -> Conversation[frozenset[str] | None]:
        """Return who is in a group; a new one is empty, one that was found is written first."""
        if link.members == frozenset():
            return link.members
        path = f"/Groups/{link.id}"
        if link.members is None:
            body = patch({"op": "replace", "value": {**whole_group(link.name), "id": link.id}})
            yield Request(Kind.UPDATE_GROUP, "PATCH", path, body)
        group = yield Request(Kind.READ_GROUP, "GET", path)
        members = group.document.get("members") or []
        found = frozenset(str(member.get("value")) for member in members)
        return found if group.is_success else None

    def _put_group(self, link: GroupLink, wanted: frozenset[str]) -> Conversation[GroupLink]:
        if link.members == wanted:
            return link
        members = [{"value": id_} for id_ in sorted(wanted)]
        body = {**whole_group(link.name), "id": link.id, "members": members}
        answer = yield Request(Kind.UPDATE_GROUP, "PUT", f"/Groups/{link.id}", body)
        return replace(link, members=wanted) if answer.is_success else link


def whole_user(person: Person) -> Document:
    """Return a user as authentik's default mapping makes it."""
    return {
        "schemas": [urns.USER],
        "externalId": sha256(person.user_name.encode()).hexdigest(),
        "userName": person.user_name,
        "name": {
            "formatted": person.display_name,
            "givenName": person.given_name,
            "familyName": person.family_name,
        },
        "displayName": person.display_name,
        "active": person.active,
        "emails": [{"value": person.email, "type": "other", "primary": True}],
    }


def whole_group(name: str) -> Document:
    """Return a group as authentik's default mapping makes it."""
    return {
        "schemas": [urns.GROUP],
        "externalId": str(uuid5(NAMESPACE_DNS, name)),
        "displayName": name,
    }


def member_operations(present: frozenset[str], wanted: frozenset[str]) -> list[Document]:
    """Return one operation for each member who joins or leaves.

    >>> member_operations(frozenset({"1"}), frozenset({"2"}))[0]
    {'op': 'add', 'path': 'members', 'value': [{'value': '2'}]}
    """
    changes = [("add", id_) for id_ in sorted(wanted - present)]
    changes += [("remove", id_) for id_ in sorted(present - wanted)]
    return [{"op": op, "path": "members", "value": [{"value": id_}]} for op, id_ in changes]


def _put(person: Person, link: Link) -> Request:
    kind, _ = change(was_active=link.pushed.active, is_active=person.active)
    return Request(kind, "PUT", f"/Users/{link.id}", {**whole_user(person), "id": link.id})


def _changed(person: Person, link: Link) -> Outcome:
    _, outcome = change(was_active=link.pushed.active, is_active=person.active)
    return outcome


def _member(document: Document, name: str, sub_name: str) -> object:
    feature = document.get(name)
    return feature.get(sub_name) if isinstance(feature, dict) else None
