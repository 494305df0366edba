"""Custom extension schemas, given as documents (RFC 7643 7)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from scim import urns
from scim.attributes import (
    Attribute,
    Mutability,
    Returned,
    Schema,
    Type,
    Uniqueness,
)
from scim.errors import InvalidSyntax, InvalidValue

_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9()+,.:=@;$_!*'-]*[a-z0-9]", re.IGNORECASE)

#: RFC 7643 2.1 with erratum 8924, which lets a name begin with a dollar sign, as `$ref` does.
_NAME = re.compile(r"[A-Za-z$][A-Za-z0-9$_-]*")

#: URNs that are the standard's own.
_RESERVED: Final = (
    "urn:ietf:params:scim:schemas:core:",
    "urn:ietf:params:scim:api:",
    urns.ENTERPRISE_USER.lower(),
)

_Characteristic = TypeVar("_Characteristic", bound=StrEnum)


def parse_schema(body: object) -> Schema:
    """Return the extension schema that a Schema document describes.

    Raises:
        InvalidSyntax: the document, or an attribute in it, is not an object, or lacks its list.
        InvalidValue: a name, a URN or a characteristic is not one that SCIM knows.
    """
    by_key = _members(body, "The schema")
    urn = _text(by_key, "id", "id")
    if not _URN.fullmatch(urn):
        raise InvalidValue('id must be a URN, such as "urn:example:params:scim:2.0:User".')
    if urn.lower().startswith(_RESERVED):
        raise InvalidValue(f"{urn} belongs to the SCIM standard; give the extension its own URN.")
    return Schema(
        id=urn,
        name=_text(by_key, "name", "name"),
        description=_text(by_key, "description", "description", default=""),
        attributes=_attributes(by_key.get("attributes"), "attributes", is_nested=False),
    )


def _attributes(given: object, name: str, *, is_nested: bool) -> tuple[Attribute, ...]:
    if not isinstance(given, list) or not given:
        raise InvalidSyntax(f"{name} must be an array of at least one attribute.")
    attributes = tuple(
        _attribute(_members(item, f"{name}[{index}]"), f"{name}[{index}]", is_nested=is_nested)
        for index, item in enumerate(given)
    )
    seen = set()
    for attribute in attributes:
        key = attribute.name.lower()
        if key in seen:
            raise InvalidValue(
                f"{name} has two attributes named {attribute.name}, in whatever case; rename one."
            )
        seen.add(key)
    return attributes


def _attribute(by_key: Mapping[str, object], at: str, *, is_nested: bool) -> Attribute:
    kind = _one_of(Type, by_key, "type", Type.STRING, at)
    is_multi_valued = _flag(by_key, "multiValued", at)
    if is_nested and kind is Type.COMPLEX:
        raise InvalidValue(f"{at} is complex, but a sub-attribute cannot be; choose another type.")
    if is_nested and is_multi_valued:
        # No path can name one value of it (RFC 7644 3.5.2).
        raise InvalidValue(f"{at} is multi-valued, but a sub-attribute holds one value; split it.")
    sub_attributes: tuple[Attribute, ...] = ()
    if kind is Type.COMPLEX:
        inner = by_key.get("subattributes")
        sub_attributes = _attributes(inner, f"{at}.subAttributes", is_nested=True)
    return Attribute(
        name=_name(by_key, at),
        type=kind,
        description=_text(by_key, "description", f"{at}.description", default=""),
        multi_valued=is_multi_valued,
        required=_flag(by_key, "required", at),
        case_exact=_flag(by_key, "caseExact", at),
        mutability=_one_of(Mutability, by_key, "mutability", Mutability.READ_WRITE, at),
        returned=_one_of(Returned, by_key, "returned", Returned.DEFAULT, at),
        uniqueness=_one_of(Uniqueness, by_key, "uniqueness", Uniqueness.NONE, at),
        canonical_values=_texts(by_key, "canonicalValues", at),
        reference_types=_texts(by_key, "referenceTypes", at),
        sub_attributes=sub_attributes,
    )


def _members(given: object, at: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        raise InvalidSyntax(f"{at} must be a JSON object.")
    return {key.lower(): value for key, value in given.items()}


def _name(by_key: Mapping[str, object], at: str) -> str:
    name = _text(by_key, "name", f"{at}.name")
    if not _NAME.fullmatch(name):
        raise InvalidValue(
            f"{at}.name must begin with a letter and go on with letters, digits, hyphens and "
            f'underscores, unlike "{name}".'
        )
    return name


def _text(by_key: Mapping[str, object], member: str, name: str, default: str | None = None) -> str:
    value = by_key.get(member, default)
    if isinstance(value, str) and (value or default is not None):
        return value
    raise InvalidValue(f"{name} must be a string that is not empty.")


def _texts(by_key: Mapping[str, object], member: str, at: str) -> tuple[str, ...]:
    values = by_key.get(member.lower(), [])
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return tuple(values)
    raise InvalidValue(f"{at}.{member} must be an array of strings.")


def _flag(by_key: Mapping[str, object], member: str, at: str) -> bool:
    value = by_key.get(member.lower(), False)
    if isinstance(value, bool):
        return value
    raise InvalidValue(f"{at}.{member} must be true or false.")


def _one_of(
    kinds: type[_Characteristic],
    by_key: Mapping[str, object],
    member: str,
    default: _Characteristic,
    at: str,
) -> _Characteristic:
    value = by_key.get(member, default)
    for kind in kinds:
        if value == kind:
            return kind
    raise InvalidValue(f"{at}.{member} must be one of {', '.join(kinds)}.")
