import copy
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim import urns
from scim.documents import parse as parse_document
from scim.documents import with_schemas
from scim.errors import InvalidSyntax, ScimError, TooMany
from scim.patch import OPERATIONS_MAX, apply, parse_patch
from scim.quirks import undo_patch
from scim.schemas import USER
from tests.support.strategies import TEXTS, users

FIXTURES = Path(__file__).parents[2] / "fixtures" / "patch"


def cases(file_name):
    table = json.loads((FIXTURES / file_name).read_text())
    return [
        pytest.param(table["before"], case, id=case["name"].replace(" ", "_"))
        for case in table["cases"]
    ]


def message(operations):
    return {"schemas": [urns.PATCH_OP], "Operations": operations}


def patched(before, operations, *, create_missing=False):
    parsed = parse_patch(USER, message(operations))
    return apply(USER, before, parsed, create_missing=create_missing)


def expected(before, changes):
    """Return the document that differs in these attributes; null says that one is absent."""
    return {name: value for name, value in (before | changes).items() if value is not None}


@pytest.mark.parametrize(("before", "case"), cases("rfc7644-3.5.2.json") + cases("rules.json"))
def test_operations_have_the_effect_that_the_rfc_says(before, case):
    document = with_schemas(USER, before)

    if "scimType" in case:
        with pytest.raises(ScimError) as refusal:
            patched(document, case["operations"])
        assert refusal.value.scim_type == case["scimType"]
    else:
        after = patched(document, case["operations"])
        assert after == expected(document, case["after"])


@pytest.mark.parametrize(("before", "case"), cases("identity-providers.json"))
def test_operations_of_identity_providers_have_the_effect_they_mean(before, case):
    document = with_schemas(USER, before)
    undone = undo_patch(USER, message(case["operations"]))

    after = apply(USER, document, parse_patch(USER, undone), create_missing=True)

    assert after == expected(document, case["after"])


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"Operations": [{"op": "remove", "path": "title"}]},
        {"schemas": urns.PATCH_OP, "Operations": [{"op": "remove", "path": "title"}]},
        {"schemas": [urns.USER], "Operations": [{"op": "remove", "path": "title"}]},
        message(None),
        message([]),
        message({"op": "remove", "path": "title"}),
        message(["remove"]),
        message([{"path": "title"}]),
        message([{"op": 1, "path": "title"}]),
        message([{"op": "remove", "path": 1}]),
    ],
    ids=repr,
)
def test_a_body_that_is_no_patch_message_is_refused(body):
    with pytest.raises(InvalidSyntax):
        parse_patch(USER, body)


def test_the_names_of_the_message_are_read_in_any_case():
    body = {"SCHEMAS": [urns.PATCH_OP.upper()], "operations": [{"OP": "Remove", "Path": "title"}]}

    assert len(parse_patch(USER, body)) == 1


def test_a_patch_has_at_most_a_thousand_operations():
    operations = [{"op": "remove", "path": "title"}] * OPERATIONS_MAX

    assert len(parse_patch(USER, message(operations))) == OPERATIONS_MAX
    with pytest.raises(TooMany, match="1,000"):
        parse_patch(USER, message([*operations, operations[0]]))


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "active": st.booleans(),
        "name": st.fixed_dictionaries({}, optional={"givenName": TEXTS}),
        "emails": st.lists(
            st.fixed_dictionaries({"value": TEXTS}, optional={"type": TEXTS}), max_size=2
        ),
    },
)
PATHS = st.sampled_from(
    ["title", "emails", 'emails[type eq "work"]', 'emails[type eq "a"].display', "name.givenName"]
)
OPERATIONS = st.lists(
    st.one_of(
        st.builds(lambda op, value: {"op": op, "value": value}, st.sampled_from(["add"]), VALUES),
        st.builds(lambda path: {"op": "remove", "path": path}, PATHS),
        st.builds(
            lambda op, path, value: {"op": op, "path": path, "value": value},
            st.sampled_from(["add", "replace"]),
            PATHS,
            st.one_of(
                TEXTS,
                st.just([{"value": "a"}]),
                st.builds(dict, value=TEXTS, primary=st.booleans()),
            ),
        ),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(users(), OPERATIONS, st.booleans())
def test_the_document_before_is_never_touched(body, operations, create_missing):
    document = parse_document(USER, body)
    before = copy.deepcopy(document)

    with suppress(ScimError):
        patched(document, operations, create_missing=create_missing)

    assert document == before


@settings(deadline=None)
@given(users(), OPERATIONS, st.booleans())
def test_the_document_after_is_canonical(body, operations, create_missing):
    try:
        after = patched(parse_document(USER, body), operations, create_missing=create_missing)
    except ScimError:
        return

    assert parse_document(USER, after) == after


@settings(deadline=None)
@given(users(), VALUES)
def test_adding_twice_is_adding_once(body, value):
    operation = {"op": "add", "value": value}
    once = patched(parse_document(USER, body), [operation])

    assert patched(once, [operation]) == once


@settings(deadline=None)
@given(users(), st.sampled_from(["title", "emails", "name", "active"]), VALUES)
def test_removing_what_was_added_leaves_the_attribute_unassigned(body, name, value):
    added = patched(parse_document(USER, body), [{"op": "add", "value": value}])

    assert name not in patched(added, [{"op": "remove", "path": name}])


@settings(deadline=None)
@given(users())
def test_replacing_a_document_by_itself_changes_nothing(body):
    document = parse_document(USER, body)

    assert patched(document, [{"op": "replace", "value": document}]) == document
