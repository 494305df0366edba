"""Which attributes an answer holds, and which a request may write (RFC 7644 3.9, RFC 7643 7)."""

import pytest

from app.models import Organization
from scim import urns
from tests.support.builders import a_group, a_user

ENTERPRISE = urns.ENTERPRISE_USER

#: A user with attributes of each kind.
BODY = {
    "schemas": [urns.USER, ENTERPRISE],
    "userName": "alice@example.com",
    "displayName": "Alice",
    "name": {"givenName": "Alice", "familyName": "Doe"},
    "emails": [{"value": "alice@example.com", "type": "work", "primary": True}],
    "password": "t0p-s3cret",
    ENTERPRISE: {"department": "R&D", "costCenter": "7"},
}

#: Under which parameters, which members the answer has beside `schemas` and `id`.
PROJECTIONS = {
    "attributes=displayName": {"displayName": "Alice"},
    "attributes=DISPLAYNAME, name.GIVENNAME": {
        "displayName": "Alice",
        "name": {"givenName": "Alice"},
    },
    "attributes=name": {"name": BODY["name"]},
    "attributes=emails.value": {"emails": [{"value": "alice@example.com"}]},
    f"attributes={urns.USER}:displayName": {"displayName": "Alice"},
    f"attributes={ENTERPRISE}:department": {ENTERPRISE: {"department": "R&D"}},
    f"attributes={ENTERPRISE}": {ENTERPRISE: BODY[ENTERPRISE]},
    "attributes=id": {},
    "attributes=password": {},
    "attributes=shoeSize": {},
    "attributes=schemas&unknown=1": {},
    (
        "excludedAttributes=meta,emails,name.familyName,active,userName,id,schemas,"
        f"{ENTERPRISE}:costCenter"
    ): {
        "displayName": "Alice",
        "name": {"givenName": "Alice"},
        ENTERPRISE: {"department": "R&D"},
    },
    f"excludedAttributes=meta,active,userName,emails,{ENTERPRISE},name": {"displayName": "Alice"},
}


@pytest.fixture
def alice(idp):
    """Provision Alice and return the path of her resource."""
    return f"/Users/{idp.post('/Users', json=BODY).json()['id']}"


def without_identity(resource):
    """Return a resource without what is always returned, once that is there."""
    assert resource.pop("id")
    schemas = resource.pop("schemas")
    assert schemas == [urns.USER, *([ENTERPRISE] if ENTERPRISE in resource else [])]
    return resource


@pytest.mark.parametrize("query", PROJECTIONS)
def test_a_created_user_is_answered_as_asked(idp, query):
    created = idp.post(f"/Users?{query}", json=BODY)

    assert created.status_code == 201
    assert created.headers["Location"]
    assert without_identity(created.json()) == PROJECTIONS[query]


@pytest.mark.parametrize("query", PROJECTIONS)
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_a_user_is_answered_as_asked(idp, alice, method, query):
    change = {"op": "replace", "path": "title", "value": None}
    bodies = {"PUT": BODY, "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [change]}}

    answer = idp.request(method, f"{alice}?{query}", json=bodies.get(method))

    assert answer.status_code == 200
    assert without_identity(answer.json()) == PROJECTIONS[query]


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize("query", PROJECTIONS)
def test_a_list_and_a_search_answer_as_asked(idp, query):
    name, _, names = query.partition("&")[0].partition("=")
    message = {"schemas": [urns.SEARCH_REQUEST], name: names.split(",")}

    listed = idp.get(f"/Users?{query}").json()["Resources"]
    found = idp.post("/Users/.search", json=message).json()["Resources"]

    assert listed == found
    assert without_identity(listed[0]) == PROJECTIONS[query]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "search"])
def test_both_lists_at_once_are_refused_and_change_nothing(idp, acme, method):
    row = a_user(acme, "bob")
    both = "attributes=id&excludedAttributes=meta"
    requests = {
        "GET": ("GET", f"/Users?{both}", None),
        "POST": ("POST", f"/Users?{both}", BODY),
        "PUT": ("PUT", f"/Users/{row.id}?{both}", BODY),
        "PATCH": (
            "PATCH",
            f"/Users/{row.id}?{both}",
            {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": "active"}]},
        ),
        "search": (
            "POST",
            "/Users/.search",
            {"schemas": [urns.SEARCH_REQUEST], "attributes": ["id"], "excludedAttributes": ["x"]},
        ),
    }
    verb, path, body = requests[method]

    refused = idp.request(verb, path, json=body)

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert idp.get("/Users").json()["totalResults"] == 1
    assert idp.get(f"/Users/{row.id}").headers["ETag"] == 'W/"1"'


def test_a_password_is_taken_and_never_shown(idp, alice):
    change = {"op": "replace", "value": {"password": "an0ther"}}

    answers = [
        idp.get(alice),
        idp.get(f"{alice}?attributes=password"),
        idp.put(alice, json=BODY),
        idp.modify(alice, change),
    ]

    assert all(answer.ok and "password" not in answer.json() for answer in answers)
    assert not any("s3cret" in answer.text or "an0ther" in answer.text for answer in answers)


@pytest.mark.parametrize("is_strict", [False, True])
def test_a_password_is_no_attribute_of_the_schema_and_still_thrown_away(
    idp, acme, alice, is_strict
):
    Organization.update(strict=is_strict).where(Organization.id == acme.id).execute()
    before = idp.get(alice).json()
    changes = [
        {"op": "replace", "path": "password", "value": "an0ther"},
        {"op": "replace", "value": {"password": "an0ther"}},
        {"op": "remove", "path": "password"},
    ]

    schema = idp.get(f"/Schemas/{urns.USER}").json()
    listed = idp.get("/Schemas").json()["Resources"]

    assert "password" not in {attribute["name"] for attribute in schema["attributes"]}
    assert schema in listed
    assert [idp.modify(alice, change).json() for change in changes] == [before] * 3


def test_a_group_is_patched_without_an_answer_unless_attributes_are_asked_for(idp, acme):
    path = f"/Groups/{a_group(acme, 'Staff').id}"
    rename = {"op": "replace", "path": "displayName", "value": "Crew"}

    silent = idp.modify(path, rename)
    asked = idp.modify(f"{path}?attributes=displayName", rename)

    assert (silent.status_code, silent.content) == (204, b"")
    assert asked.json() == {
        "schemas": [urns.GROUP],
        "id": path.removeprefix("/Groups/"),
        "displayName": "Crew",
    }


def test_read_only_attributes_of_a_put_are_ignored(idp, alice):
    before = idp.get(alice).json()
    forged = {
        "id": "forged",
        "meta": {"created": "2001-01-01T00:00:00Z", "resourceType": "Group"},
        "groups": [{"value": "forged"}],
    }

    after = idp.put(alice, json={**before, **forged})

    assert after.json() == before


def test_what_a_put_omits_is_cleared(idp, alice):
    idp.put(alice, json={"userName": "alice@example.com"})

    resource = without_identity(idp.get(alice).json())
    assert set(resource) == {"userName", "active", "meta"}


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("/Users", {"displayName": "Alice"}),
        ("/Users", {"userName": ""}),
        ("/Groups", {"members": []}),
        ("/Groups", {"displayName": None}),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_required_attribute_is_demanded_by_name(idp, acme, method, endpoint, body):
    row = a_user(acme) if endpoint == "/Users" else a_group(acme)
    path = endpoint if method == "POST" else f"{endpoint}/{row.id}"
    required = "userName" if endpoint == "/Users" else "displayName"

    refused = idp.request(method, path, json=body)

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert required in refused.json()["detail"]


@pytest.mark.parametrize("path", ["emails", "phoneNumbers"])
def test_two_primary_values_are_refused(idp, acme, path):
    two = [{"value": "1", "primary": True}, {"value": "2", "primary": True}]

    created = idp.create_user("bob", **{path: two})
    patched = idp.modify(f"/Users/{a_user(acme).id}", {"op": "replace", "path": path, "value": two})

    assert [created.status_code, patched.status_code] == [400, 400]
    assert created.json()["scimType"] == patched.json()["scimType"] == "invalidValue"


def test_a_new_primary_value_takes_the_place_of_the_old(idp, alice):
    new = {"value": "a@example.org", "type": "home", "primary": True}

    changed = idp.modify(alice, {"op": "add", "path": "emails", "value": [new]}).json()

    assert {email["value"]: email.get("primary", False) for email in changed["emails"]} == {
        "alice@example.com": False,
        "a@example.org": True,
    }
