"""Quirks of single values, wherever the attribute stands: in a body, an object or at a path.

They only see a value whose JSON type is not that of its attribute, and the empty text.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scim.attributes import Attribute, Type
from scim.quirks.quirk import Quirk


@dataclass(frozen=True)
class Place:
    """Where a value stands: at an attribute, for all its elements or for one."""

    attribute: Attribute
    several: bool

    @property
    def json_type(self) -> type | tuple[type, ...]:
        """What a conforming value is in Python."""
        return list if self.several else _JSON_TYPES[self.attribute.type]


_JSON_TYPES: Final[dict[Type, type | tuple[type, ...]]] = {
    Type.STRING: str,
    Type.REFERENCE: str,
    Type.BINARY: str,
    Type.DATE_TIME: str,
    Type.BOOLEAN: bool,
    Type.INTEGER: int,
    Type.DECIMAL: (int, float),
    Type.COMPLEX: dict,
}


def undo_value(attribute: Attribute, value: object, *, several: bool) -> object:
    """Return a value, and all that is in it, as the attribute's type wants it."""
    if value is None:
        return None
    place = Place(attribute, several)
    if value == "" or not isinstance(value, place.json_type):
        for quirk in VALUE_QUIRKS:
            value = quirk.undo(place, value)
    match value:
        case list() if several:
            return [undo_value(attribute, element, several=False) for element in value]
        case dict() if attribute.type is Type.COMPLEX:
            return {key: _undo_member(attribute, key, member) for key, member in value.items()}
        case _:
            return value


def _undo_member(attribute: Attribute, name: str, value: object) -> object:
    sub_attribute = attribute.sub_attribute(name)
    if sub_attribute is None:
        return value
    return undo_value(sub_attribute, value, several=sub_attribute.multi_valued)


def _empty_text(_place: Place, value: object) -> object:
    return None if value == "" else value


def _listed_single_value(place: Place, value: object) -> object:
    match value:
        case [] if not place.several:
            return None
        case [only] if not place.several:
            return only
        case _:
            return value


def _lone_value_of_several(place: Place, value: object) -> object:
    if place.several and value is not None and not isinstance(value, list):
        return [value]
    return value


def _wrapped_simple_value(place: Place, value: object) -> object:
    if isinstance(value, dict) and place.attribute.type is not Type.COMPLEX:
        return {key.lower(): member for key, member in value.items()}.get("value", value)
    return value


def _bare_complex_value(place: Place, value: object) -> object:
    is_bare = isinstance(value, str | int | float)
    if is_bare and not place.several and place.attribute.sub_attribute("value"):
        return {"value": value}
    return value


def _boolean_text(place: Place, value: object) -> object:
    if place.attribute.type is Type.BOOLEAN and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value)
    return value


def _number_for_text(place: Place, value: object) -> object:
    if place.several or place.attribute.type is not Type.STRING:
        return value
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case _:
            return value


ValueQuirk = Quirk[Callable[[Place, object], object]]

VALUE_QUIRKS: Final[tuple[ValueQuirk, ...]] = (
    ValueQuirk(
        "listed_single_value",
        "Microsoft Entra ID",
        'a list of one where one value belongs: "manager": [{"$ref": "…", "value": "id"}]',
        "only multi-valued attributes are arrays (RFC 7643 2.4)",
        "Microsoft Learn, known issues with SCIM 2.0 compliance",
        _listed_single_value,
    ),
    ValueQuirk(
        "wrapped_simple_value",
        "Microsoft Entra ID",
        'an object around a simple value: "displayName": {"$ref": null, "value": "Alice"}',
        "only complex attributes are objects (RFC 7643 2.3.8)",
        "Microsoft Learn, known issues with SCIM 2.0 compliance",
        _wrapped_simple_value,
    ),
    ValueQuirk(
        "empty_text",
        "Okta, Microsoft Entra ID",
        'an empty text to clear a value: "manager": ""',
        "null or absence says unassigned (RFC 7643 2.5)",
        "Okta SCIM test plan, case C9337; Microsoft SCIM validator, SCIM_Null_Update",
        _empty_text,
    ),
    ValueQuirk(
        "lone_value_of_several",
        "OneLogin",
        'one element without its list: "emails": {"value": "a@example.com"}',
        "multi-valued attributes are arrays (RFC 7643 2.4)",
        "OneLogin developer documentation: the administrator writes the JSON template",
        _lone_value_of_several,
    ),
    ValueQuirk(
        "bare_complex_value",
        "Microsoft Entra ID",
        'the significant value alone: "manager": "id", "members": ["id"]',
        "a complex value is an object (RFC 7643 2.3.8)",
        "SCIM-SDK 541 and 686, SCIMple 1244",
        _bare_complex_value,
    ),
    ValueQuirk(
        "boolean_text",
        "Microsoft Entra ID",
        'booleans as text: "active": "False"',
        "booleans are the JSON literals true and false (RFC 7643 2.3.2)",
        "Microsoft Learn, known issues with SCIM 2.0 compliance",
        _boolean_text,
    ),
    ValueQuirk(
        "number_for_text",
        "Okta",
        'numbers and booleans where text belongs: "externalId": 701984',
        "strings are JSON strings (RFC 7643 2.3.1)",
        "Okta developer documentation, SCIM 2.0 protocol reference",
        _number_for_text,
    ),
)
