"""Bodies as they may be kept: parsed, without any password or token, cut at 8 KiB.

What does not parse is not kept, since what in it is a password cannot be known.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from app.json_text import json_text, read_json

#: What is kept of a body. Units: bytes of UTF-8.
KEPT_MAX: Final = 8 * 1024

#: What follows a body that was cut.
CUT: Final = "… [cut here]"

#: Larger bodies are not read at all. Units: bytes.
READ_MAX: Final = 1024 * 1024

#: What stands in the place of what is not kept.
HIDDEN: Final = "[not kept]"

_SECRET = "password"  # noqa: S105  # nosec B105  # the attribute's name
_SECRETS = frozenset({_SECRET, "authorization", "token", "secret"})
#: A text as short as this is in many answers, and no secret.
_SECRET_LENGTH_MIN = 4

#: A token of ours, and what follows the word with which one is sent.
_TOKEN = re.compile(r"\bsg_\w{16,}|\bbearer\s+[\w.~+/=-]{16,}", re.IGNORECASE)
_MARKS: Final = str.maketrans("", "", " _-\t\u200b")
#: How the texts begin that `_TOKEN` finds.
_TOKEN_MARKS = ("sg_", "bearer")


def parsed(body: bytes) -> Any:
    """Return what a body says, or None where it is empty, too large or no JSON."""
    if not body or len(body) > READ_MAX:
        return None
    try:
        return read_json(body)
    except (ValueError, RecursionError):
        return None


def kept(message: Any, secrets: Collection[str] = ()) -> str | None:
    """Return a parsed body as the text that may be kept, or None where there is none.

    `secrets` are texts of the request that an answer must not repeat.

    >>> kept({"userName": "alice", "Password": "secret"})
    '{"userName":"alice","Password":"[not kept]"}'
    """
    if message is None:
        return None
    try:
        text = json_text(message)
        if _may_hold_secret(text):
            text = json_text(without_secrets(message))
    except RecursionError:
        return None
    for secret in secrets:
        text = text.replace(json.dumps(secret, ensure_ascii=False)[1:-1], HIDDEN)
    return cut(text)


def kept_bodies(request: Any, answer: Any) -> tuple[str | None, str | None]:
    """Return both bodies of an exchange as `kept` does, the answer without the request's secrets.

    >>> kept_bodies({"password": "secret"}, {"detail": "secret is short"})
    ('{"password":"[not kept]"}', '{"detail":"[not kept] is short"}')
    """
    asked = kept(request)
    hides = asked is None or HIDDEN in asked or asked.endswith(CUT)
    return asked, kept(answer, secrets_of(request) if hides else ())


def secrets_of(message: Any) -> set[str]:
    """Return the texts in a message that are not kept, so that its answer is freed of them.

    >>> secrets_of({"userName": "alice", "password": {"value": "secret"}})
    {'secret'}
    """
    try:
        if not _may_hold_secret(json_text(message)):
            return set()
        hidden = set(_hidden(message, without_secrets(message)))
    except RecursionError:
        return set()
    return {text for text in hidden if len(text) >= _SECRET_LENGTH_MIN}


def _may_hold_secret(text: str) -> bool:
    """Return whether a body's text has a word that a secret stands beside, or in.

    Few have, and the others need not be walked through.
    """
    lowered = text.casefold()
    if any(mark in lowered for mark in _TOKEN_MARKS):
        return True
    plain = lowered.translate(_MARKS)
    return any(word in plain for word in _SECRETS)


def _hidden(message: Any, shown: Any) -> Iterator[str]:
    if shown == HIDDEN:
        yield from _texts(message)
    elif isinstance(message, Mapping):
        for name, value in message.items():
            yield from _hidden(value, shown[name])
    elif isinstance(message, list):
        for value, part in zip(message, shown, strict=True):
            yield from _hidden(value, part)


def _texts(message: Any) -> Iterator[str]:
    match message:
        case Mapping():
            for value in message.values():
                yield from _texts(value)
        case list():
            for value in message:
                yield from _texts(value)
        case str() | int() | float():
            yield str(message)


def cut(text: str) -> str:
    """Return a text as both databases can keep it, with a mark where it was cut at 8 KiB.

    >>> len(cut("é" * 5000).encode()) <= KEPT_MAX
    True
    """
    storable = text.replace("\0", "").encode(errors="backslashreplace")
    if len(storable) <= KEPT_MAX:
        return storable.decode()
    room = KEPT_MAX - len(CUT.encode())
    return storable[:room].decode(errors="ignore") + CUT


def without_secrets(message: Any) -> Any:
    """Return a message with what is secret replaced, in whatever depth, case and path it stands.

    A PATCH names an attribute by a path, too: the value beside such a path is secret as a whole.
    """
    match message:
        case Mapping():
            hidden = any(_is_path(name) and _names_secret(value) for name, value in message.items())
            return {
                name: HIDDEN
                if _names_secret(name) or (hidden and _is_value(name))
                else without_secrets(value)
                for name, value in message.items()
            }
        case list():
            return [without_secrets(part) for part in message]
        case str():
            return _text_without_secrets(message)
    return message


def _is_path(name: object) -> bool:
    return isinstance(name, str) and name.strip().lower() in {"path", "attribute"}


def _is_value(name: object) -> bool:
    return isinstance(name, str) and name.strip().lower() == "value"


def _names_secret(name: object) -> bool:
    """Return whether an attribute's name or path leads to a secret.

    >>> [_names_secret(name) for name in ("PassWord", "urn:x:2.0:User:pass_word", "userName")]
    [True, True, False]
    """
    if not isinstance(name, str):
        return False
    plain = name.casefold().translate(_MARKS)
    return _SECRET in plain or plain.rpartition(":")[2] in _SECRETS


def _text_without_secrets(text: str) -> str:
    """Return a text without tokens; one that is JSON itself and has a password is not kept.

    A client may send a value as JSON in a string.
    """
    if text.lstrip()[:1] in {"{", "["} and _SECRET in text.casefold().translate(_MARKS):
        return HIDDEN
    return _TOKEN.sub(HIDDEN, text)
