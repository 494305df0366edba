"""Owners over HTTP: changed, and the ownership handed over and withdrawn."""

import pytest

from app.access.principal import Role
from app.owners.roster import find_owner
from tests.owners.builders import an_owner
from tests.support.builders import a_user, an_organization, deactivate


@pytest.fixture
def giver(acme):
    return an_owner(acme, name="Marie", address="marie@acme.example")


@pytest.fixture
def zoe(acme):
    return an_owner(acme, Role.BILLING, name="Zoe", address="zoe@acme.example", language="fr")


def test_an_owner_gets_another_role_and_the_rest_stays(buyer, acme, zoe):
    answer = buyer.patch(f"/owners/{zoe.id}", json={"role": "owner"})

    assert answer.status_code == 200
    body = answer.json()
    assert (body["role"], body["name"], body["language"]) == ("owner", "Zoe", "fr")
    assert find_owner(acme.id, zoe.id).role == "owner"


def test_null_takes_away_what_an_owner_need_not_have(buyer, acme, zoe):
    user = a_user(acme)
    named = buyer.patch(f"/owners/{zoe.id}", json={"user_id": user.id}).json()
    assert (named["user_id"], named["shut_out"]) == (user.id, False)
    deactivate(acme, user)
    assert buyer.patch(f"/owners/{zoe.id}", json={"name": "Zoé"}).json()["shut_out"] is True

    changed = buyer.patch(f"/owners/{zoe.id}", json={"user_id": None, "language": None}).json()

    assert (changed["user_id"], changed["language"], changed["shut_out"]) == (None, None, False)
    assert changed["name"] == "Zoé"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "scim"}, "role"),
        ({"role": None}, "role"),
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"language": "xx"}, "language"),
        ({"user_id": "unknown"}, "user_id"),
        ({"address": "new@acme.example"}, "address"),
    ],
)
def test_what_an_owner_cannot_be_is_refused_by_name(buyer, zoe, body, field):
    answer = buyer.patch(f"/owners/{zoe.id}", json=body)

    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_last_primary_owner_keeps_the_role(buyer, giver):
    answer = buyer.patch(f"/owners/{giver.id}", json={"role": "owner"})

    assert (answer.status_code, answer.json()["code"]) == (409, "last_primary_owner")


def test_the_ownership_is_offered_shown_and_withdrawn(buyer, giver, zoe):
    path = f"/owners/{giver.id}/transfer"
    assert buyer.get(path).status_code == 404

    offered = buyer.post(path, json={"address": "zoe@acme.example"})

    assert offered.status_code == 201
    offer = offered.json()
    assert (offer["from_owner_id"], offer["to_owner_id"]) == (giver.id, zoe.id)
    assert offer["expires_at"] == "2026-03-08T09:00:00Z"
    assert buyer.get(path).json() == offer
    assert buyer.delete(path).status_code == 204
    assert buyer.delete(path).status_code == 404
    assert buyer.get(path).status_code == 404


def test_a_person_who_is_no_owner_yet_needs_a_name(buyer, acme, giver):
    path = f"/owners/{giver.id}/transfer"

    answer = buyer.post(path, json={"address": "yan@acme.example"})

    assert (answer.status_code, answer.json()["field"]) == (422, "name")
    offer = buyer.post(path, json={"address": "yan@acme.example", "name": "Yan"}).json()
    assert find_owner(acme.id, offer["to_owner_id"]).role == "owner"


def test_one_who_is_no_primary_owner_has_no_ownership(buyer, giver, zoe):
    answer = buyer.post(f"/owners/{zoe.id}/transfer", json={"address": giver.address})

    assert (answer.status_code, answer.json()["field"]) == (422, "owner_id")


def test_another_organizations_owner_is_not_there(buyer):
    other = an_owner(an_organization(1))

    assert buyer.patch(f"/owners/{other.id}", json={"name": "Mine"}).status_code == 404
    path = f"/owners/{other.id}/transfer"
    assert buyer.post(path, json={"address": "a@b.example", "name": "A"}).status_code == 404
    assert buyer.get(path).status_code == buyer.delete(path).status_code == 404
