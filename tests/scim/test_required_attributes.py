"""A request is judged by what it changes: what is required and was missing may stay missing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Mutability, Schema, Type
from scim.documents import parse, read, replaced, with_schemas
from scim.errors import InvalidValue
from scim.errors import Mutability as MutabilityError
from scim.patch import apply, parse_patch
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER

SITE = "urn:example:site:2.0:User"
SCHEMA = Schema(
    SITE,
    "Site",
    "",
    (
        Attribute("site"),
        Attribute("building", required=True),
        Attribute(
            "desk",
            Type.COMPLEX,
            sub_attributes=(Attribute("number"), Attribute("floor", required=True)),
        ),
        Attribute(
            "doors",
            Type.COMPLEX,
            multi_valued=True,
            sub_attributes=(
                Attribute("value"),
                Attribute("type"),
                Attribute("key", required=True),
            ),
        ),
        Attribute("batch", mutability=Mutability.IMMUTABLE),
    ),
)
KINDS = {
    kind.name: ResourceType(kind.name, kind.endpoint, "", kind.schema, (SCHEMA,))
    for kind in (USER, GROUP)
}
NAMES = {"User": {"userName": "ann"}, "Group": {"displayName": "Guides"}}

TEXTS = st.sampled_from(["a", "b"])
DOORS = st.lists(
    st.fixed_dictionaries({"value": TEXTS, "type": TEXTS}, optional={"key": TEXTS}),
    min_size=1,
    max_size=2,
    unique_by=lambda door: (door["type"], door["value"]),
)
#: Data of before the extension grew: whatever is required of it may be missing.
EXTENSIONS = st.fixed_dictionaries(
    {"site": TEXTS},
    optional={
        "building": TEXTS,
        "desk": st.fixed_dictionaries({"number": TEXTS}, optional={"floor": TEXTS}),
        "doors": DOORS,
        "batch": TEXTS,
    },
)
ELSEWHERE = [
    {"op": "replace", "value": {"externalId": "x"}},
    {"op": "remove", "path": "externalId"},
    {"op": "replace", "path": f"{SITE}:site", "value": "b"},
    {"op": "add", "value": {SITE: {"site": "b"}}},
]
OF_A_DESK = [
    {"op": "add", "path": f"{SITE}:desk.number", "value": "7"},
    {"op": "replace", "path": f"{SITE}:desk", "value": {"number": "8"}},
]
OF_DOORS = [
    {"op": "replace", "path": f"{SITE}:doors.type", "value": "main"},
    {"op": "add", "path": f'{SITE}:doors[type eq "a" or type ne "a"].value', "value": "x"},
    {"op": "add", "path": f"{SITE}:doors[type pr or value pr]", "value": {"value": "y"}},
    {"op": "add", "path": f"{SITE}:doors", "value": [{"value": "c", "key": "k"}]},
]
LAST = [{"op": "remove", "path": path} for path in (SITE, f"{SITE}:doors", f"{SITE}:desk")]


@st.composite
def elsewhere(draw, members):
    """Generate operations on what is there, of which none names what is required."""
    there = [*ELSEWHERE]
    there += OF_A_DESK if "desk" in members else []
    there += OF_DOORS if "doors" in members else []
    operations = draw(st.lists(st.sampled_from(there), min_size=1, max_size=3))
    last = LAST[1:] if "batch" in members else LAST
    return [*operations, *draw(st.lists(st.sampled_from(last), max_size=1))]


def patched(kind, before, *operations):
    message = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
    return apply(kind, before, parse_patch(kind, message), create_missing=True)


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(KINDS)), EXTENSIONS)
def test_no_patch_is_refused_for_a_required_attribute_that_it_does_not_touch(data, name, members):
    kind = KINDS[name]
    before = with_schemas(kind, {**NAMES[name], SITE: members})

    after = patched(kind, before, *data.draw(elsewhere(members)))

    assert after.get(SITE, {}).get("building") in (None, members.get("building"))


@settings(deadline=None)
@given(st.sampled_from(sorted(KINDS)), EXTENSIONS)
def test_a_put_of_what_was_read_is_never_refused(name, members):
    kind = KINDS[name]
    before = with_schemas(kind, {**NAMES[name], SITE: members})

    again = replaced(kind, before, read(kind, {**before, "externalId": "x"}))

    assert again == with_schemas(kind, {**before, "externalId": "x"})


GROWN = {"userName": "ann", SITE: {"site": "Lyon"}}
WHOLE = {"userName": "ann", SITE: {"site": "Lyon", "building": "B"}}


@pytest.mark.parametrize(
    ("before", "members"),
    [
        ({"userName": "ann"}, {"site": "Rome"}),
        (WHOLE, {"site": "Rome"}),
        (GROWN, {"site": "Lyon", "desk": {"number": "7"}}),
        (GROWN, {"site": "Lyon", "doors": [{"value": "a"}]}),
    ],
    ids=["begun", "taken away", "a desk", "a door"],
)
def test_a_put_that_leaves_out_what_was_there_or_what_it_begins_is_refused(before, members):
    stored = with_schemas(KINDS["User"], before)
    body = {"userName": "ann", SITE: members}

    with pytest.raises(InvalidValue, match="is required"):
        replaced(KINDS["User"], stored, read(KINDS["User"], body))


def test_a_new_resource_has_all_that_is_required():
    with pytest.raises(InvalidValue, match=f"{SITE}:building is required"):
        parse(KINDS["User"], GROWN)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": SITE},
        {"op": "replace", "path": SITE, "value": None},
        {"op": "replace", "value": {SITE: None}},
    ],
    ids=repr,
)
def test_an_extension_can_leave_with_what_is_required_of_it(operation):
    before = with_schemas(KINDS["User"], WHOLE)

    assert SITE not in patched(KINDS["User"], before, operation)


def test_an_extension_with_an_immutable_value_cannot_leave():
    before = with_schemas(KINDS["User"], {**WHOLE, SITE: {**WHOLE[SITE], "batch": "1"}})

    with pytest.raises(MutabilityError, match=f"{SITE}:batch"):
        patched(KINDS["User"], before, {"op": "remove", "path": SITE})


@pytest.mark.parametrize("value", [None, " "])
def test_what_is_required_cannot_be_cleared_even_where_it_was_missing(value):
    before = with_schemas(KINDS["User"], GROWN)
    operation = {"op": "replace", "path": f"{SITE}:building", "value": value}

    with pytest.raises(InvalidValue, match="building is required"):
        patched(KINDS["User"], before, operation)
