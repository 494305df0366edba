"""Numbers that no JSON number can be: they are refused, and never stored as a text."""

import json

import pytest

from app.access.context import acting
from app.models import Organization
from app.organizations.extensions import register_extension
from scim import urns
from tests.support.builders import NOW, a_user
from tests.support.engines import on_sqlite_alone

LEVELS = "urn:example:levels:2.0:User"
SCHEMA = {
    "id": LEVELS,
    "name": "Levels",
    "attributes": [
        {"name": "grade", "type": "integer"},
        {"name": "weight", "type": "decimal"},
        {"name": "marks", "multiValued": True},
    ],
}
JSON_HEADERS = {"Content-Type": "application/json"}
NUMBERS = ["1e400", "-1e400", "1" + "0" * 400 + ".0", "NaN", "Infinity", "-Infinity"]

#: Where a number stands: {} is its place.
MEMBERS = {
    "a text": '"externalId": {}',
    "a text of an object": '"name": {{"familyName": {}}}',
    "a text of a list": '"emails": [{}]',
    "a text of an element": '"emails": [{{"value": {}}}]',
    "a wrapped text": '"title": {{"value": {}}}',
    "a boolean": '"active": {}',
    "an integer": f'"{LEVELS}": {{{{"grade": {{}}}}}}',
    "a decimal": f'"{LEVELS}": {{{{"weight": {{}}}}}}',
    "a list of texts": f'"{LEVELS}": {{{{"marks": [{{}}]}}}}',
    "an object": f'"{urns.ENTERPRISE_USER}": {{{{"manager": {{}}}}}}',
}


@pytest.fixture(params=[False, True], ids=["tolerant", "strict"])
def idp(request, service, acme):
    register_extension(acting(acme.operator, at=NOW), "User", SCHEMA)
    Organization.update(strict=request.param).where(Organization.id == acme.id).execute()
    return service.scim(acme)


@pytest.fixture
def alice(acme, idp):  # noqa: ARG001  # which registers the extension
    return a_user(acme, "alice")


def requests_with(member, path):
    """Return each request that can carry a member, as method, path and text."""
    body = '{"userName": "alice", ' + member + "}"
    operation = '{"op": "replace", "value": {' + member + "}}"
    patch = f'{{"schemas": ["{urns.PATCH_OP}"], "Operations": [{operation}]}}'
    return [
        ("POST", "/Users", body.replace("alice", "bob")),
        ("PUT", path, body),
        ("PATCH", path, patch),
    ]


@on_sqlite_alone
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("member", MEMBERS.values(), ids=MEMBERS)
def test_a_number_without_end_is_refused_wherever_it_stands(idp, alice, member, number):
    before = idp.get("/Users").json()
    requests = requests_with(member.format(number), f"/Users/{alice.id}")

    answers = [
        idp.request(method, path, data=text, headers=JSON_HEADERS)
        for method, path, text in requests
    ]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert idp.get("/Users").json() == before


def test_a_number_without_end_costs_a_bulk_request_just_its_operation(idp, alice):
    patch = requests_with('"externalId": 1e400', f"/Users/{alice.id}")[-1][-1]
    operation = '{"method": "PATCH", "path": "/Users/' + alice.id + '", "data": ' + patch + "}"
    text = json.dumps({"schemas": [urns.BULK_REQUEST], "Operations": ["here"]})

    answer = idp.post("/Bulk", data=text.replace('"here"', operation), headers=JSON_HEADERS)

    assert answer.json()["Operations"][0]["status"] == "400"
    assert "externalId" not in idp.get(f"/Users/{alice.id}").json()


def test_a_number_without_end_at_a_path_is_refused(idp, alice):
    for path in ("externalId", "title", f"{LEVELS}:weight", 'emails[type eq "work"].value'):
        operation = '{"op": "add", "path": ' + json.dumps(path) + ', "value": 1e400}'
        text = f'{{"schemas": ["{urns.PATCH_OP}"], "Operations": [{operation}]}}'

        answer = idp.patch(f"/Users/{alice.id}", data=text, headers=JSON_HEADERS)

        assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
