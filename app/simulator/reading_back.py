"""Reading back: whether a server holds what a provider pushed, whatever it answered meanwhile.

A status says what a server claims. A leaver is out only once a later read shows it.
"""

from collections.abc import Iterator

from app.simulator.exchange import Answer, Conversation, Kind, Request
from app.simulator.people import Directory, Person
from app.simulator.provider import UNLESS_GONE, GroupLink, Link, Provider
from scim.attributes import Document


def differences(
    provider: Provider, directory: Directory, refused: frozenset[str]
) -> Conversation[list[str]]:
    """Return what the server holds otherwise than the directory, one sentence for each difference.

    People who were `refused`, by their user names, are not expected.
    """
    found: list[str] = []
    for user_name, link in provider.users.items():
        found += _of_user(user_name, link, (yield _read(f"/Users/{link.id}")))
    for id_, user_name in provider.deleted.items():
        answer = yield _read(f"/Users/{id_}")
        if answer.status not in UNLESS_GONE:
            found.append(f"{user_name} was deleted, and GET answers {_status(answer)}, not 404.")
    for group in provider.groups.values():
        found += _of_group(provider, group, (yield _read(f"/Groups/{group.id}")))
    found += _never_pushed(provider, directory, refused)
    return found


def _read(path: str) -> Request:
    return Request(Kind.READ_BACK, "GET", path, expects=UNLESS_GONE)


def _never_pushed(
    provider: Provider, directory: Directory, refused: frozenset[str]
) -> Iterator[str]:
    for person in directory.people:
        if person.active and person.user_name not in provider.users.keys() | refused:
            yield f"{person.user_name} should be there, and was never created."
    for group in directory.groups:
        if group.name not in provider.groups:
            yield f"{group.name} should be there, and was never created."


def _of_user(user_name: str, link: Link, answer: Answer) -> Iterator[str]:
    if not answer.is_success or not answer.id:
        yield f"{user_name} should be there, and GET answers {_status(answer)} without a user."
        return
    person, active = link.pushed, answer.document.get("active")
    if person.active and active is False and not link.parked:
        yield f"{user_name} should be active, and is inactive."
    if not person.active and active is not False:
        yield f"{user_name} should be inactive, and is active."
    if person.active:
        # Okta does not write the profile of a person who is out.
        yield from _of_profile(person, answer.document)


def _of_profile(person: Person, document: Document) -> Iterator[str]:
    name = document.get("name")
    name = name if isinstance(name, dict) else {}
    shown = {
        "displayName": (person.display_name, document.get("displayName")),
        "name.givenName": (person.given_name, name.get("givenName")),
        "name.familyName": (person.family_name, name.get("familyName")),
    }
    for attribute, (wanted, held) in shown.items():
        if wanted != (held or ""):
            yield f'{person.user_name} should have {attribute} "{wanted}", and has "{held or ""}".'
    held = str(document.get("userName"))
    if held.casefold() != person.user_name.casefold():
        yield f'{person.user_name} should have that userName, and has "{held}".'


def _of_group(provider: Provider, link: GroupLink, answer: Answer) -> Iterator[str]:
    if not answer.is_success or not answer.id:
        yield f"{link.name} should be there, and GET answers {_status(answer)} without a group."
        return
    if (name := answer.document.get("displayName")) != link.name:
        yield f'{link.name} should have that displayName, and has "{name}".'
    present = _member_ids(answer.document)
    for id_ in sorted(present & provider.deleted.keys()):
        yield f"{link.name} still has {provider.deleted[id_]}, who was deleted."
    if link.members is None:
        return
    names = {user.id: user_name for user_name, user in provider.users.items()}
    for id_ in sorted(link.members - present):
        yield f"{link.name} should have {names.get(id_, id_)}, and has not."
    if not link.has_others:
        for id_ in sorted(present - link.members - provider.deleted.keys()):
            yield f"{link.name} has {names.get(id_, id_)}, and should not."


def _member_ids(document: Document) -> frozenset[str]:
    members = document.get("members")
    listed = members if isinstance(members, list) else []
    return frozenset(str(member.get("value")) for member in listed if isinstance(member, dict))


def _status(answer: Answer) -> str:
    return str(answer.status or "nothing")
