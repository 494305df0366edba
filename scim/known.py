"""Names that no schema defines: which are refused, and which are dropped.

Identity providers send attributes of their own, and a refusal would stop a deactivation for the
sake of a field that is not kept anyway. So they are dropped, except in strict mode, and where they
begin with a URN of ours: then something of ours was meant, and misspelt.
"""

from collections.abc import Mapping
from itertools import takewhile
from typing import Final

from scim import urns
from scim.attributes import Attribute, Schema
from scim.errors import InvalidPath, InvalidSyntax
from scim.resource_types import AttributePath, ResourceType

#: What begins so is the standard's own.
_STANDARD: Final = (
    "urn:ietf:params:scim:schemas:core:",
    "urn:scim:schemas:core:",
    "urn:ietf:params:scim:schemas:extension:enterprise:",
)
_STANDARD_URNS: Final = (urns.USER, urns.GROUP, urns.ENTERPRISE_USER)


def place_of(resource_type: ResourceType, key: str) -> AttributePath | None:
    """Return what a member of a resource's body stands for, as nearly as can be said."""
    if place := resource_type.places_by_key.get(key.lower()):
        return place
    meant = resource_type.extension(key) or next(
        (schema for schema in resource_type.extensions if _begins_nearly(key, schema.id)), None
    )
    return AttributePath(meant, None) if meant else None


def is_ours(resource_type: ResourceType, text: str) -> bool:
    """Return whether a name begins with a URN of ours, or with one that is an edit away from it.

    >>> from scim.schemas import USER
    >>> is_ours(USER, "urn:ietf:params:scim:schemas:core:2.0:Usr:active")
    True
    >>> is_ours(USER, "urn:example:params:scim:schemas:hr:2.0:User:badge")
    False
    """
    key = text.lower()
    if ":" not in key:
        return False
    if key.startswith(_STANDARD):
        return True
    registered = (schema.id for schema in resource_type.schemas())
    return any(_begins_nearly(key, urn) for urn in (*_STANDARD_URNS, *registered))


def check_attribute(
    resource_type: ResourceType, attribute: Attribute, value: object, *, strict: bool = False
) -> None:
    """Refuse a value of a common or core attribute with a name in it that must not be dropped.

    Raises:
        InvalidPath: a name begins with a URN of ours.
        InvalidSyntax: in strict mode, no schema defines it.
    """
    if strict and attribute.name == "schemas":
        _check_registered(resource_type, value)
    if attribute.sub_attributes:
        check_names(resource_type, attribute, value, strict=strict)


def check_unknown(
    resource_type: ResourceType, key: str, value: object, *, strict: bool = False
) -> None:
    """Refuse a member that is no attribute if its name, or a name in it, must not be dropped.

    Raises:
        InvalidPath: it begins with a URN of ours and leads nowhere.
        InvalidSyntax: in strict mode, no schema defines it.
    """
    if extension := resource_type.extension(key):
        check_names(resource_type, extension, value, strict=strict)
    else:
        _refuse(resource_type, key, strict=strict)


def check_names(
    resource_type: ResourceType, holder: Attribute | Schema, value: object, *, strict: bool = False
) -> None:
    """Refuse a value of an attribute or extension that holds names which must not be dropped.

    Raises:
        InvalidPath: a name begins with a URN of ours.
        InvalidSyntax: in strict mode, neither schema nor attribute defines a name.
    """
    if isinstance(value, list):
        for element in value:
            check_names(resource_type, holder, element, strict=strict)
    elif isinstance(value, dict) and (known := _members_of(holder)):
        for key, member in value.items():
            attribute = known.get(key.lower())
            if attribute is None:
                _refuse(resource_type, key, strict=strict)
            elif isinstance(holder, Schema):
                check_names(resource_type, attribute, member, strict=strict)


def _members_of(holder: Attribute | Schema) -> Mapping[str, Attribute]:
    if isinstance(holder, Schema):
        return holder.attributes_by_key
    return holder.sub_attributes_by_key


def _check_registered(resource_type: ResourceType, value: object) -> None:
    ours = {schema.id.lower() for schema in resource_type.schemas()}
    for urn in value if isinstance(value, list) else []:
        if str(urn).lower() not in ours:
            raise InvalidSyntax(f"schemas lists {_shown(str(urn))}, which is not registered here.")


def _refuse(resource_type: ResourceType, key: str, *, strict: bool) -> None:
    if strict:
        raise InvalidSyntax(
            f"No schema of a {resource_type.name} defines {_shown(key)}; "
            "check its spelling against /Schemas, or leave it out."
        )
    if is_ours(resource_type, key):
        raise InvalidPath(
            f"{_shown(key)} names no attribute of a {resource_type.name}, or one given twice; "
            "check its spelling against /Schemas."
        )


def _shown(name: str) -> str:
    return repr(name[:100])


def _begins_nearly(text: str, urn: str) -> bool:
    """Return whether a text begins with a URN in any case, or with a text one edit away from it.

    An edit adds, drops or changes one character, or swaps two neighbours.
    """
    sent, wanted = text.lower(), urn.lower()
    same = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(sent, wanted, strict=False))
    )
    sent, wanted = sent[same:], wanted[same:]
    dropped, swapped = wanted[1:], wanted[1:2] + wanted[:1] + wanted[2:]
    return (
        not wanted or sent.startswith((dropped, swapped)) or sent[1:].startswith((wanted, dropped))
    )
