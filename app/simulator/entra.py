"""Microsoft Entra ID without the flag in its tenant URL, which is to say with its own PATCH."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, Final
from uuid import NAMESPACE_DNS, uuid4, uuid5

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
from app.simulator.provider import UNLESS_GONE, GroupLink, Link, MatchingProvider
from scim import urns
from scim.attributes import Document

MICROSOFT_GROUP: Final = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


class Entra(MatchingProvider):
    """Entra's provisioning service: a round is a cycle, and what failed waits for the next one."""

    # What it calls itself in `User-Agent` is not documented.
    headers: ClassVar = {
        "Accept": urns.MEDIA_TYPE,
        "Content-Type": f"{urns.MEDIA_TYPE}; charset=utf-8",
    }
    patience: ClassVar = Patience(default_seconds=5)

    def test_connection(self) -> Conversation[bool]:
        """Look for a person who cannot be there: anything but an empty list is quarantine."""
        stranger = equals("userName", f"AzureAD_Test-{uuid4()}")
        answer = yield Request(Kind.TEST_CONNECTION, "GET", query("/Users", filter=stranger))
        return answer.is_success and answer.document.get("totalResults") == 0

    def _find_user(self, person: Person) -> Request:
        path = query("/Users", filter=equals("userName", person.user_name))
        return Request(Kind.FIND_USER, "GET", path)

    def _new_user(self, person: Person) -> Request:
        return Request(Kind.CREATE_USER, "POST", "/Users", new_user(person))

    def _find_group(self, name: str) -> Request:
        path = query("/Groups", excludedAttributes="members", filter=equals("displayName", name))
        return Request(Kind.FIND_GROUP, "GET", path)

    def _new_group(self, name: str) -> Request:
        body = {
            "schemas": [urns.GROUP, MICROSOFT_GROUP],
            "externalId": _object_id(name),
            "displayName": name,
            "meta": {"resourceType": "Group"},
        }
        return Request(Kind.CREATE_GROUP, "POST", "/Groups", body)

    def _update(self, person: Person, link: Link) -> Conversation[Outcome]:
        path = f"/Users/{link.id}"
        current = yield Request(Kind.READ_USER, "GET", path, expects=UNLESS_GONE)
        if current.is_success:
            return (yield from self._align(person, {**current.document, "id": link.id}))
        if current.status not in UNLESS_GONE:
            return Outcome.FAILED
        self._forget(person)
        return (yield from self._introduce(person))

    def _align(self, person: Person, known: Document) -> Conversation[Outcome]:
        operations = list(differences(known, person))
        if not operations:
            self._remember(person, str(known["id"]))
            return Outcome.UNCHANGED
        kind, outcome = change(was_active=known.get("active") is True, is_active=person.active)
        answer = yield Request(kind, "PATCH", f"/Users/{known['id']}", patch(*operations))
        return self._settled(person, str(known["id"]), answer, outcome)

    def _push_members(self, link: GroupLink, wanted: frozenset[str]) -> Conversation[GroupLink]:
        """Add and remove members one by one; one that fails does not keep back the others."""
        pushed = link.members or frozenset()
        for id_ in sorted(wanted ^ pushed):
            op = "Add" if id_ in wanted else "Remove"
            body = patch({"op": op, "path": "members", "value": [{"$ref": None, "value": id_}]})
            answer = yield Request(Kind.CHANGE_MEMBERS, "PATCH", f"/Groups/{link.id}", body)
            if answer.is_success:
                pushed ^= {id_}
        return replace(link, members=pushed, has_others=link.has_others or link.members is None)


def new_user(person: Person) -> Document:
    """Return what Entra creates a user from: with a null, an empty list, and `meta`."""
    return {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "externalId": _object_id(person.user_name),
        "userName": person.user_name,
        "active": True,
        "addresses": None,
        "displayName": person.display_name,
        "emails": [{"primary": True, "type": "work", "value": person.email}],
        "meta": {"resourceType": "User"},
        "name": {
            "formatted": person.display_name,
            "familyName": person.family_name,
            "givenName": person.given_name,
        },
        "roles": [],
        urns.ENTERPRISE_USER: {"department": person.department or None},
    }


def differences(known: Document, person: Person) -> Iterator[Document]:
    """Give one operation for each attribute that the server has not as the directory has it."""
    if known.get("active") is not person.active:
        yield {"op": "Replace", "path": "active", "value": str(person.active)}
    current = _attributes(known)
    for path, value in _attributes(new_user(person)).items():
        if not value and current[path]:
            yield {"op": "Remove", "path": path}
        elif value and value != current[path]:
            yield {"op": "Replace" if current[path] else "Add", "path": path, "value": value}


def _attributes(resource: Document) -> dict[str, str | None]:
    """Return what Entra maps, by the paths that it uses."""
    name = resource.get("name") or {}
    emails = resource.get("emails") or []
    enterprise = resource.get(urns.ENTERPRISE_USER) or {}
    return {
        "displayName": resource.get("displayName"),
        "name.givenName": name.get("givenName"),
        "name.familyName": name.get("familyName"),
        "name.formatted": name.get("formatted"),
        'emails[type eq "work"].value': next(
            (email.get("value") for email in emails if email.get("type") == "work"), None
        ),
        f"{urns.ENTERPRISE_USER}:department": enterprise.get("department"),
    }


def _object_id(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))
