"""Quirks of single values, wherever the attribute stands: in a body, an object or at a path.

They only see a value with another JSON type than its attribute's, and texts that are blank or
stand for other things than text.
"""

import math
import re
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
    if attribute.type is Type.STRING and not several and value and isinstance(value, str):
        return value  # as most are, and no quirk is in it
    conforming = list if several else _JSON_TYPES[attribute.type]
    if not isinstance(value, conforming) or _is_odd_text(attribute, value):
        place = Place(attribute, several)
        for quirk in VALUE_QUIRKS:
            value = quirk.undo(place, value)
    if several and isinstance(value, list):
        return [undo_value(attribute, element, several=False) for element in value]
    if attribute.type is Type.COMPLEX and isinstance(value, dict):
        parts = attribute.sub_attributes_by_key
        return {
            key: undo_value(part, member, several=part.multi_valued)
            if (part := parts.get(key.lower()))
            else member
            for key, member in value.items()
        }
    return value


#: Types of texts in which a space means nothing.
_SPACELESS: Final = frozenset({Type.REFERENCE, Type.BINARY, Type.DATE_TIME})
_PEM_LINE: Final = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]*-----")


def _is_odd_text(attribute: Attribute, value: object) -> bool:
    return isinstance(value, str) and (not value or attribute.type in _SPACELESS)


def _empty_text(place: Place, value: object) -> object:
    """Clear the value, but no group: `members` is emptied by a list or by null alone."""
    if value != "" or (place.several and place.attribute.comes_or_goes):
        return value
    return None


def _blank_text(place: Place, value: object) -> object:
    is_blank = isinstance(value, str) and not value.strip()
    return None if is_blank and value and place.attribute.type in _SPACELESS else value


def _wrapped_base64(place: Place, value: object) -> object:
    if place.attribute.type is not Type.BINARY or not isinstance(value, str):
        return value
    return "".join(_PEM_LINE.sub("", value).split())


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
        case int() | float() if math.isfinite(value):
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
        "blank_text",
        "templates that an administrator writes",
        'spaces where no text with spaces can be a value: "profileUrl": " "',
        "a reference is a URI (RFC 7643 2.3.7); null or absence says unassigned (RFC 7643 2.5)",
        "public bug reports of SCIM servers",
        _blank_text,
    ),
    ValueQuirk(
        "wrapped_base64",
        "exporters of certificates",
        'base64 in lines, or as PEM: "x509Certificates": "-----BEGIN CERTIFICATE-----…"',
        "binary values are base64 without line ends (RFC 7643 2.3.6, RFC 4648 3.1)",
        "OpenSSL and base64(1), which wrap lines by default",
        _wrapped_base64,
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
