"""Named deviations of identity providers, undone before parsing.

The parsers of this package are strict; every tolerance towards a provider is an entry of `QUIRKS`,
with what it sends, what the RFC says and where that was seen, so that it can be read, and removed.
Names and values without a quirk pass through unchanged, for the parser to judge.
"""

from collections.abc import Callable
from typing import Final

from scim.quirks.dialects import PROVIDERS, Dialect, dialect_of
from scim.quirks.envelopes import ENVELOPE_QUIRKS, undo_envelope, undo_query
from scim.quirks.objects import OBJECT_QUIRKS, undo_object
from scim.quirks.operations import OPERATION_QUIRKS, undo_operation
from scim.quirks.quirk import Quirk
from scim.quirks.values import VALUE_QUIRKS
from scim.resource_types import ResourceType

__all__ = [
    "PROVIDERS",
    "QUIRKS",
    "Dialect",
    "dialect_of",
    "undo_patch",
    "undo_query",
    "undo_resource",
]

_IN_ORDER: Final[tuple[Quirk[Callable[..., object]], ...]] = (
    *ENVELOPE_QUIRKS,
    *OPERATION_QUIRKS,
    *OBJECT_QUIRKS,
    *VALUE_QUIRKS,
)

#: Every quirk by its name, in the order in which they are undone.
QUIRKS: Final = {quirk.name: quirk for quirk in _IN_ORDER}


def undo_resource(resource_type: ResourceType, body: object, *, strict: bool = False) -> object:
    """Return the body of a POST or PUT as a conforming client would have sent it.

    >>> from scim.schemas import USER
    >>> undo_resource(USER, {"userName": "alice", "active": "False", "externalId": 701984})
    {'userName': 'alice', 'active': False, 'externalId': '701984'}
    """
    if strict or not isinstance(body, dict):
        return body
    return undo_object(resource_type, body)


def undo_patch(resource_type: ResourceType, message: object, *, strict: bool = False) -> object:
    """Return a PATCH message as a conforming client would have sent it."""
    if strict or not isinstance(message, dict):
        return message
    return {
        key: _undo_operations(resource_type, value) if key.lower() == "operations" else value
        for key, value in undo_envelope(message).items()
    }


def _undo_operations(resource_type: ResourceType, operations: object) -> object:
    if not isinstance(operations, list):
        return operations
    undone: list[object] = []
    for operation in operations:
        if isinstance(operation, dict):
            lowered = {key.lower(): value for key, value in operation.items()}
            undone.extend(undo_operation(resource_type, lowered))
        else:
            undone.append(operation)
    return undone
