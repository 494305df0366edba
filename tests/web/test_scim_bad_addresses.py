"""Queries, ids, paths, methods and headers that a provisioning client should not send."""

import pytest

from scim import urns
from tests.support.builders import an_organization
from tests.support.engines import on_sqlite_alone
from tests.support.refusals import assert_refused

#: Whatever is refused changes nothing in the database.
pytestmark = pytest.mark.usefixtures("unchanged")


@on_sqlite_alone
@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml, image/*", "application/json;q=0"]
)
def test_a_client_that_accepts_no_json_is_406(scim, accept):
    assert_refused(scim.get("/Users", headers={"Accept": accept}), 406)


@on_sqlite_alone
@pytest.mark.parametrize(
    ("parameters", "scim_type"),
    [
        ({"filter": ""}, "invalidFilter"),
        ({"filter": 'shoeSize eq "44"'}, "invalidFilter"),
        ({"filter": 'userName eq "bob'}, "invalidFilter"),
        ({"filter": 'userName is "bob"'}, "invalidFilter"),
        ({"filter": 'userName eq "bob\0"'}, "invalidFilter"),
        ({"filter": 'userName eq "\\u0000"'}, "invalidFilter"),
        ({"filter": "active gt true"}, "invalidFilter"),
        ({"filter": f'userName eq "{"b" * 4_083}"'}, "invalidFilter"),
        ({"filter": "(" * 51 + "title pr" + ")" * 51}, "invalidFilter"),
        ({"filter": " or ".join(["title pr"] * 201)}, "invalidFilter"),
        ({"count": "abc"}, "invalidValue"),
        ({"count": "1.5"}, "invalidValue"),
        ({"startIndex": "abc"}, "invalidValue"),
        ({"startIndex": "\0"}, "invalidValue"),
        ({"attributes": "userName", "excludedAttributes": "title"}, "invalidValue"),
    ],
    ids=lambda part: repr(part)[:60],
)
def test_a_query_that_cannot_be_answered_says_why(scim, parameters, scim_type):
    assert_refused(scim.get("/Users", params=parameters), 400, scim_type)


@pytest.mark.parametrize(
    "text",
    [
        f'userName eq "{"b" * 4_082}"',
        "(" * 50 + "title pr" + ")" * 50,
        "not (" * 50 + "userName pr" + ")" * 50 + " and title pr",
        "title pr and (title pr or (" * 25 + "title pr" + "))" * 25,
        " or ".join(["title pr"] * 200),
        " and ".join(['userName co "z"'] * 200),
    ],
    ids=["4,096 characters", "50 brackets", "50 denials", "50 turns", "200 or", "200 and"],
)
def test_a_filter_at_the_limits_is_answered(scim, text):
    response = scim.get("/Users", params={"filter": text})

    assert response.status_code == 200
    assert response.json()["totalResults"] == 0


def test_a_password_in_a_filter_is_sensitive(scim):
    assert_refused(scim.find("/Users", 'password eq "secret"'), 403, "sensitive")


@pytest.mark.parametrize(
    ("parameters", "start_index", "items"),
    [
        ({"count": "-1"}, 1, 0),
        ({"count": "0"}, 1, 0),
        ({"count": "9" * 100}, 1, 1),
        ({"startIndex": "0"}, 1, 1),
        ({"startIndex": "-7"}, 1, 1),
        ({"startIndex": "2"}, 2, 0),
        ({"startIndex": str(2**63)}, 2**63 - 1, 0),
        ({"unknown": "x", "aadOptscim062020": ""}, 1, 1),
    ],
)
def test_a_page_outside_the_range_is_moved_into_it(scim, parameters, start_index, items):
    page = scim.get("/Users", params=parameters).json()

    assert page["totalResults"] == 1
    assert page["startIndex"] == start_index
    assert page["itemsPerPage"] == len(page["Resources"]) == items


@pytest.mark.parametrize("endpoint", ["/Users", "/Groups"])
@pytest.mark.parametrize("resource_id", ["unknown", "%F0%9F%92%BA", "x" * 2_000, "a%20b"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_unknown_id_is_404_for_every_method(scim, endpoint, resource_id, method):
    patch = {"op": "replace", "path": "displayName", "value": "x"}
    bodies = {
        "PUT": {"userName": "bob", "displayName": "Bob"},
        "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [patch]},
    }

    response = scim.request(method, f"{endpoint}/{resource_id}", json=bodies.get(method))

    assert_refused(response, 404)


def test_what_another_organization_has_is_as_unknown_as_what_nobody_has(server, alice):
    stranger = server.scim(an_organization())

    theirs = stranger.get(f"/Users/{alice.id}")
    nobodys = stranger.get("/Users/unknown")

    assert_refused(theirs, 404)
    assert theirs.json()["detail"] == nobodys.json()["detail"].replace("unknown", alice.id)


def test_a_nul_in_an_address_is_refused(scim):
    assert_refused(scim.get("/Users/%00"), 400, "invalidValue")


@on_sqlite_alone
@pytest.mark.parametrize("path", ["/Nothing", "/Users/x/y", "/Schemas/urn:nothing"])
def test_an_address_where_there_is_nothing_is_404(scim, path):
    assert_refused(scim.get(path), 404)


@on_sqlite_alone
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/Users", {"GET", "POST"}),
        ("PATCH", "/Groups", {"GET", "POST"}),
        ("POST", "/Users/x", {"GET", "PUT", "PATCH", "DELETE"}),
        ("PUT", "/Schemas", {"GET"}),
        ("POST", "/ServiceProviderConfig", {"GET"}),
    ],
)
def test_a_method_that_an_address_does_not_take_is_405_with_those_it_takes(
    scim, method, path, allowed
):
    response = scim.request(method, path)

    assert_refused(response, 405)
    assert allowed <= set(response.headers["Allow"].split(", ")) <= allowed | {"HEAD", "OPTIONS"}


@on_sqlite_alone
@pytest.mark.parametrize("path", ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"])
def test_a_filter_at_a_discovery_endpoint_is_403(scim, path):
    assert_refused(scim.find(path, 'id eq "User"'), 403)
