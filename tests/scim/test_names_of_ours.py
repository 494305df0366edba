"""What begins with a URN of ours, or nearly so, is read or refused, and never without effect."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Schema
from scim.documents import parse, with_schemas
from scim.errors import InvalidPath, ScimError
from scim.known import is_ours
from scim.patch import apply, parse_patch
from scim.quirks import undo_patch, undo_resource
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER

SITE = "urn:example:site:2.0:User"
PERSON = ResourceType(
    "User",
    "/Users",
    "",
    USER.schema,
    (*USER.extensions, Schema(SITE, "Site", "", (Attribute("site"), Attribute("floor")))),
)
TEAM = ResourceType(
    "Group",
    "/Groups",
    "",
    GROUP.schema,
    (Schema("urn:example:team:2.0:Group", "Team", "", (Attribute("lead"),)),),
)
BODIES = {"User": {"userName": "ann"}, "Group": {"displayName": "Guides"}}

#: Of each of our schemas, an attribute and a value that the resource does not have yet.
NAMED = [
    (PERSON, urns.USER, "active", False),
    (PERSON, urns.USER, "title", "Guide"),
    (PERSON, urns.ENTERPRISE_USER, "employeeNumber", "E-1"),
    (PERSON, SITE, "site", "Lyon"),
    (TEAM, urns.GROUP, "externalId", "G-1"),
    (TEAM, "urn:example:team:2.0:Group", "lead", "Ann"),
]
SIGNS = st.sampled_from(string.ascii_letters + string.digits + ':.-_/ []"$é')


@st.composite
def misspelt(draw, text):
    """Generate texts that are one edit away from a text."""
    at = draw(st.integers(0, len(text) - 1))
    sign = draw(SIGNS)
    return draw(
        st.sampled_from(
            [
                text[:at] + text[at + 1 :],
                text[:at] + sign + text[at:],
                text[:at] + sign + text[at + 1 :],
                text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
                text + sign,
            ]
        )
    )


def patched(kind, *operations):
    document = with_schemas(kind, BODIES[kind.name])
    message = undo_patch(kind, {"schemas": [urns.PATCH_OP], "Operations": list(operations)})
    return apply(kind, document, parse_patch(kind, message), create_missing=False)


def put(kind, members):
    return parse(kind, undo_resource(kind, {**BODIES[kind.name], **members}))


def assert_read_or_refused(write, right):
    """Check that a write is refused, or does what the right spelling does."""
    try:
        after = write()
    except ScimError:
        return
    assert after == right


def written(kind, urn, name, value):
    document = with_schemas(kind, BODIES[kind.name])
    if urn in (urns.USER, urns.GROUP):
        return with_schemas(kind, {**document, name: value})
    return with_schemas(kind, {**document, urn: {name: value}})


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(NAMED), st.sampled_from(":."))
def test_a_misspelt_path_is_read_or_refused(data, named, joint):
    kind, urn, name, value = named
    path = data.draw(misspelt(f"{urn}{joint}{name}"))
    right = written(kind, urn, name, value)

    for op in ("add", "replace"):
        operation = {"op": op, "path": path, "value": value}
        assert_read_or_refused(lambda operation=operation: patched(kind, operation), right)


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(NAMED), st.sampled_from(":."))
def test_a_misspelt_key_is_read_or_refused(data, named, joint):
    kind, urn, name, value = named
    key = data.draw(misspelt(f"{urn}{joint}{name}"))
    right = written(kind, urn, name, value)

    operation = {"op": "replace", "value": {key: value}}
    assert_read_or_refused(lambda: patched(kind, operation), right)
    assert_read_or_refused(lambda: put(kind, {key: value}), right)


@settings(max_examples=400, deadline=None)
@given(st.data(), st.sampled_from(NAMED))
def test_a_misspelt_urn_of_an_object_is_read_or_refused(data, named):
    kind, urn, name, value = named
    key = data.draw(misspelt(urn))
    right = written(kind, urn, name, value)

    without_path = {"op": "replace", "value": {key: {name: value}}}
    at_path = {"op": "replace", "path": key, "value": {name: value}}
    assert_read_or_refused(lambda: patched(kind, without_path), right)
    assert_read_or_refused(lambda: patched(kind, at_path), right)
    assert_read_or_refused(lambda: put(kind, {key: {name: value}}), right)


@pytest.mark.parametrize("named", NAMED, ids=lambda named: f"{named[1]}:{named[2]}")
def test_what_is_named_with_our_urn_in_any_way_is_read(named):
    kind, urn, name, value = named
    right = written(kind, urn, name, value)

    assert patched(kind, {"op": "replace", "path": f"{urn}:{name}", "value": value}) == right
    assert patched(kind, {"op": "add", "path": f"{urn}.{name}", "value": value}) == right
    assert patched(kind, {"op": "replace", "path": urn, "value": {name: value}}) == right
    for members in ({f"{urn}:{name}": value}, {f"{urn}.{name}": value}, {urn: {name: value}}):
        assert patched(kind, {"op": "replace", "value": members}) == right
        assert put(kind, members) == right


@pytest.mark.parametrize(
    "name",
    [
        f"{urns.USER}:actve",
        f"{urns.USER}.actve",
        f"{urns.USER}active",
        "urn:ietf:params:scim:schemas:core:2.0:active",
        "urn:scim:schemas:core:1.0:active",
        "urn:ietf:params:scim:schemas:extension:enterprise:1.0:User:department",
        f"{SITE}x",
        f"{urns.GROUP}:displayName",
    ],
)
def test_what_is_ours_and_leads_nowhere_is_an_invalid_path(name):
    for operation in (
        {"op": "replace", "path": name, "value": "x"},
        {"op": "remove", "path": name},
        {"op": "replace", "value": {name: "x"}},
        {"op": "add", "value": {SITE: {name: "x"}}},
    ):
        with pytest.raises(InvalidPath):
            patched(PERSON, operation)
    with pytest.raises(InvalidPath):
        put(PERSON, {name: "x"})


@pytest.mark.parametrize(
    "members",
    [
        {urns.USER: {"userName": "eve"}},
        {f"{urns.USER}:userName": "eve"},
        {SITE: {"site": "Lyon"}, f"{SITE}:site": "Rome"},
        {SITE: {"site": "Lyon"}, SITE.upper(): {"site": "Rome"}},
        {urns.USER: {"title": "a"}, urns.USER.upper(): {"title": "b"}},
        {f"{SITE}:site": "Lyon", f"{SITE}.site": "Rome"},
    ],
    ids=repr,
)
def test_what_is_given_in_two_ways_is_refused(members):
    with pytest.raises(ScimError):
        put(PERSON, members)


@pytest.mark.parametrize("op", ["add", "replace", "remove"])
@pytest.mark.parametrize("tail", ["", ":badge", ":badge.number", '[type eq "x"].value'])
def test_a_schema_that_is_none_of_ours_is_dropped_by_every_operation(op, tail):
    path = f"urn:acme:params:scim:schemas:extension:hr:2.0:User{tail}"
    before = with_schemas(PERSON, BODIES["User"])

    assert patched(PERSON, {"op": op, "path": path, "value": "x"}) == before
    assert put(PERSON, {path: "x"}) == before
    assert not is_ours(PERSON, path)
