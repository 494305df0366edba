"""Filters and documents that collide: the same few values in both, so that filters do match."""

import json

from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Returned, Type
from scim.resource_types import ResourceType

TEXTS = st.sampled_from(
    [
        *("", "a", "A", "ab", "b", "a_", "%", "_", '"', "\\", "work", "home"),
        *("ß", "SS", "\u017f", "É", "é", "e\u0301", "\uffee", "\U0001f600"),
    ]
)
INSTANTS = st.sampled_from(
    [
        "2026-03-01T00:30:00+01:00",
        "2026-02-28T23:30:00Z",
        "2026-02-28T23:30:00.5Z",
        "2026-03-01T00:00:00Z",
    ]
)
REFERENCES = st.sampled_from(["a", "A", "https://example.com/a"])

_TEXT_OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]
_ORDER_OPERATORS = ["eq", "ne", "gt", "ge", "lt", "le"]

_VALUES = {
    Type.STRING: TEXTS,
    Type.REFERENCE: REFERENCES,
    Type.BOOLEAN: st.booleans(),
    Type.BINARY: st.sampled_from(["YQ==", "Yg=="]),
    Type.DATE_TIME: INSTANTS,
    Type.INTEGER: st.integers(-2, 2),
    Type.DECIMAL: st.sampled_from([-1, 0, 0.5, 1]),
}
_OPERATORS = {
    Type.STRING: _TEXT_OPERATORS,
    Type.REFERENCE: _TEXT_OPERATORS,
    Type.BOOLEAN: ["eq", "ne"],
    Type.BINARY: ["eq", "ne"],
    Type.DATE_TIME: _ORDER_OPERATORS,
    Type.INTEGER: _ORDER_OPERATORS,
    Type.DECIMAL: _ORDER_OPERATORS,
}


def filters_for(resource_type: ResourceType) -> st.SearchStrategy[str]:
    """Generate texts of valid filters over every attribute of a resource type."""
    return _combined(st.one_of(_clauses_of(resource_type)))


def _combined(clauses: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.recursive(
        clauses,
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda parts: "({}) {} ({})".format(*parts)
            ),
        ),
        max_leaves=4,
    )


def _clauses_of(resource_type: ResourceType) -> list[st.SearchStrategy[str]]:
    clauses = []
    for attribute in resource_type.attributes_by_key.values():
        clauses.extend(_clauses(attribute, attribute.name))
    for extension in resource_type.extensions:
        clauses.append(st.just(f"{extension.id} pr"))
        for attribute in extension.attributes:
            clauses.extend(_clauses(attribute, f"{extension.id}:{attribute.name}"))
    return clauses


def _clauses(attribute: Attribute, name: str) -> list[st.SearchStrategy[str]]:
    if attribute.returned is Returned.NEVER:
        return []
    if attribute.type is not Type.COMPLEX:
        return [_tests(attribute, name)]
    subs = attribute.sub_attributes
    inner = st.one_of([_tests(sub, sub.name) for sub in subs])
    return [
        st.just(f"{name} pr"),
        *(_tests(sub, f"{name}.{sub.name}") for sub in subs),
        _combined(inner).map(f"{name}[{{}}]".format),
    ]


def _tests(attribute: Attribute, name: str) -> st.SearchStrategy[str]:
    compared = st.tuples(st.sampled_from(_OPERATORS[attribute.type]), _VALUES[attribute.type]).map(
        lambda parts: f"{name} {parts[0]} {json.dumps(parts[1])}"
    )
    return st.one_of(
        st.sampled_from([f"{name} pr", f"{name} eq null", f"{name} ne null"]), compared
    )


def users() -> st.SearchStrategy[dict]:
    """Generate bodies of Users, with the values that the filters ask for."""
    required = {"userName": TEXTS.filter(str.strip)}
    optional = {
        "externalId": TEXTS,
        "displayName": TEXTS,
        "title": TEXTS,
        "active": st.booleans(),
        "name": st.fixed_dictionaries({}, optional={"givenName": TEXTS, "familyName": TEXTS}),
        "emails": _elements(),
        "roles": _elements(),
        "addresses": st.lists(
            st.fixed_dictionaries({}, optional={"type": TEXTS, "locality": TEXTS}), max_size=2
        ),
        "profileUrl": REFERENCES,
        urns.ENTERPRISE_USER: st.fixed_dictionaries(
            {},
            optional={
                "department": TEXTS,
                "manager": st.fixed_dictionaries({"value": TEXTS}),
            },
        ),
    }
    return st.fixed_dictionaries(required, optional=optional)


def _elements() -> st.SearchStrategy[list[dict]]:
    element = st.fixed_dictionaries({"value": TEXTS}, optional={"type": TEXTS})
    return st.lists(element, max_size=3).flatmap(_with_a_primary)


def _with_a_primary(elements: list[dict]) -> st.SearchStrategy[list[dict]]:
    return st.integers(-1, len(elements) - 1).map(
        lambda chosen: [
            {**element, "primary": True} if index == chosen else {**element, **_not_primary(index)}
            for index, element in enumerate(elements)
        ]
    )


def _not_primary(index: int) -> dict:
    """Say it of every other element, and leave it out of the rest, which means the same."""
    return {"primary": False} if index % 2 else {}
