"""Queries over HTTP: of one type and of all, by address and by body (RFC 7644 3.4.2, 3.4.3)."""

import pytest

from scim import urns
from tests.support.builders import a_group, a_user, an_organization
from tests.support.engines import on_sqlite_alone


def search(idp, endpoint="", **members):
    """Return the answer to a query in the body of `.search`."""
    return idp.post(f"{endpoint}/.search", json={"schemas": [urns.SEARCH_REQUEST], **members})


def names_in(response):
    assert response.status_code == 200, response.text
    return [
        resource.get("userName", resource.get("displayName"))
        for resource in response.json()["Resources"]
    ]


@pytest.fixture(autouse=True)
def people(acme):
    """Provision three users and two groups."""
    users = [
        a_user(acme, name, displayName=name.title(), active=False) for name in ("ann", "bob", "cy")
    ]
    return [*users, a_group(acme, "Staff", users[:1]), a_group(acme, "Bobs", users[1:2])]


def test_a_search_answers_as_the_same_query_in_an_address_does(idp):
    query = {"filter": 'displayName co "b"', "excludedAttributes": "meta", "count": 2}

    by_address = idp.get("/Users", params=query)
    by_body = search(idp, "/Users", **{**query, "excludedAttributes": ["meta"]})

    assert names_in(by_body) == ["bob"]
    assert by_body.json() == by_address.json()
    assert by_body.headers["Content-Type"] == "application/scim+json"


def test_a_search_may_hold_what_no_address_may(idp):
    refused = idp.find("/Users", 'password eq "secret"')
    answered = search(idp, "/Users", filter='userName eq "ann"')

    assert (refused.status_code, refused.json()["scimType"]) == (403, "sensitive")
    assert names_in(answered) == ["ann"]


@pytest.mark.parametrize("endpoint", ["/Users", "/Groups", ""])
def test_a_query_without_a_filter_finds_everything(idp, endpoint):
    expected = {
        "/Users": ["ann", "bob", "cy"],
        "/Groups": ["Bobs", "Staff"],
        "": ["Bobs", "Staff", "ann", "bob", "cy"],
    }

    assert sorted(names_in(search(idp, endpoint))) == expected[endpoint]
    assert sorted(names_in(idp.get(endpoint))) == expected[endpoint]


def test_the_root_finds_resources_of_every_type(idp):
    found = idp.get("/", params={"filter": 'displayName sw "b"'}).json()

    assert found["totalResults"] == found["itemsPerPage"] == 2
    assert [resource["meta"]["resourceType"] for resource in found["Resources"]] == [
        "User",
        "Group",
    ]


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        ('meta.resourceType eq "Group"', ["Bobs", "Staff"]),
        ('meta.resourceType eq "User" and userName sw "a"', ["ann"]),
        ('userName eq "bob"', ["bob"]),
        ("members pr", ["Bobs", "Staff"]),
        ('displayName eq "nobody"', []),
    ],
)
def test_a_type_that_lacks_an_attribute_has_nothing_that_matches(idp, filter_, expected):
    assert sorted(names_in(search(idp, filter=filter_))) == expected


def test_an_attribute_that_no_type_has_is_an_invalid_filter(idp):
    refused = search(idp, filter='shoeSize eq "44"')

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidFilter")


def test_pages_of_the_root_neither_repeat_nor_skip(idp):
    pages = [idp.get("/", params={"startIndex": start, "count": 2}).json() for start in (1, 3, 5)]

    walked = [resource["id"] for page in pages for resource in page["Resources"]]
    assert [page["totalResults"] for page in pages] == [5, 5, 5]
    assert [page["itemsPerPage"] for page in pages] == [2, 2, 1]
    assert len(set(walked)) == 5


@pytest.mark.parametrize("members", [{"sortBy": "id"}, {"cursor": ""}], ids=["sortBy", "cursor"])
def test_the_root_is_not_sorted_or_walked_by_cursor(idp, members):
    refused = search(idp, **members)

    assert (refused.status_code, refused.json()["scimType"]) == (400, "invalidValue")
    assert "/Users or /Groups" in refused.json()["detail"]


@on_sqlite_alone
@pytest.mark.parametrize("endpoint", ["", "/Users", "/Groups"])
@pytest.mark.parametrize(
    ("message", "scim_type"),
    [
        ({}, "invalidSyntax"),
        ({"schemas": [urns.PATCH_OP]}, "invalidSyntax"),
        ([], "invalidSyntax"),
        ({"schemas": [urns.SEARCH_REQUEST], "count": "many"}, "invalidValue"),
        ({"schemas": [urns.SEARCH_REQUEST], "attributes": 1}, "invalidValue"),
        ({"schemas": [urns.SEARCH_REQUEST], "filter": 1}, "invalidValue"),
        ({"schemas": [urns.SEARCH_REQUEST], "filter": "("}, "invalidFilter"),
        ({"schemas": [urns.SEARCH_REQUEST], "cursor": "", "startIndex": 1}, "invalidValue"),
    ],
    ids=lambda part: repr(part)[-40:],
)
def test_a_body_that_is_no_search_is_refused(idp, endpoint, message, scim_type):
    refused = idp.post(f"{endpoint}/.search", json=message)

    assert (refused.status_code, refused.json()["scimType"]) == (400, scim_type)


def test_nobody_finds_another_organizations_people(service):
    stranger = service.scim(an_organization())

    assert names_in(stranger.get("/")) == []
    assert stranger.get("/").json()["totalResults"] == 0


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_client_is_nobody_so_me_is_not_implemented(idp, method):
    declined = idp.request(method, "/Me")

    assert declined.status_code == 501
    assert declined.json()["schemas"] == [urns.ERROR]
    assert declined.json()["status"] == "501"
    assert "/Users/{id}" in declined.json()["detail"]
