"""Versions over HTTP: entity tags, and the preconditions on them (RFC 7644 3.14)."""

import pytest

from scim import urns
from tests.support.builders import a_group, a_user, fill

RENAME = {"op": "replace", "path": "displayName", "value": "Renamed"}


@pytest.fixture(params=["/Users", "/Groups"])
def address(request, acme):
    """Return the address of a resource at version 1."""
    make = a_user if request.param == "/Users" else a_group
    return f"{request.param}/{make(acme, 'first@example.com', displayName='First').id}"


@pytest.fixture
def whole():
    """Return a body for a PUT at `address`, with all that each type requires."""
    return {"userName": "first@example.com", "displayName": "Renamed"}


def write(idp, method, address, headers, whole):
    bodies = {"PUT": whole, "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [RENAME]}}
    return idp.request(method, address, json=bodies.get(method), headers=headers)


def test_the_entity_tag_is_the_version_in_meta(idp, address):
    read = idp.get(address)

    assert read.headers["ETag"] == read.json()["meta"]["version"] == 'W/"1"'


def test_a_created_resource_is_answered_with_its_entity_tag(idp):
    created = idp.create_user("alice@example.com")

    assert created.headers["ETag"] == idp.get(created.headers["Location"]).headers["ETag"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_answers_with_the_new_version(idp, address, method, whole):
    changed = write(idp, method, address, {}, whole)

    assert changed.headers["ETag"] == 'W/"2"' == idp.get(address).headers["ETag"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ['W/"2"', "1"])
def test_a_write_at_another_version_is_412_and_changes_nothing(idp, address, method, header, whole):
    before = idp.get(address).json()

    refused = write(idp, method, address, {"If-Match": header}, whole)

    assert refused.status_code == 412
    assert refused.json()["schemas"] == [urns.ERROR]
    assert refused.json()["status"] == "412"
    assert idp.get(address).json() == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ['W/"1"', "*"])
def test_a_write_at_the_version_that_it_names_is_done(idp, address, method, header, whole):
    assert write(idp, method, address, {"If-Match": header}, whole).status_code in {200, 204}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_is_not_there_is_404_before_it_is_412(idp, method, whole):
    answer = write(idp, method, "/Users/unknown", {"If-Match": 'W/"2"'}, whole)

    assert answer.status_code == 404


def test_another_version_is_412_before_it_is_a_duplicate_or_a_seat(idp, acme):
    waiting = a_user(acme, active=False)
    taken, *_ = fill(acme)
    body = {"userName": taken.user_name, "active": True}

    refused = idp.put(f"/Users/{waiting.id}", json=body, headers={"If-Match": 'W/"9"'})

    assert refused.status_code == 412
    assert acme.counts == (5, 5)


@pytest.mark.parametrize("header", ['W/"1"', '"1"', "*", 'W/"7", W/"1"'])
def test_a_version_that_the_client_has_is_not_sent_again(idp, address, header):
    read = idp.get(address, headers={"If-None-Match": header})

    assert (read.status_code, read.content) == (304, b"")
    assert read.headers["ETag"] == 'W/"1"'


@pytest.mark.parametrize("header", ['W/"2"', "1", 'W/"11"'])
def test_a_version_that_the_client_lacks_is_sent(idp, address, header):
    read = idp.get(address, headers={"If-None-Match": header})

    assert read.status_code == 200
    assert read.json()["meta"]["version"] == 'W/"1"'


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_request_that_changes_nothing_keeps_version_and_last_modified(
    service, idp, address, method, whole
):
    write(idp, method, address, {}, whole)
    before = idp.get(address).json()
    service.clock.advance(minutes=1)

    again = write(idp, method, address, {}, whole)

    assert again.headers["ETag"] == before["meta"]["version"] == 'W/"2"'
    assert idp.get(address).json() == before


def test_a_change_moves_last_modified_and_leaves_created(service, idp, address):
    before = idp.get(address).json()["meta"]
    service.clock.advance(minutes=1)

    idp.modify(address, RENAME)

    after = idp.get(address).json()["meta"]
    assert after["created"] == before["created"] == before["lastModified"]
    assert after["lastModified"] == "2026-03-01T09:01:00.000000Z"


def test_joining_a_group_changes_the_group_and_not_the_user(idp, acme):
    alice, staff = a_user(acme), a_group(acme)
    join = {"op": "add", "path": "members", "value": [{"value": alice.id}]}

    idp.modify(f"/Groups/{staff.id}", join)

    assert idp.get(f"/Groups/{staff.id}").headers["ETag"] == 'W/"2"'
    user = idp.get(f"/Users/{alice.id}")
    assert user.headers["ETag"] == 'W/"1"'
    assert [group["value"] for group in user.json()["groups"]] == [staff.id]


def test_joining_again_keeps_the_groups_version(idp, acme):
    alice = a_user(acme)
    staff = a_group(acme, members=[alice])
    join = {"op": "add", "path": "members", "value": [{"value": alice.id}]}

    answer = idp.modify(f"/Groups/{staff.id}", join)

    assert (answer.status_code, answer.headers["ETag"]) == (204, 'W/"1"')


def test_of_two_writers_who_read_the_same_version_one_is_refused(idp, address):
    read = idp.get(address).headers["ETag"]
    rival = {"op": "replace", "path": "displayName", "value": "Rival"}

    first = idp.modify(address, rival, headers={"If-Match": read})
    second = idp.modify(address, RENAME, headers={"If-Match": read})

    assert first.ok
    assert second.status_code == 412
    assert idp.get(address).json()["displayName"] == "Rival"
