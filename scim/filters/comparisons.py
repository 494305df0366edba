"""What may be compared with what (RFC 7644 3.4.2.2, table 3)."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from scim.attributes import Attribute, Returned, Type
from scim.errors import InvalidFilter, Sensitive
from scim.filters.lexer import Token
from scim.filters.tree import Compare, Filter, Not, Operator, Present, Value
from scim.folding import fold
from scim.resource_types import AttributePath
from scim.storable import NOT_STORABLE
from scim.timestamps import utc_text
from scim.values import INTEGER_MAX

_EQUALITY: Final = frozenset({"eq", "ne"})
_ORDER: Final = _EQUALITY | {"gt", "ge", "lt", "le"}
_TEXT: Final = _ORDER | {"co", "sw", "ew"}
_OPERATORS: Final = {
    Type.STRING: _TEXT,
    Type.REFERENCE: _TEXT,
    Type.BOOLEAN: _EQUALITY,
    Type.BINARY: _EQUALITY,
    Type.INTEGER: _ORDER,
    Type.DECIMAL: _ORDER,
    Type.DATE_TIME: _ORDER,
}

#: What word processors and other languages write where JSON has a double quote.
_OTHER_QUOTES: Final = frozenset(
    "'`\u00b4\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033"
    "\u2039\u203a\u2e42\u300c\u300d\u300e\u300f\u301d\u301e\u301f"
    "\ufe41\ufe42\ufe43\ufe44\uff02\uff07\uff62\uff63"
)


def present(path: AttributePath) -> Filter:
    """Build `path pr`.

    Raises:
        Sensitive: the attribute is never returned.
    """
    _refuse_sensitive(path)
    return Present(path)


def compare(path: AttributePath, name: str, operator: str, literal: Token) -> Filter:
    """Build the comparison of the attribute, which was written as `name`, with a literal.

    Raises:
        InvalidFilter: operator or value do not suit the attribute's type.
        Sensitive: the attribute is never returned.
    """
    _refuse_sensitive(path)
    if literal.kind == "NULL":
        return _compare_with_null(path, name, operator)
    path, attribute = _significant(path, name)
    if operator not in _OPERATORS[attribute.type]:
        raise InvalidFilter(
            f'"{operator}" cannot be used with "{name}", which is a {attribute.type}; use one of '
            f"{', '.join(sorted(_OPERATORS[attribute.type]))}."
        )
    sent = _READERS[attribute.type](name, literal)
    value = _comparable(attribute, name, sent)
    if operator == "ne":
        return Not(Compare(path, Operator.EQUAL, value, sent))
    return Compare(path, Operator(operator), value, sent)


def _refuse_sensitive(path: AttributePath) -> None:
    for attribute in (path.attribute, path.sub_attribute):
        if attribute is not None and attribute.returned is Returned.NEVER:
            raise Sensitive(
                f'"{attribute.name}" is never returned, so nothing can be searched by it; '
                "take it out of the filter."
            )


def _compare_with_null(path: AttributePath, name: str, operator: str) -> Filter:
    """Read `eq null` as unassigned and `ne null` as assigned (RFC 7643 2.5)."""
    match operator:
        case "eq":
            return Not(Present(path))
        case "ne":
            return Present(path)
        case _:
            raise InvalidFilter(
                f'"{name}" can be compared with null by "eq" and "ne" only, not by "{operator}".'
            )


def _significant(path: AttributePath, name: str) -> tuple[AttributePath, Attribute]:
    """Return the simple attribute that a comparison is about: of a complex one its `value`.

    So `members eq "id"` is `members.value eq "id"`: RFC 7643 2.4 calls `value` the attribute's
    significant value.
    """
    attribute = path.sub_attribute or path.attribute
    if attribute is None:
        raise InvalidFilter(f'"{name}" is an extension; compare one of its attributes instead.')
    if attribute.type is not Type.COMPLEX:
        return path, attribute
    value = attribute.sub_attribute("value")
    if value is None:
        raise InvalidFilter(
            f'"{name}" has sub-attributes; compare one of them, '
            f'such as "{name}.{attribute.sub_attributes[0].name}".'
        )
    return replace(path, sub_attribute=value), value


def _comparable(attribute: Attribute, name: str, sent: Value) -> Value:
    match sent:
        case str() if attribute.type is Type.DATE_TIME:
            instant = utc_text(sent)
            if instant is None:
                raise InvalidFilter(
                    f'"{name}" is a dateTime; compare it with a date, a time and a zone, '
                    'such as "2026-03-01T09:00:00Z".'
                )
            return instant
        case str() if not attribute.case_exact:
            return fold(sent)
        case _:
            return sent


def _read_text(name: str, literal: Token) -> str:
    """Read a quoted text, or a bare word, which some clients send for one.

    A bare word is read, for every type, where it can only mean one thing: `true` may be a boolean,
    and a word in quotes of another kind may be meant without them.
    """
    if literal.kind in {"TRUE", "FALSE"}:
        raise InvalidFilter(f'"{name}" is text; put quotes around {literal.text}.')
    text = _unquoted(literal) if literal.kind == "COMP_VALUE" else _bare(literal)
    if NOT_STORABLE.search(text):
        raise InvalidFilter(f'The value for "{name}" holds a character that no attribute can hold.')
    return text


def _bare(literal: Token) -> str:
    if literal.text[0] in _OTHER_QUOTES or literal.text[-1] in _OTHER_QUOTES:
        raise InvalidFilter(
            f"{literal.text} at character {literal.start + 1} is in quotes that no filter has; put "
            'a double quote (") before and after the text.'
        )
    return literal.text


def _unquoted(literal: Token) -> str:
    inner = literal.text[1:-1]
    if inner.isprintable() and "\\" not in inner:
        return inner  # as most are
    try:
        text: str = json.loads(literal.text)
    except ValueError:
        raise InvalidFilter(
            f"The text at character {literal.start + 1} is not a JSON string; write a backslash "
            'as \\\\, a quote as \\" and control characters as escapes.'
        ) from None
    return text


def _read_boolean(name: str, literal: Token) -> bool:
    """Read true or false, also as a text: clients send `roles[primary eq "True"]`."""
    match literal.kind, literal.text.lower():
        case ("TRUE", _) | ("COMP_VALUE", '"true"'):
            return True
        case ("FALSE", _) | ("COMP_VALUE", '"false"'):
            return False
    raise InvalidFilter(f'"{name}" is a boolean; compare it with true or false.')


def _read_number(name: str, literal: Token) -> int | float:
    number: int | float = json.loads(literal.text) if literal.kind == "NUMBER" else math.nan
    if not math.isfinite(number):
        raise InvalidFilter(f'"{name}" is a number; compare it with a number without quotes.')
    if abs(number) > INTEGER_MAX:
        raise InvalidFilter(f'The number for "{name}" is out of range; use at most 64 bits.')
    return number


_READERS: Final[dict[Type, Callable[[str, Token], Value]]] = {
    Type.STRING: _read_text,
    Type.REFERENCE: _read_text,
    Type.BOOLEAN: _read_boolean,
    Type.BINARY: _read_text,
    Type.INTEGER: _read_number,
    Type.DECIMAL: _read_number,
    Type.DATE_TIME: _read_text,
}
