"""What a client writes around its messages: addresses, headers, queries, envelopes."""

import gzip
import json

import pytest

from app.access.principal import Role
from app.models import Organization
from scim import urns
from scim.quirks.envelopes import MISSPELT_PATCH_OP
from tests.support.builders import a_user
from tests.support.clients import Client
from tests.support.engines import on_sqlite_alone

GONE = {"op": "replace", "path": "active", "value": False}


@pytest.fixture
def ann(acme):
    return a_user(acme, "a+b@example.com", emails=[{"value": "a@example.com", "type": "work"}])


@pytest.fixture
def strict(acme):
    Organization.update(strict=True).where(Organization.id == acme.id).execute()


def found(idp, query):
    answer = idp.get(f"/Users?{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()["totalResults"]


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    "query",
    [
        "filter=userName%20eq%20%22a+b@example.com%22",
        "filter=userName%20eq%20%22a%2Bb@example.com%22",
        "filter=userName+eq+%22a%2Bb@example.com%22",
        "filter=userName%20eq%20%22a+b@example.com%22&filter=ignored",
    ],
)
def test_a_plus_is_a_plus_where_spaces_are_written_in_percent(idp, query):
    assert found(idp, query) == 1


@pytest.mark.usefixtures("ann", "strict")
def test_a_raw_plus_is_a_space_in_strict_mode(idp):
    assert found(idp, "filter=userName%20eq%20%22a+b@example.com%22") == 0


ENVELOPES = [
    {},
    *({"schemas": each} for each in ([], None, "", [MISSPELT_PATCH_OP], MISSPELT_PATCH_OP)),
    {"schemas": urns.PATCH_OP},
]


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_patch_that_does_not_name_itself_is_read(idp, acme, ann, envelope):
    answer = idp.patch(f"/Users/{ann.id}", json={**envelope, "Operations": [GONE]})

    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert acme.counts == (5, 0)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_patch_that_does_not_name_itself_is_refused_in_strict_mode(idp, acme, ann, envelope):
    answer = idp.patch(f"/Users/{ann.id}", json={**envelope, "Operations": [GONE]})

    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")
    assert acme.counts == (5, 1)


def test_another_message_in_place_of_a_patch_is_refused(idp, ann):
    message = {"schemas": [urns.BULK_REQUEST], "Operations": [GONE]}

    assert idp.patch(f"/Users/{ann.id}", json=message).status_code == 400


@on_sqlite_alone
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-unknown", "identity, gzip"])
@pytest.mark.parametrize("path", ["/scim/v2/Users", "/scim/v2/Users/.search", "/sso/v1/decisions"])
def test_a_body_in_a_content_coding_is_415(service, acme, coding, path):
    client = service.client(Client, acme.secret(Role.SSO if "sso" in path else Role.SCIM))
    body = gzip.compress(json.dumps({"userName": "ann", "user_name": "ann"}).encode())
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}

    answer = client.post(path, data=body, headers=headers)

    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "identity"
    assert "Content-Encoding" in answer.json()["detail"]


def test_identity_is_no_coding(idp):
    body = {"userName": "ann"}

    answer = idp.post("/Users", json=body, headers={"Content-Encoding": "identity"})

    assert answer.status_code == 201


PATCH = {"schemas": [urns.PATCH_OP], "Operations": [GONE]}
WRITES = {"PUT": {"userName": "other"}, "PATCH": PATCH, "DELETE": None}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ["*", "current", 'W/"x", current'])
def test_a_write_that_excludes_what_is_there_is_412(idp, ann, method, header):
    before = idp.get(f"/Users/{ann.id}")
    condition = header.replace("current", before.headers["ETag"])

    answer = idp.request(
        method, f"/Users/{ann.id}", json=WRITES[method], headers={"If-None-Match": condition}
    )

    assert answer.status_code == 412
    assert idp.get(f"/Users/{ann.id}").json() == before.json()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_write_that_excludes_another_version_goes_on(idp, ann, method):
    headers = {"If-None-Match": 'W/"999"'}

    answer = idp.request(method, f"/Users/{ann.id}", json=WRITES[method], headers=headers)

    assert answer.status_code in {200, 204}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_resource_that_is_not_there_is_404_before_any_condition(idp, method):
    headers = {"If-None-Match": "*"}

    answer = idp.request(method, "/Users/unknown", json=WRITES[method], headers=headers)

    assert answer.status_code == 404


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("empty", [[], [""], None])
@pytest.mark.parametrize("name", ["attributes", "excludedAttributes"])
def test_an_empty_list_of_attributes_is_none(idp, name, empty):
    other = {"attributes": "excludedAttributes", "excludedAttributes": "attributes"}[name]
    search = {"schemas": [urns.SEARCH_REQUEST], name: empty}

    whole = idp.post("/Users/.search", json=search).json()["Resources"][0]
    beside = idp.post("/Users/.search", json={**search, other: ["userName"]})

    assert {"userName", "emails"} <= whole.keys()
    assert beside.status_code == 200
    assert ("userName" in beside.json()["Resources"][0]) is (other == "attributes")


@pytest.mark.parametrize("text", ["", ",", "%20"])
def test_an_empty_query_of_attributes_asks_for_everything(idp, ann, text):
    shown = idp.get(f"/Users/{ann.id}?attributes={text}&excludedAttributes=emails").json()

    assert "userName" in shown
    assert "emails" not in shown


@pytest.mark.parametrize(
    "names",
    [
        'emails[type eq "work"]',
        'emails[type eq "a,]b"],title',
        'title,emails[type eq "work"].value',
    ],
)
def test_a_filter_behind_an_attribute_names_the_attribute(idp, ann, names):
    shown = idp.get(f"/Users/{ann.id}", params={"attributes": names}).json()

    assert shown["emails"][0]["value"] == "a@example.com"
    assert "userName" not in shown


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/scim/v2/Users/%00", 400),
        ("/owner/v1/invoices/%00", 404),
        ("/owner/v1/tokens/a%00b", 404),
        ("/owner/v1/audit-events?cursor=%00", 422),
        ("/owner/v1/assignments?cursor=a%00", 422),
    ],
)
def test_a_nul_is_refused_at_every_door(service, acme, path, status):
    role = Role.SCIM if "scim" in path else Role.PRIMARY_OWNER
    method = "DELETE" if "tokens" in path else "GET"

    assert service.client(Client, acme.secret(role)).request(method, path).status_code == status


@pytest.mark.parametrize("character", ["\0", "\ud800"])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("endpoint", ["/Users", "/Groups"])
def test_what_no_database_keeps_is_404_in_a_bulk_path(idp, endpoint, method, character):
    patch = {"schemas": [urns.PATCH_OP], "Operations": [GONE]}
    data = {"PUT": {"userName": "x", "displayName": "x"}, "PATCH": patch}.get(method)
    operation = {"method": method, "path": f"{endpoint}/a{character}b", "data": data}
    message = {"schemas": [urns.BULK_REQUEST], "Operations": [operation]}

    answer = idp.post("/Bulk", data=json.dumps(message), headers={"Content-Type": urns.MEDIA_TYPE})

    assert [one["status"] for one in answer.json()["Operations"]] == ["404"]
