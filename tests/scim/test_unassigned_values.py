"""What `{}`, `[]`, `[{}]`, null and an empty text do, at every kind of place, by every operation.

To add nothing adds nothing. A replacement that names nothing changes nothing where it would merge,
and is refused where it would leave a list empty by accident: only null, an empty list and, but for
members, an empty text clear. A removal ignores its value, except where it narrows a list: there an
empty list names none, and what names nothing is refused, since all would be far from it.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim import urns
from scim.attributes import Attribute, Schema
from scim.documents import with_schemas
from scim.errors import ScimError
from scim.patch import apply, parse_patch
from scim.quirks import undo_patch
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER

ENTERPRISE = urns.ENTERPRISE_USER
SITE = "urn:example:site:2.0:User"
PERSON = ResourceType(
    "User",
    "/Users",
    "",
    USER.schema,
    (*USER.extensions, Schema(SITE, "Site", "", (Attribute("tags", multi_valued=True),))),
)
BEFORE = {
    "User": {
        "userName": "ann",
        "title": "Guide",
        "active": True,
        "name": {"givenName": "Ann", "familyName": "Moss"},
        "emails": [
            {"value": "a@example.com", "type": "work", "display": "Work"},
            {"value": "b@example.com", "type": "home"},
        ],
        ENTERPRISE: {"department": "Tours", "manager": {"value": "m-1"}},
        SITE: {"tags": ["x", "y"]},
    },
    "Group": {"displayName": "Guides", "members": [{"value": "u-1"}, {"value": "u-2"}]},
}

FORMS = {"{}": {}, "[]": [], "[{}]": [{}], "null": None, '""': ""}
SAME, GONE, WRONG, KEPT = "same", "gone", "invalidValue", "mutability"

#: By kind of place, the answers to each form in the order of FORMS.
SIMPLE = {
    "add": (WRONG, SAME, WRONG, SAME, SAME),
    "replace": (WRONG, GONE, WRONG, GONE, GONE),
    "remove": (GONE,) * 5,
}
MERGED = {
    "add": (SAME,) * 5,
    "replace": (SAME, GONE, SAME, GONE, GONE),
    "remove": (GONE,) * 5,
}
RULES = {
    "title": SIMPLE,
    "active": SIMPLE,
    "name.givenName": SIMPLE,
    'emails[type eq "work"].display': SIMPLE,
    f"{ENTERPRISE}:department": SIMPLE,
    "name": MERGED,
    'emails[type eq "work"]': MERGED,
    ENTERPRISE: MERGED,
    f"{ENTERPRISE}:manager": MERGED,
    "emails": {
        "add": (SAME,) * 5,
        "replace": (WRONG, GONE, WRONG, GONE, GONE),
        "remove": (WRONG, SAME, WRONG, GONE, WRONG),
    },
    f"{SITE}:tags": {
        "add": (WRONG, SAME, WRONG, SAME, SAME),
        "replace": (WRONG, GONE, WRONG, GONE, GONE),
        "remove": (WRONG, SAME, WRONG, GONE, WRONG),
    },
    "members": {
        "add": (WRONG, SAME, WRONG, SAME, WRONG),
        "replace": (WRONG, GONE, WRONG, GONE, WRONG),
        "remove": (WRONG, SAME, WRONG, GONE, WRONG),
    },
    "userName": {
        "add": (WRONG, SAME, WRONG, SAME, SAME),
        "replace": (WRONG,) * 5,
        "remove": (KEPT,) * 5,
    },
}
CELLS = [
    pytest.param(path, op, value, answer, id=f"{op} {path} {form}")
    for path, by_op in RULES.items()
    for op, answers in by_op.items()
    for (form, value), answer in zip(FORMS.items(), answers, strict=True)
]


def answer_to(path, operation):
    """Return what an operation does to what is at a path, or the type of its refusal."""
    kind = GROUP if path == "members" else PERSON
    before = with_schemas(kind, BEFORE[kind.name])
    message = undo_patch(kind, {"schemas": [urns.PATCH_OP], "Operations": [operation]})
    try:
        after = apply(kind, before, parse_patch(kind, message), create_missing=False)
    except ScimError as refusal:
        return refusal.scim_type
    if after == before:
        return SAME
    gone = {"op": "remove", "path": path}
    message = {"schemas": [urns.PATCH_OP], "Operations": [gone]}
    assert after == apply(kind, before, parse_patch(kind, message), create_missing=False)
    return GONE


@pytest.mark.parametrize(("path", "op", "value", "answer"), CELLS)
def test_an_unassigned_value_has_the_effect_of_its_rule(path, op, value, answer):
    assert answer_to(path, {"op": op, "path": path, "value": value}) == answer


@pytest.mark.parametrize(
    ("path", "op", "value", "answer"), [cell for cell in CELLS if cell.values[1] != "remove"]
)
def test_a_value_without_a_path_follows_the_same_rule(path, op, value, answer):
    assert answer_to(path, {"op": op, "value": {path: value}}) == answer


@pytest.mark.parametrize("value", [{"familyName": None}, {"familyName": ""}, {"clan": "x"}])
def test_to_add_an_object_of_nothing_takes_nothing_away(value):
    assert answer_to("name", {"op": "add", "path": "name", "value": value}) == SAME


@pytest.mark.parametrize("value", [{"display": None}, {"value": ""}, {"colour": "red"}])
def test_to_add_an_element_of_nothing_takes_nothing_away(value):
    path = 'emails[type eq "work"]'

    assert answer_to(path, {"op": "add", "path": path, "value": value}) == SAME


@pytest.mark.parametrize(
    "value", [[""], [{"value": ""}], [None], {"value": ""}, [{"type": "User"}]]
)
@pytest.mark.parametrize("op", ["add", "replace", "remove"])
def test_a_member_that_is_not_named_empties_no_group(op, value):
    assert answer_to("members", {"op": op, "path": "members", "value": value}) == WRONG


def assigned(document, prefix=""):
    """Return what a document has: the names of its values, and how many each list holds."""
    found = set()
    for name, value in document.items():
        match value:
            case dict():
                found |= assigned(value, f"{prefix}{name}/")
            case list():
                found |= {(f"{prefix}{name}", number) for number in range(len(value))}
            case _:
                found.add((f"{prefix}{name}", 0))
    return found


NOTHING = st.sampled_from(list(FORMS.values()))
VALUES = st.one_of(
    NOTHING,
    st.just("x"),
    st.lists(st.dictionaries(st.sampled_from(["value", "type", "display"]), NOTHING), max_size=2),
    st.dictionaries(st.sampled_from(["givenName", "value", "department", "tags"]), NOTHING),
)
WITHOUT_A_PATH = st.dictionaries(st.sampled_from([*RULES, urns.USER]), VALUES, max_size=3)


@settings(max_examples=500, deadline=None)
@given(
    st.booleans(),
    st.one_of(
        st.builds(
            lambda path, value: {"path": path, "value": value}, st.sampled_from([*RULES]), VALUES
        ),
        st.builds(lambda value: {"value": value}, WITHOUT_A_PATH),
    ),
)
def test_an_add_never_takes_anything_away(strict, operation):
    for kind in (PERSON, GROUP):
        before = with_schemas(kind, BEFORE[kind.name])
        message = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", **operation}]}
        try:
            operations = parse_patch(kind, undo_patch(kind, message, strict=strict), strict=strict)
            after = apply(kind, before, operations, create_missing=False)
        except ScimError:
            continue
        assert assigned(before) <= assigned(after)
