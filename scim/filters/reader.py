"""From tokens to nodes, by precedence: grouping, `not`, `and`, `or` (RFC 7644 3.4.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

from scim.attributes import Attribute, Type
from scim.errors import InvalidFilter
from scim.filters.comparisons import compare, present
from scim.filters.lexer import BRACKETS, COMPARISONS, END, NAMES, Token, tokenize
from scim.filters.tree import And, Filter, Not, Or, ValuePath
from scim.resource_types import AttributePath, ResourceType

TEXT_LENGTH_MAX: Final = 4_096
NESTING_MAX: Final = 50
CLAUSES_MAX: Final = 200


def parse(resource_type: ResourceType, text: str) -> Filter:
    """Parse a filter over resources of this type.

    Raises:
        InvalidFilter: the text is not a filter, or exceeds a limit, or names an unknown attribute,
            or compares what cannot be compared.
        Sensitive: it asks for an attribute that is never returned.
    """
    return _Reader(text).read(_resources_of(resource_type))


def parse_value_filter(path: AttributePath, text: str) -> Filter:
    """Parse what stands in the brackets behind an attribute; names are its sub-attributes.

    Raises:
        InvalidFilter: as `parse`.
    """
    return _Reader(text).read(_elements_of(path))


class _Scope(NamedTuple):
    """What the names in a filter, or in a part of it, belong to."""

    name: str
    resolve: Callable[[str], AttributePath | None]


@lru_cache(maxsize=64)
def _resources_of(resource_type: ResourceType) -> _Scope:
    """Return the scope of a whole filter.

    An extension's attribute is found without its URN too, if no core attribute has the name:
    clients ask `manager eq "id"`, and no other reading of that exists.
    """

    def resolve(name: str) -> AttributePath | None:
        if path := resource_type.resolve(name):
            return path
        for extension in resource_type.extensions:
            if path := resource_type.resolve(f"{extension.id}:{name}"):
                return path
        return None

    return _Scope(f"A {resource_type.name}", resolve)


def _elements_of(path: AttributePath) -> _Scope:
    """Return the scope inside the brackets; of a simple attribute, `value` is the element itself.

    RFC 7643 2.4.
    """
    attribute = path.attribute
    if attribute is None:
        raise InvalidFilter("An extension as a whole takes no filter in brackets.")

    def resolve(name: str) -> AttributePath | None:
        if attribute.type is not Type.COMPLEX:
            return path if name.lower() == "value" else None
        sub_attribute = attribute.sub_attribute(name)
        return replace(path, sub_attribute=sub_attribute) if sub_attribute else None

    return _Scope(f'"{attribute.name}"', resolve)


def _takes_value_filter(attribute: Attribute | None) -> bool:
    return attribute is not None and (attribute.multi_valued or attribute.type is Type.COMPLEX)


class _Reader:
    """A recursive descent over the tokens of one filter."""

    def __init__(self, text: str) -> None:
        if len(text) > TEXT_LENGTH_MAX:
            raise InvalidFilter(f"A filter can be at most {TEXT_LENGTH_MAX:,} characters long.")
        self._tokens = tokenize(text)
        self._place = 0
        self._token = self._tokens[0]
        self._nesting = 0
        self._clauses = 0

    def read(self, scope: _Scope) -> Filter:
        tree = self._disjunction(scope)
        if self._token.kind != END:
            raise self._unexpected('"and", "or" or the end')
        return tree

    def _disjunction(self, scope: _Scope) -> Filter:
        filters = [self._conjunction(scope)]
        while self._accept("OR"):
            filters.append(self._conjunction(scope))
        return Or(tuple(filters)) if len(filters) > 1 else filters[0]

    def _conjunction(self, scope: _Scope) -> Filter:
        filters = [self._factor(scope)]
        while self._accept("AND"):
            filters.append(self._factor(scope))
        return And(tuple(filters)) if len(filters) > 1 else filters[0]

    def _factor(self, scope: _Scope) -> Filter:
        if self._accept("NOT"):
            self._expect("LPAREN", '"(" after "not"')
            return Not(self._group(scope, "RPAREN", '")"'))
        if self._accept("LPAREN"):
            return self._group(scope, "RPAREN", '")"')
        return self._clause(scope)

    def _group(self, scope: _Scope, closing: str, closing_text: str) -> Filter:
        self._nesting += 1
        if self._nesting > NESTING_MAX:
            raise InvalidFilter(f"A filter can be nested at most {NESTING_MAX} levels deep.")
        tree = self._disjunction(scope)
        self._expect(closing, f'"and", "or" or {closing_text}')
        self._nesting -= 1
        return tree

    def _clause(self, scope: _Scope) -> Filter:
        name = self._expect(NAMES, "an attribute")
        path = scope.resolve(name.text)
        if path is None:
            raise InvalidFilter(f'{scope.name} has no attribute "{name.text}".')
        if self._accept("LBRACKET"):
            return self._value_path(path, name)
        return self._test(path, name.text)

    def _value_path(self, path: AttributePath, name: Token) -> Filter:
        if path.sub_attribute or not _takes_value_filter(path.attribute):
            raise InvalidFilter(f'"{name.text}" has no sub-attributes, so it takes no brackets.')
        elements = _elements_of(path)
        inner = self._group(elements, "RBRACKET", '"]"')
        if self._token.kind != "SUBATTR":
            return ValuePath(path, inner)
        # An extension of the grammar: `emails[type eq "work"].value eq "x"` asks one element both.
        sub_name = self._advance().text[1:]
        sub_path = elements.resolve(sub_name)
        if sub_path is None:
            raise InvalidFilter(f'"{name.text}" has no sub-attribute "{sub_name}".')
        return ValuePath(path, And((inner, self._test(sub_path, f"{name.text}.{sub_name}"))))

    def _test(self, path: AttributePath, name: str) -> Filter:
        self._clauses += 1
        if self._clauses > CLAUSES_MAX:
            raise InvalidFilter(f"A filter can have at most {CLAUSES_MAX} comparisons.")
        if self._accept("PR"):
            return present(path)
        operator = self._expect(COMPARISONS, "an operator, such as eq")
        if self._token.kind == END or self._token.kind in BRACKETS:
            raise self._unexpected("a value")
        return compare(path, name, operator.text.lower(), self._advance())

    def _advance(self) -> Token:
        token = self._token
        if token.kind != END:
            self._place += 1
            self._token = self._tokens[self._place]
        return token

    def _accept(self, kind: str) -> bool:
        if self._token.kind != kind:
            return False
        self._advance()
        return True

    def _expect(self, kinds: str | frozenset[str], expected: str) -> Token:
        if self._token.kind not in ({kinds} if isinstance(kinds, str) else kinds):
            raise self._unexpected(expected)
        return self._advance()

    def _unexpected(self, expected: str) -> InvalidFilter:
        if self._token.kind == END:
            return InvalidFilter(f"The filter ends where {expected} is expected.")
        return InvalidFilter(
            f"The filter has {self._token.text!r} at character {self._token.start + 1}, "
            f"where {expected} is expected."
        )
