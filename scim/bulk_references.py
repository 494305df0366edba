"""Where an operation of a bulk request names what another one creates (RFC 7644 3.7.2).

`bulkId:x` is such a name where an id can stand: as a `value`, as the end of a `$ref`, as a member
or a manager, in the filter of a path. In any other text it is one only if a POST of the request has
that bulkId, so that a text which merely looks like a name is stored as it is.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from scim.attributes import Document

PREFIX: Final = "bulkId:"

#: A whole text, or the last segment of an address.
REFERENCE: Final = re.compile(r"(?:(?<=/)|\A)bulkId:(?P<bulk_id>[^/]*)\Z", re.DOTALL)

#: What a filter in a path compares with, in quotes or as a bare word.
_COMPARED: Final = re.compile(
    r'"bulkId:(?P<quoted>(?:[^"\\]|\\.)*)"|(?<=\s)bulkId:(?P<bulk_id>[^\s()\[\]"]+)'
)

#: Names under which an id stands, in lower case.
_HOLDERS: Final = frozenset({"value", "$ref", "members", "manager", "groups"})


def found(value: object, known: frozenset[str], name: str = "") -> Iterator[str]:
    """Yield the bulkIds that a value, which stands under `name`, names.

    >>> sorted(found({"title": "bulkId:x", "manager": {"value": "bulkId:y"}}, frozenset()))
    ['y']
    """
    match value:
        case str():
            if name.lower() == "$ref" or value.startswith(PREFIX):
                named = text(value, REFERENCE)
                yield from (one for one in named if one in known or name.lower() in _HOLDERS)
        case list():
            for element in value:
                yield from found(element, known, name)
        case dict():
            for key, member, inner in _members(value):
                yield from text(key, _COMPARED)
                if key.lower() == "path" and isinstance(member, str):
                    yield from text(member, _COMPARED)
                else:
                    yield from found(member, known, inner)


def resolved(data: Document, ids: Mapping[str, str], known: frozenset[str]) -> Document:
    """Return an operation's data with the id of what was created in place of each name."""
    return {
        resolved_text(key, ids, _COMPARED): _resolved(member, ids, known, inner)
        if key.lower() != "path" or not isinstance(member, str)
        else resolved_text(member, ids, _COMPARED)
        for key, member, inner in _members(data)
    }


def pruned(value: object, bulk_ids: frozenset[str], name: str = "") -> object | None:
    """Return the value without what names these bulkIds: a complex value goes as a whole."""
    match value:
        case str():
            return None if bulk_ids.intersection(found(value, bulk_ids, name)) else value
        case list():
            kept = (pruned(element, bulk_ids, name) for element in value)
            return [element for element in kept if element is not None]
        case dict():
            parts = ((key, member) for key, member in value.items() if isinstance(member, str))
            if any(pruned(member, bulk_ids, key) is None for key, member in parts):
                return None
            return {key: pruned(member, bulk_ids, key) for key, member in value.items()}
        case _:
            return value


def text(value: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Yield the bulkIds that a text names in the places that the pattern finds."""
    return (_bulk_id(name) for name in pattern.finditer(value))


def resolved_text(value: str, ids: Mapping[str, str], pattern: re.Pattern[str]) -> str:
    """Return a text with an id in place of each name that the pattern finds and `ids` has.

    >>> resolved_text('members[value eq "bulkId:x"]', {"x": "17"}, _COMPARED)
    'members[value eq "17"]'
    """

    def id_of(name: re.Match[str]) -> str:
        created = ids.get(_bulk_id(name))
        if created is None:
            return name[0]
        return created if pattern is REFERENCE else json.dumps(created)

    return pattern.sub(id_of, value)


def _resolved(value: object, ids: Mapping[str, str], known: frozenset[str], name: str) -> object:
    match value:
        case str():
            return resolved_text(value, ids, REFERENCE) if set(found(value, known, name)) else value
        case list():
            return [_resolved(element, ids, known, name) for element in value]
        case dict():
            return resolved(value, ids, known)
        case _:
            return value


def _bulk_id(name: re.Match[str]) -> str:
    parts = name.groupdict()
    if (quoted := parts.get("quoted")) is None:
        return str(parts["bulk_id"])
    try:
        return str(json.loads(f'"{quoted}"'))
    except ValueError:
        return quoted


def _members(members: Document) -> Iterator[tuple[str, object, str]]:
    """Yield each member with its key, and the name of the attribute that its value belongs to.

    What stands as the `value` of a PATCH operation belongs to the attribute at its path.
    """
    lowered = {key.lower(): member for key, member in members.items()}
    path = lowered.get("path")
    target = _last_name(path) if "op" in lowered and isinstance(path, str) else None
    for key, member in members.items():
        is_operand = key.lower() == "value" and target is not None
        yield key, member, target if is_operand and target is not None else _last_name(key)


def _last_name(path: str) -> str:
    """Return what stands last in a path, in lower case.

    >>> _last_name('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager')
    'manager'
    """
    plain = re.sub(r"\[.*\]", "", path, flags=re.DOTALL)
    return re.split(r"[.:]", plain)[-1].lower()
