"""Read one attribute's value into canonical form, or refuse it in words (RFC 7643 2.3 to 2.5).

Null, an empty array and a complex value with nothing in it are all "unassigned"; an unassigned
attribute is absent from a canonical document, so these readers return None for it.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from scim.attributes import Attribute, Document, Mutability, Type
from scim.errors import InvalidValue
from scim.timestamps import utc_text

INTEGER_MAX: Final = 2**63 - 1
_SHOWN_LENGTH_MAX: Final = 40
_JSON_NAMES: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
}

#: What the database cannot store as text: U+0000 and half a surrogate pair.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?")
_BLANK = re.compile(r"\s")


def parse_value(attribute: Attribute, value: object, name: str) -> object | None:
    """Return the canonical value of an attribute, or None if it is unassigned.

    `name` is what the attribute is called in the sentence of a refusal.

    Raises:
        InvalidValue: the value is not of the attribute's type.
    """
    if value is None:
        return None
    if not attribute.multi_valued:
        return parse_element(attribute, value, name)
    if not isinstance(value, list):
        raise _wrong(name, "an array", value)
    if attribute.comes_or_goes:
        check_named(value, name)
    if attribute.type is Type.COMPLEX:
        return _parse_complex_values(attribute, value, name) or None
    read = _READERS[attribute.type]
    elements = (read(item, f"{name}[{i}]") for i, item in enumerate(value) if item is not None)
    return list(dict.fromkeys(elements)) or None


def settled(attribute: Attribute, elements: list[Any], name: str) -> list[Any] | None:
    """Return the values of an attribute, each of them canonical by itself, or None if it has none.

    Raises:
        InvalidValue: an element does not say which it is, or several are primary.
    """
    if attribute.comes_or_goes:
        check_named(elements, name)
    if attribute.type is not Type.COMPLEX:
        return list(dict.fromkeys(elements)) or None
    _check_primary(elements, name)
    return _without_repeats(elements) or None


def parse_element(attribute: Attribute, value: object, name: str) -> object | None:
    """Return the canonical form of one value, whether or not the attribute holds several.

    Raises:
        InvalidValue: the value is not of the attribute's type.
    """
    if value is None:
        return None
    if attribute.type is Type.COMPLEX:
        return _parse_complex(attribute, value, name) or None
    return _READERS[attribute.type](value, name)


def parse_members(
    attributes_by_key: Mapping[str, Attribute], body: Mapping[str, object], prefix: str
) -> Document:
    """Return the canonical members of a JSON object, each read by the attribute of its name.

    Members that no attribute describes are dropped: `scim.known` says which may be. Read-only
    members are dropped because RFC 7644 3.3 and 3.5.1 say so.

    Raises:
        InvalidValue: a value is not of its attribute's type, or is given twice.
    """
    document: Document = {}
    for key, value in body.items():
        attribute = attributes_by_key.get(key.lower())
        if attribute is None or attribute.mutability is Mutability.READ_ONLY:
            continue
        name = prefix + attribute.name
        parsed = parse_value(attribute, value, name)
        if parsed is None or attribute.mutability is Mutability.WRITE_ONLY:
            # Nothing may ever read a write-only value, so it is checked and not kept.
            continue
        if attribute.name in document:
            raise InvalidValue(f"{name} is given more than once; send it once.")
        document[attribute.name] = parsed
    return document


def check_required(required: Iterable[Attribute], document: Document, prefix: str) -> None:
    """Refuse a document that lacks a required attribute, or leaves it blank.

    Raises:
        InvalidValue: a required attribute is missing or blank.
    """
    for attribute in required:
        if not is_assigned(document.get(attribute.name)):
            raise lacking(prefix + attribute.name)


def lacking(name: str) -> InvalidValue:
    """Return the refusal of what lacks a required attribute."""
    return InvalidValue(f"{name} is required; send a value for it.")


def is_assigned(value: object) -> bool:
    """Return whether a required attribute has this value: it is there and not blank."""
    return value is not None and not (isinstance(value, str) and not value.strip())


def names_nothing(attribute: Attribute, value: object) -> bool:
    """Return whether a value of a complex attribute leaves every sub-attribute unnamed.

    >>> from scim.schemas import USER
    >>> [names_nothing(USER.attribute("name"), value) for value in ({}, {"familyName": None})]
    [True, False]
    """
    if attribute.type is not Type.COMPLEX or not isinstance(value, dict):
        return False
    return not any(key.lower() in attribute.sub_attributes_by_key for key in value)


def check_named(value: object, name: str) -> None:
    """Refuse a list with an element that does not say which one it is.

    Passed over in silence, it would leave a member in that was to be removed, or empty a group.

    Raises:
        InvalidValue: an element has no `value`.
    """
    if isinstance(value, list) and not all(map(_is_named, value)):
        raise InvalidValue(f'Each of the {name} needs a "value" that says which one is meant.')


def _is_named(element: object) -> bool:
    if isinstance(element, dict):
        return any(key.lower() == "value" and member for key, member in element.items())
    return element is not None


def _parse_complex(attribute: Attribute, value: object, name: str) -> Document:
    if not isinstance(value, dict):
        raise _wrong(name, "an object", value)
    return parse_members(attribute.sub_attributes_by_key, value, f"{name}.")


def _parse_complex_values(attribute: Attribute, values: list[object], name: str) -> list[Document]:
    elements = [
        element
        for index, value in enumerate(values)
        if value is not None and (element := _parse_complex(attribute, value, f"{name}[{index}]"))
    ]
    _check_primary(elements, name)
    return _without_repeats(elements)


def _check_primary(elements: list[Document], name: str) -> None:
    if sum(element.get("primary") is True for element in elements) > 1:
        raise InvalidValue(
            f"{name} has more than one value whose primary is true; mark one at most."
        )


def _without_repeats(elements: list[Document]) -> list[Document]:
    """Return each pair of type and value once, with what its repeats add (RFC 7643 2.4)."""
    kept: list[Document] = []
    places: dict[tuple[object, object], int] = {}
    for element in elements:
        value = element.get("value")
        if value is None:
            kept.append(element)
        elif (pair := (element.get("type"), value)) in places:
            kept[places[pair]] = kept[places[pair]] | element
        else:
            places[pair] = len(kept)
            kept.append(element)
    return kept


def _parse_string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "a string", value)
    if _UNSTORABLE.search(value):
        raise InvalidValue(
            f"{name} holds a character that cannot be stored (U+0000 or half a surrogate pair); "
            "remove it."
        )
    return value


def _parse_boolean(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, "true or false", value)
    return value


def _parse_integer(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > INTEGER_MAX:
        raise _wrong(name, "a whole number of at most 64 bits", value)
    return value


def _parse_decimal(value: object, name: str) -> int | float:
    if isinstance(value, float) and math.isfinite(value):
        return value
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > INTEGER_MAX:
        raise _wrong(name, "a number", value)
    return value


def _parse_date_time(value: object, name: str) -> str:
    if not isinstance(value, str) or utc_text(value) is None:
        raise _wrong(name, "a date and time with a zone, such as 2026-01-31T09:00:00Z", value)
    return value


def _parse_binary(value: object, name: str) -> str:
    if not isinstance(value, str) or not _BASE64.fullmatch(value):
        raise _wrong(name, "base64 text", value)
    return value


def _parse_reference(value: object, name: str) -> str:
    text = _parse_string(value, name)
    if _BLANK.search(text):
        raise _wrong(name, "a URI without spaces", value)
    return text


_READERS: Final[Mapping[Type, Callable[[object, str], object]]] = {
    Type.STRING: _parse_string,
    Type.BOOLEAN: _parse_boolean,
    Type.INTEGER: _parse_integer,
    Type.DECIMAL: _parse_decimal,
    Type.DATE_TIME: _parse_date_time,
    Type.BINARY: _parse_binary,
    Type.REFERENCE: _parse_reference,
}


def _wrong(name: str, expected: str, value: object) -> InvalidValue:
    return InvalidValue(f"{name} must be {expected}, not {_described(value)}.")


def _described(value: object) -> str:
    if not isinstance(value, str):
        return _JSON_NAMES.get(type(value), "an object")
    line = " ".join(_UNSTORABLE.sub("\ufffd", value).split())
    return f'the text "{_shorten(line)}"'


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN_LENGTH_MAX else f"{text[:_SHOWN_LENGTH_MAX]}…"
