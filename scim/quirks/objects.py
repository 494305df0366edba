"""Quirks of objects that hold a resource's attributes: bodies, and PATCH values without a path."""

from collections.abc import Callable
from typing import Final

from scim import urns
from scim.quirks.quirk import Quirk
from scim.quirks.values import undo_value
from scim.resource_types import AttributePath, ResourceType

Body = dict[str, object]

#: The enterprise URN as Entra ID has sent it.
MISSPELT_ENTERPRISE_USER: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"


def undo_object(resource_type: ResourceType, body: Body) -> Body:
    """Return an object of a resource's attributes as the schemas want it."""
    if not _is_spelt_as_the_schemas(resource_type, body):
        for quirk in OBJECT_QUIRKS:
            body = quirk.undo(resource_type, body)
    return {key: _undo_attribute(resource_type, key, value) for key, value in body.items()}


def _is_spelt_as_the_schemas(resource_type: ResourceType, body: Body) -> bool:
    """Return whether no quirk of objects can be in a body, as in most, without a look at each."""
    return body.keys() <= resource_type.member_names and all(
        isinstance(body.get(schema.id, {}), dict) for schema in resource_type.extensions
    )


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
    attribute = resource_type.attributes_by_key.get(key.lower())
    if attribute is None:
        return undo_extension(resource_type, key, value)
    if attribute.name == "schemas":
        return value
    return undo_value(attribute, value, several=attribute.multi_valued)


def respelt(name: str) -> str:
    """Return a name that begins with the enterprise URN as it is to be spelt."""
    if name.lower().startswith(MISSPELT_ENTERPRISE_USER.lower()):
        return urns.ENTERPRISE_USER + name[len(MISSPELT_ENTERPRISE_USER) :]
    return name


def renamed(body: Body, rename: Callable[[str], str]) -> Body:
    """Return an object with other keys; a key stays, to be refused, if its place is taken."""
    given = _names(body)
    changed: Body = {}
    for key, value in body.items():
        name = rename(key)
        is_free = name == key or name.lower() not in given
        changed[name if is_free and name not in changed else key] = value
    return changed


def undotted(resource_type: ResourceType, name: str) -> str:
    """Return a name with a colon instead of a dot after our URN."""
    for schema in resource_type.schemas():
        length = len(schema.id)
        is_led = name[:length].lower() == schema.id.lower()
        if is_led and name[length : length + 1] == "." and resource_type.extension(name) is None:
            return f"{schema.id}:{name[length + 1 :]}"
    return name


def _misspelt_urn(_resource_type: ResourceType, body: Body) -> Body:
    return renamed(body, respelt)


def _core_urn_as_an_object(resource_type: ResourceType, body: Body) -> Body:
    """Move the members of the core schema to where they belong; what is there already is refused.

    Left where it is, the URN names no attribute.
    """
    core = resource_type.schema.id.lower()
    taken = _names(body)
    moved: Body = {}
    for key, value in body.items():
        if key.lower() == core and isinstance(value, dict) and not _names(value) & taken:
            moved |= value
            taken |= _names(value)
        else:
            moved[key] = value
    return moved


def _names(body: Body) -> set[str]:
    return {key.lower() for key in body}


def _qualified_key(resource_type: ResourceType, body: Body) -> Body:
    """Move what is named with its URN to where it belongs; what is there already is refused."""
    moved = dict(body)
    for key, value in body.items():
        found = resource_type.resolve(undotted(resource_type, key)) if ":" in key else None
        if found and found.attribute and _move(moved, found, value):
            del moved[key]
    return moved


def _move(body: Body, found: AttributePath, value: object) -> bool:
    """Put a value into the body at what its key stands for; return whether there was room."""
    names = [part.name for part in (found.attribute, found.sub_attribute) if part]
    holders = [found.schema.id, *names[:-1]] if found.schema else names[:-1]
    members = body
    for name in holders:
        key = next((key for key in members if key.lower() == name.lower()), name)
        inner = members.get(key) or {}
        if not isinstance(inner, dict):
            return False
        members[key] = members = dict(inner)
    if any(key.lower() == names[-1].lower() for key in members):
        return False
    members[names[-1]] = value
    return True


def listed_extension(resource_type: ResourceType, body: Body) -> Body:
    """Return an object in which an extension is an object, or null where it holds nothing."""
    return {
        key: _unlisted(value) if resource_type.extension(key) else value
        for key, value in body.items()
    }


def _unlisted(value: object) -> object:
    match value:
        case "" | []:
            return None
        case [only]:
            return only
        case _:
            return value


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
        "core_urn_as_an_object",
        "clients that qualify every name",
        f'the core attributes under their own URN: "{urns.USER}": {{"active": false}}',
        "core attributes stand at the top of a resource (RFC 7643 3)",
        "public bug reports of SCIM servers",
        _core_urn_as_an_object,
    ),
    ObjectQuirk(
        "qualified_key",
        "clients that qualify every name",
        f'an attribute with its URN as a key: "{urns.ENTERPRISE_USER}:department": "R&D"',
        "only paths and filters qualify names with a URN (RFC 7644 3.10)",
        "public bug reports of SCIM servers",
        _qualified_key,
    ),
    ObjectQuirk(
        "listed_extension",
        "clients that write objects as lists, or nothing as an empty one",
        f'an extension as an empty list or text: "{urns.ENTERPRISE_USER}": []',
        "an extension is an object of attributes (RFC 7643 3.3)",
        "public bug reports of SCIM servers",
        listed_extension,
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
