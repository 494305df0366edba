import copy

import pytest
from hypothesis import given, settings

from scim import urns
from scim.documents import parse
from scim.errors import InvalidPath
from scim.patch import parse_patch
from scim.quirks import QUIRKS, Dialect, dialect_of, undo_patch, undo_resource
from scim.schemas import GROUP, USER
from tests.support.strategies import users

MISSPELT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"


def document(body):
    parsed = parse(USER, undo_resource(USER, {"userName": "bjensen", **body}))
    del parsed["schemas"], parsed["userName"]
    return parsed


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"active": "True"}, {"active": True}),
        ({"active": "False"}, {"active": False}),
        ({"ACTIVE": "false"}, {"active": False}),
        ({"active": ""}, {}),
        ({"externalId": 701984}, {"externalId": "701984"}),
        ({"title": True}, {"title": "true"}),
        ({"title": ""}, {}),
        ({"name": {"givenName": "", "familyName": "Jensen"}}, {"name": {"familyName": "Jensen"}}),
        ({"name": ""}, {}),
        ({"addresses": [{"postalCode": 91608}]}, {"addresses": [{"postalCode": "91608"}]}),
        ({"emails": {"value": "a@b.c"}}, {"emails": [{"value": "a@b.c"}]}),
        ({"emails": "a@b.c"}, {"emails": [{"value": "a@b.c"}]}),
        ({"emails": ["a@b.c"]}, {"emails": [{"value": "a@b.c"}]}),
        ({"emails": ""}, {}),
        (
            {"emails": [{"value": "a@b.c", "primary": "True"}]},
            {"emails": [{"value": "a@b.c", "primary": True}]},
        ),
        ({"title": [{"$ref": None, "value": "Boss"}]}, {"title": "Boss"}),
        ({"addresses": None, "department": None, "manager": None, "roles": []}, {}),
    ],
    ids=repr,
)
def test_a_body_is_read_as_it_was_meant(body, expected):
    assert document(body) == expected


@pytest.mark.parametrize("manager", ["m", {"value": "m"}, [{"$ref": None, "value": "m"}], ["m"]])
def test_a_manager_is_read_in_every_shape_and_place(manager):
    expected = {urns.ENTERPRISE_USER: {"manager": {"value": "m"}}}

    assert document({"manager": manager}) == expected
    assert document({urns.ENTERPRISE_USER: {"manager": manager}}) == expected
    assert document({MISSPELT: {"manager": manager}}) == expected


def test_an_attribute_beside_the_core_ones_joins_its_extension():
    body = {"department": "R&D", urns.ENTERPRISE_USER: {"costCenter": "4130"}}

    assert document(body) == {urns.ENTERPRISE_USER: {"department": "R&D", "costCenter": "4130"}}


def test_the_extension_itself_prevails_over_what_stands_beside_it():
    body = {"department": "stray", urns.ENTERPRISE_USER: {"department": "R&D"}}

    assert document(body) == {urns.ENTERPRISE_USER: {"department": "R&D"}}


def test_a_group_body_has_no_enterprise_attributes():
    body = {"displayName": "E", "department": "R&D", "members": ["u-1"]}

    assert undo_resource(GROUP, body) == {**body, "members": [{"value": "u-1"}]}


def test_strict_leaves_everything_as_it_was_sent():
    body = {"active": "False", "manager": "m"}
    message = {"Operations": [{"Op": "Replace", "Path": "manager", "Value": "m"}]}

    assert undo_resource(USER, body, strict=True) is body
    assert undo_patch(USER, message, strict=True) is message


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {"Operations": None},
        {"Operations": [None, "x"]},
        {"Operations": [{"op": "add", "path": 1, "value": "x"}]},
        {"Operations": [{"op": "add", "path": "emails[", "value": "x"}]},
        {"Operations": [{"op": "add", "path": "", "value": "x"}]},
    ],
    ids=repr,
)
def test_what_is_malformed_is_left_for_the_parser_to_refuse(message):
    if isinstance(message, dict):
        message = {"schemas": [urns.PATCH_OP], **message}

    assert undo_patch(USER, copy.deepcopy(message)) == message


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Remove", "path": f"{urns.ENTERPRISE_USER}x:tag"},
        {"op": "Add", "path": f"{urns.ENTERPRISE_USER}:departmnt", "value": "R&D"},
        {"op": "Add", "path": "displayNme", "value": "Babs"},
    ],
    ids=lambda operation: operation["path"],
)
def test_only_a_value_for_a_schema_that_is_none_of_ours_is_dropped(operation):
    message = {"schemas": [urns.PATCH_OP], "Operations": [operation]}

    with pytest.raises(InvalidPath):
        parse_patch(USER, undo_patch(USER, message))


def test_undoing_does_not_touch_what_was_sent():
    body = {"active": "False", "emails": {"value": "a"}, "manager": ["m"]}
    message = {"Operations": [{"op": "add", "value": body}]}
    sent = copy.deepcopy((body, message))

    undo_resource(USER, body)
    undo_patch(USER, message)

    assert (body, message) == sent


@settings(deadline=None)
@given(users())
def test_a_conforming_body_loses_nothing_but_empty_texts(body):
    def full(value):
        match value:
            case dict():
                return {name: full(member) for name, member in value.items() if member != ""}
            case list():
                return [full(element) for element in value]
        return value

    assert parse(USER, undo_resource(USER, body)) == parse(USER, full(body))


def test_every_quirk_says_who_sends_what_against_which_rule_and_where_that_was_seen():
    for name, quirk in QUIRKS.items():
        assert name == quirk.name
        assert quirk.provider
        assert quirk.sends
        assert "RFC" in quirk.rfc
        assert quirk.source


@pytest.mark.parametrize(
    ("message", "query", "label", "user_agent", "dialect"),
    [
        ({"Operations": [{"op": "Add"}]}, "", None, None, Dialect.ENTRA),
        ({"Operations": [{"op": "add"}]}, "aadOptscim062020", None, None, Dialect.ENTRA),
        ({"Operations": [{"op": "add"}]}, "", "Microsoft Entra ID", None, Dialect.ENTRA),
        ({"Operations": [{"op": "add"}]}, "", None, None, Dialect.UNKNOWN),
        ({"Operations": [{"op": "Add"}]}, "", "Okta production", None, Dialect.OKTA),
        (None, "startIndex=1", None, "Okta SCIM Client 1.0.0", Dialect.OKTA),
        (None, "", "authentik", None, Dialect.AUTHENTIK),
        ({"Operations": [None, {"op": ["x"]}]}, "", "", "", Dialect.UNKNOWN),
        ({"Operations": "Add"}, "", None, None, Dialect.UNKNOWN),
    ],
)
def test_a_dialect_is_known_by_label_signature_or_user_agent(
    message, query, label, user_agent, dialect
):
    assert dialect_of(message, query, label, user_agent) is dialect


def test_only_entra_creates_what_a_filter_did_not_find():
    assert [dialect for dialect in Dialect if dialect.creates_missing] == [Dialect.ENTRA]
