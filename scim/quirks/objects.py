"""Quirks of objects that hold a resource's attributes: bodies, and PATCH values without a path."""

from collections.abc import Callable
from typing import Final

from scim import urns
from scim.attributes import ResourceType
from scim.quirks.quirk import Quirk
from scim.quirks.values import undo_value

Body = dict[str, object]

#: The enterprise URN as Entra ID has sent it.
MISSPELT_ENTERPRISE_USER: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"


def undo_object(resource_type: ResourceType, body: Body) -> Body:
    """Return an object of a resource's attributes as the schemas want it."""
    for quirk in OBJECT_QUIRKS:
        body = quirk.undo(resource_type, body)
    return {key: _undo_attribute(resource_type, key, value) for key, value in body.items()}


def undo_extension(resource_type: ResourceType, urn: str, value: object) -> object:
    """Return an object of one extension's attributes as its schema wants it."""
    extension = resource_type.extension(urn)
    if extension is None or not isinstance(value, dict):
        return value
    return {
        key: undo_value(attribute, member, several=attribute.multi_valued)
        if (attribute := extension.attribute(key))
        else member
        for key, member in value.items()
    }


def _undo_attribute(resource_type: ResourceType, key: str, value: object) -> object:
    attribute = resource_type.attribute(key)
    if attribute is None:
        return undo_extension(resource_type, key, value)
    if attribute.name == "schemas":
        return value
    return undo_value(attribute, value, several=attribute.multi_valued)


def _misspelt_urn(_resource_type: ResourceType, body: Body) -> Body:
    return {
        urns.ENTERPRISE_USER if key.lower() == MISSPELT_ENTERPRISE_USER.lower() else key: value
        for key, value in body.items()
    }


def _core_level_extension_attribute(resource_type: ResourceType, body: Body) -> Body:
    """Move what stands beside the core attributes into the extension that defines it.

    It is moved, not refused or dropped: the administrator mapped the attribute, and nothing else
    can be meant by it. Unassigned ones are dropped: beside a filled extension they mean nothing.
    """
    extension = resource_type.extension(urns.ENTERPRISE_USER)
    if extension is None:
        return body
    strays = {
        attribute.name: value
        for key, value in body.items()
        if resource_type.attribute(key) is None and (attribute := extension.attribute(key))
    }
    if not strays:
        return body
    kept = {key: value for key, value in body.items() if extension.attribute(key) is None}
    assigned = {name: value for name, value in strays.items() if value not in (None, "", [], {})}
    urn = next((key for key in kept if key.lower() == extension.id.lower()), extension.id)
    members = kept.get(urn) or {}
    if assigned and isinstance(members, dict):
        kept[urn] = {**assigned, **members}
    return kept


ObjectQuirk = Quirk[Callable[[ResourceType, Body], Body]]

OBJECT_QUIRKS: Final[tuple[ObjectQuirk, ...]] = (
    ObjectQuirk(
        "misspelt_urn",
        "Microsoft Entra ID",
        f"the enterprise attributes under {MISSPELT_ENTERPRISE_USER}",
        f"the URN is {urns.ENTERPRISE_USER} (RFC 7643 4.3)",
        "Microsoft SCIM reference code, recorded requests",
        _misspelt_urn,
    ),
    ObjectQuirk(
        "core_level_extension_attribute",
        "Microsoft Entra ID",
        'enterprise attributes among the core ones: "department": null, "manager": "id"',
        "extension attributes stand under their schema's URN (RFC 7643 3.3)",
        "Microsoft Learn, develop and plan provisioning for a SCIM endpoint",
        _core_level_extension_attribute,
    ),
)
