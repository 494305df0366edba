"""What an exchange is about: what was asked of which person, and what became of it.

The body is read as leniently as the product reads it elsewhere, because a refusal is often about
how it was written.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

_PATH = re.compile(r"(?:.*/scim/v2)?/+(users|groups|bulk)(?:/+([^/]+))?/*", re.IGNORECASE)
_SEARCH = ".search"
_NAME_LENGTH_MAX = 400


class Action(StrEnum):
    """What an identity provider asked."""

    CREATE_USER = "create_user"
    REPLACE_USER = "replace_user"
    CHANGE_USER = "change_user"
    ACTIVATE_USER = "activate_user"
    DEACTIVATE_USER = "deactivate_user"
    DELETE_USER = "delete_user"
    CREATE_GROUP = "create_group"
    REPLACE_GROUP = "replace_group"
    CHANGE_GROUP = "change_group"
    DELETE_GROUP = "delete_group"
    BULK = "bulk"
    READ = "read"
    OTHER = "other"


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    #: Accepted, and the person waits for a seat.
    PARKED = "parked"
    REFUSED = "refused"


class Subject(NamedTuple):
    """The user that an exchange is about, as far as it is named."""

    user_id: str | None = None
    user_name: str | None = None


@dataclass(frozen=True)
class Said:
    """One request or operation, and its answer, both parsed."""

    method: str
    path: str
    request: Any
    status: int
    answer: Any

    @cached_property
    def action(self) -> Action:
        """What was asked."""
        found = _PATH.fullmatch(self.path)
        if self.method == "GET" or self.path.rstrip("/").endswith(_SEARCH):
            return Action.READ
        if found is None:
            return Action.OTHER
        kind = found[1].lower()
        if kind == "bulk":
            return Action.BULK
        return _of_user(self) if kind == "users" else _GROUP.get(self.method, Action.OTHER)

    @cached_property
    def asks_active(self) -> bool | None:
        """What is asked of `active`; the last operation counts. None is nothing."""
        asked = _flag(member(self.request, "active"))
        for operation in operations_of(self.request):
            value = member(operation, "value")
            path = str(member(operation, "path") or "").rpartition(":")[2].lower()
            removes = str(member(operation, "op")).lower() == "remove"
            if path == "active":
                asked = not removes and _flag(value) is True
            elif not path and (given := member(value, "active")) is not None:
                asked = _flag(given)
        return asked

    @cached_property
    def outcome(self) -> Outcome:
        """What became of it."""
        if self.status >= 400:
            return Outcome.REFUSED
        wanted = self.action in {Action.CREATE_USER, Action.ACTIVATE_USER}
        parked = wanted and self.asks_active is not False and _active(self.answer) is False
        return Outcome.PARKED if parked else Outcome.DONE

    @cached_property
    def subject(self) -> Subject:
        """The user that it is about; nothing where it is about a group, or about many."""
        found = _PATH.fullmatch(self.path)
        if found is None or found[1].lower() != "users" or found[2] == _SEARCH:
            return Subject()
        answered, asked = _name(self.answer), _name(self.request) or _patched_name(self.request)
        user_id = found[2] or _text(self.answer, "id")
        return Subject(user_id, asked or answered)


_USER = {"POST": Action.CREATE_USER, "DELETE": Action.DELETE_USER}
_PATCHED = {
    None: Action.CHANGE_USER,
    True: Action.ACTIVATE_USER,
    False: Action.DEACTIVATE_USER,
}
_GROUP = {
    "POST": Action.CREATE_GROUP,
    "PUT": Action.REPLACE_GROUP,
    "PATCH": Action.CHANGE_GROUP,
    "DELETE": Action.DELETE_GROUP,
}


def member(message: Any, name: str) -> Any:
    """Return a member of an object whatever the case of its name, or None.

    >>> member({"UserName": "alice"}, "userName")
    'alice'
    """
    if not isinstance(message, dict):
        return None
    if name in message:
        return message[name]
    key = name.lower()
    for given, value in message.items():
        if given.lower() == key:
            return value
    return None


def operations_of(message: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the operations of a PATCH or a Bulk that are objects."""
    listed = member(message, "Operations")
    if isinstance(listed, list):
        yield from (part for part in listed if isinstance(part, Mapping))


def _of_user(said: Said) -> Action:
    active = said.asks_active
    if said.method == "PUT":
        return Action.DEACTIVATE_USER if active is False else Action.REPLACE_USER
    if said.method == "PATCH":
        return _PATCHED[active]
    return _USER.get(said.method, Action.OTHER)


def _active(message: Any) -> bool | None:
    return _flag(member(message, "active"))


def _flag(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    if isinstance(value, list) and len(value) == 1:
        return _flag(member(value[0], "value"))
    return value if isinstance(value, bool) else None


def _name(message: Any) -> str | None:
    return _text(message, "userName")


def _patched_name(message: Any) -> str | None:
    """Return the userName that a PATCH gives, by path or in a value."""
    given = None
    for operation in operations_of(message):
        value = member(operation, "value")
        path = str(member(operation, "path") or "").rpartition(":")[2].lower()
        found = value if path == "username" else member(value, "userName")
        given = found if isinstance(found, str) and found.strip() else given
    return None if given is None else given[:_NAME_LENGTH_MAX]


def _text(message: Any, name: str) -> str | None:
    value = member(message, name)
    if not isinstance(value, str) or not value.strip():
        return None
    return value[:_NAME_LENGTH_MAX]
