"""Bodies that a provisioning client should not send."""

import json

import pytest

from scim import urns
from tests.support.engines import on_sqlite_alone
from tests.support.refusals import assert_refused

#: Whatever is refused changes nothing in the database.
pytestmark = pytest.mark.usefixtures("unchanged")

MIB = 1024 * 1024


def post(scim, content, content_type="application/scim+json"):
    data = content if isinstance(content, bytes) else content.encode()
    return scim.post("/Users", data=data, headers={"Content-Type": content_type})


@on_sqlite_alone
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        '{"userName": }',
        "{'userName': 'bob'}",
        '{"userName": "bob"} {}',
        '{"userName": "bob",}',
        b'{"userName": "\xff"}',
        "userName=bob",
        '{"userName": "bob", "x": NaN}',
        '{"userName": "bob", "x": Infinity}',
        '{"userName": "bob", "x": ' + "9" * 5_000 + "}",
        '{"userName": "bob", "x": ' + "[" * 2_000 + "]" * 2_000 + "}",
        "[" * 2_000,
        '{"x":' * 2_000 + "1" + "}" * 2_000,
        '{"userName": "bob", "active": false, "active": true}',
        '{"userName": "bob", "name": {"givenName": "Bob", "givenName": "Rob"}}',
        "null",
        "[]",
        '"bob"',
        "1",
        '{"userName": "bob", "schemas": "urn:ietf:params:scim:schemas:core:2.0:User"}',
        '{"userName": "bob", "schemas": [1]}',
    ],
    ids=lambda content: repr(content[:60]),
)
def test_a_body_that_is_no_json_object_of_a_resource_is_invalid_syntax(scim, content):
    assert_refused(post(scim, content), 400, "invalidSyntax")


@on_sqlite_alone
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"userName": None},
        {"userName": ""},
        {"userName": "  "},
        {"userName": {}},
        {"userName": ["bob", "rob"]},
        {"userName": "bob\0"},
        {"userName": "bob\ud800"},
        {"userName": "bob", "USERNAME": "rob"},
        {"userName": "bob", "displayName": "\udfff"},
        {"userName": "bob", "name": {"givenName": "\0"}},
        {"userName": "bob", "emails": [{"value": "\0@example.com"}]},
        {"userName": "bob", urns.ENTERPRISE_USER: {"department": "R\0D"}},
        {"userName": "bob", "password": "\0"},
        {"userName": "b" * 401},
        {"userName": "bob", "externalId": "b" * 401},
        {"userName": "bob", "emails": [{"value": "b" * 401}]},
        {"userName": "bob", "active": "yes"},
        {"userName": "bob", "active": 1},
        {"userName": "bob", "active": [True, False]},
        {"userName": "bob", "name": "Bob"},
        {"userName": "bob", "emails": [["bob@example.com", "b@example.com"]]},
        {
            "userName": "bob",
            "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
        },
        {"userName": "bob", "x509Certificates": [{"value": "***"}]},
        {"userName": "bob", "profileUrl": "two words"},
    ],
    ids=lambda body: repr(body)[:60],
)
def test_a_value_that_its_attribute_cannot_have_is_invalid_value(scim, body):
    assert_refused(post(scim, json.dumps(body)), 400, "invalidValue")


@on_sqlite_alone
@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "text/html; charset=utf-8"]
)
def test_another_media_type_than_json_is_415(scim, content_type):
    response = post(scim, '{"userName": "bob"}', content_type)

    assert_refused(response, 415)


def test_a_body_over_the_limit_is_413(scim):
    assert_refused(post(scim, b'{"userName": "bob"}'.ljust(16 * MIB + 1)), 413)


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "move", "path": "title", "value": "x"}, "invalidSyntax"),
        ({"op": "replace", "path": 1, "value": "x"}, "invalidSyntax"),
        ({"op": "replace", "path": "shoeSize", "value": "44"}, "invalidPath"),
        ({"op": "replace", "path": "", "value": "44"}, "invalidPath"),
        ({"op": "replace", "path": "\ud800", "value": "44"}, "invalidPath"),
        ({"op": "replace", "path": "title\0", "value": "44"}, "invalidPath"),
        ({"op": "replace", "path": "t" * 4_097, "value": "44"}, "invalidPath"),
        ({"op": "replace", "path": 'emails[type eq "work"', "value": "x"}, "invalidPath"),
        ({"op": "replace", "path": 'emails[kind eq "work"]', "value": {}}, "invalidFilter"),
        ({"op": "replace", "path": 'emails[type eq "home"].value', "value": "x"}, "noTarget"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": "id", "value": "x"}, "mutability"),
        ({"op": "add", "path": "groups", "value": [{"value": "x"}]}, "mutability"),
        ({"op": "replace", "path": "title"}, "invalidValue"),
        ({"op": "replace", "path": "title", "value": "x\0"}, "invalidValue"),
        ({"op": "replace", "path": "userName", "value": None}, "invalidValue"),
        ({"op": "replace", "value": "x"}, "invalidValue"),
    ],
    ids=lambda part: repr(part)[:60],
)
def test_an_operation_that_cannot_be_done_undoes_those_before_it(scim, alice, operation, scim_type):
    first = {"op": "replace", "path": "displayName", "value": "Al"}

    assert_refused(scim.modify(f"/Users/{alice.id}", first, operation), 400, scim_type)


@pytest.mark.parametrize(
    ("message", "scim_type"),
    [
        ({}, "invalidSyntax"),
        ({"schemas": [urns.USER], "Operations": []}, "invalidSyntax"),
        ({"schemas": [urns.PATCH_OP]}, "invalidSyntax"),
        ({"schemas": [urns.PATCH_OP], "Operations": {}}, "invalidSyntax"),
        ({"schemas": [urns.PATCH_OP], "Operations": ["remove"]}, "invalidSyntax"),
        (
            {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": "title"}] * 1_001},
            "tooMany",
        ),
    ],
    ids=lambda part: repr(part)[:60],
)
def test_a_body_that_is_no_patch_is_refused(scim, alice, message, scim_type):
    assert_refused(scim.patch(f"/Users/{alice.id}", json=message), 400, scim_type)


def test_a_group_cannot_be_renamed_to_what_is_too_long_to_be_looked_up(scim, staff):
    operation = {"op": "replace", "path": "displayName", "value": "x" * 401}

    assert_refused(scim.modify(f"/Groups/{staff.id}", operation), 400, "invalidValue")


def test_a_member_that_names_nobody_is_named_in_the_refusal(scim, staff):
    operation = {"op": "add", "path": "members", "value": [{"value": "nobody"}]}

    response = scim.modify(f"/Groups/{staff.id}", operation)

    assert_refused(response, 400, "invalidValue")
    assert "nobody" in response.json()["detail"]
