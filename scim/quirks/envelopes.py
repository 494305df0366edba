"""Quirks of what surrounds a message: the query of an address, and the `schemas` of a PATCH."""

from collections.abc import Callable
from typing import Final

from scim import urns
from scim.quirks.quirk import Quirk

#: The PATCH message under the URN that some clients make up from those of the schemas.
MISSPELT_PATCH_OP: Final = "urn:ietf:params:scim:schemas:core:2.0:PatchOp"

_SPACE: Final = "%20"
_PLUS: Final = "%2B"


def undo_query(query_string: str, *, strict: bool = False) -> str:
    """Return a query string as a conforming client would have sent it.

    >>> undo_query('filter=userName%20eq%20"a+b@example.com"')
    'filter=userName%20eq%20"a%2Bb@example.com"'
    >>> undo_query('filter=userName+eq+"a"')
    'filter=userName+eq+"a"'
    """
    return query_string if strict else _raw_plus(query_string)


def undo_envelope(message: dict[str, object]) -> dict[str, object]:
    """Return a PATCH message with the `schemas` that a conforming client would have sent."""
    return _unnamed_patch(message)


def _raw_plus(query_string: str) -> str:
    return query_string.replace("+", _PLUS) if _SPACE in query_string else query_string


def _unnamed_patch(message: dict[str, object]) -> dict[str, object]:
    key = next((name for name in message if name.lower() == "schemas"), "schemas")
    match message.get(key):
        case None | [] | "":
            pass
        case str(name) if name.lower() in {urns.PATCH_OP.lower(), MISSPELT_PATCH_OP.lower()}:
            pass
        case [*names] if any(str(name).lower() == MISSPELT_PATCH_OP.lower() for name in names):
            pass
        case _:
            return message
    return {**message, key: [urns.PATCH_OP]}


QueryQuirk = Quirk[Callable[[str], str]]
EnvelopeQuirk = Quirk[Callable[[dict[str, object]], dict[str, object]]]

ENVELOPE_QUIRKS: Final = (
    QueryQuirk(
        "raw_plus",
        "several",
        'a plus as it is in a query that writes its spaces as %20: "a+b@example.com"',
        "in a query as forms write it, a plus is a space (RFC 1866 8.2.1), so nobody is found and "
        "the creation that follows is a conflict, for ever",
        "public bug reports of SCIM clients that encode with RFC 3986",
        _raw_plus,
    ),
    EnvelopeQuirk(
        "unnamed_patch",
        "several",
        f"a PATCH without schemas, with an empty list, with a text, or with {MISSPELT_PATCH_OP}",
        f"the message is named {urns.PATCH_OP} (RFC 7644 3.5.2)",
        "public bug reports of SCIM clients",
        _unnamed_patch,
    ),
)
