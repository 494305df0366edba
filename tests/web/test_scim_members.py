"""A group's members over HTTP: they come and go, and each says who is meant (RFC 7643 4.2)."""

import pytest

from scim import urns
from tests.support.builders import a_group, a_user


def test_the_names_of_members_are_shown_on_request(idp, acme):
    alice = a_user(acme, "alice", displayName="Alice")
    path = f"/Groups/{a_group(acme, members=[alice]).id}"

    by_default = idp.get(path).json()["members"]
    asked = idp.get(f"{path}?attributes=members.display").json()["members"]

    assert [set(member) for member in by_default] == [{"value", "$ref", "type"}]
    assert asked == [{"display": "Alice"}]


@pytest.mark.parametrize(
    "path",
    ["members.value", 'members[value eq "{alice}"].value', 'members[value eq "{alice}"].type'],
)
def test_a_member_comes_or_goes_and_does_not_change(idp, acme, path):
    alice, bob = a_user(acme), a_user(acme)
    staff = a_group(acme, members=[alice])
    operation = {"op": "replace", "path": path.format(alice=alice.id), "value": bob.id}

    refused = idp.modify(f"/Groups/{staff.id}", operation)

    assert (refused.status_code, refused.json()["scimType"]) == (400, "mutability")
    members = idp.get(f"/Groups/{staff.id}").json()["members"]
    assert [member["value"] for member in members] == [alice.id]


#: Elements of `members` that do not say who is meant.
NAMELESS = [{}, None, {"display": "Alice"}, {"value": None}, {"value": ""}, {"$ref": "x"}]


@pytest.mark.parametrize("element", NAMELESS, ids=repr)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_member_without_a_value_is_refused_and_nobody_leaves(idp, acme, method, element):
    alice = a_user(acme)
    staff = a_group(acme, "Staff", [alice])
    path = "/Groups" if method == "POST" else f"/Groups/{staff.id}"
    given = [{"value": alice.id}, element]
    replacement = {"op": "replace", "path": "members", "value": given}
    body = {"displayName": "Crew", "members": given}
    if method == "PATCH":
        body = {"schemas": [urns.PATCH_OP], "Operations": [replacement]}

    refused = idp.request(method, path, json=body)

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert '"value"' in refused.json()["detail"]
    assert idp.get("/Groups").json()["totalResults"] == 1
    members = idp.get(f"/Groups/{staff.id}").json()["members"]
    assert [member["value"] for member in members] == [alice.id]


@pytest.mark.parametrize("value", ["", [""], [{"value": ""}], {"value": ""}, {}, [{}], [None]])
@pytest.mark.parametrize("op", ["add", "replace", "remove"])
def test_who_is_not_named_is_no_member_and_everybody_stays(idp, acme, op, value):
    alice, bob = a_user(acme), a_user(acme)
    path = f"/Groups/{a_group(acme, members=[alice, bob]).id}"
    before = idp.get(path).json()

    refused = idp.modify(path, {"op": op, "path": "members", "value": value})

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert idp.get(path).json() == before


@pytest.mark.parametrize("value", ["", [""], [{}]])
def test_a_whole_group_is_not_emptied_by_who_is_not_named(idp, acme, value):
    path = f"/Groups/{a_group(acme, 'Staff', [a_user(acme)]).id}"
    before = idp.get(path).json()

    answers = [
        idp.put(path, json={"displayName": "Staff", "members": value}),
        idp.modify(path, {"op": "replace", "value": {"members": value}}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert idp.get(path).json() == before
