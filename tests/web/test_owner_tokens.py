"""Tokens over HTTP: issued, listed without their secrets, and revoked at once."""

import pytest

from app.access.principal import ISSUABLE, Role
from app.access.tokens import note_uses
from app.models import Token
from tests.support.builders import an_organization
from tests.support.clients import ScimClient


@pytest.mark.parametrize("role", ISSUABLE)
def test_a_token_is_issued_for_a_role(buyer, role):
    issued = buyer.post("/tokens", json={"role": role, "label": "The hook", "provider": "okta"})

    assert issued.status_code == 201
    token = issued.json()
    assert token["token"].startswith(token["prefix"])
    assert token["prefix"].startswith(f"sg_{role}_")
    assert (token["role"], token["label"], token["provider"]) == (role, "The hook", "okta")


def test_a_secret_is_shown_once(buyer):
    secret = buyer.post("/tokens", json={"role": "scim"}).json()["token"]

    listed = buyer.get("/tokens")

    assert secret not in listed.text
    assert all("token" not in token for token in listed.json()["tokens"])


def test_a_repetition_does_not_show_the_secret_again(buyer, acme):
    request = {"json": {"role": "scim"}, "headers": {"Idempotency-Key": "key"}}
    first = buyer.post("/tokens", **request)
    issued = Token.select().where(Token.organization_id == acme.id).count()

    again = buyer.post("/tokens", **request)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert first.json()["token"] not in again.text
    assert Token.select().where(Token.organization_id == acme.id).count() == issued


def test_a_new_token_works_and_a_revoked_one_does_not(service, buyer):
    issued = buyer.post("/tokens", json={"role": "scim"}).json()
    idp = service.client(ScimClient, issued["token"])
    before = idp.get("/Users").status_code

    revoked = buyer.delete(f"/tokens/{issued['id']}")

    assert (revoked.status_code, revoked.content) == (204, b"")
    assert (before, idp.get("/Users").status_code) == (200, 401)


def test_revoking_again_changes_nothing(service, buyer):
    token_id = buyer.post("/tokens", json={"role": "scim"}).json()["id"]
    buyer.delete(f"/tokens/{token_id}")
    service.clock.advance(hours=1)

    again = buyer.delete(f"/tokens/{token_id}")

    (token,) = [token for token in buyer.get("/tokens").json()["tokens"] if token["id"] == token_id]
    assert again.status_code == 204
    assert token["revoked_at"] == "2026-03-01T09:00:00Z"


def test_the_last_use_is_shown_to_the_minute(service, acme, buyer):
    service.clock.advance(seconds=42)
    buyer.get("/seats")
    note_uses(service.app.extensions["seatgate"].token_uses.drain())

    (token,) = buyer.get("/tokens").json()["tokens"]

    assert token["last_used_at"] == "2026-03-01T09:00:00Z"
    assert acme.secret(token["role"]).startswith(token["prefix"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "role"),
        ({"role": "operator"}, "role"),
        ({"role": "admin"}, "role"),
        ({"role": "scim", "label": 1}, "label"),
        ({"role": "scim", "expires_at": "2026-03-01T09:00:00Z"}, "expires_at"),
        ({"role": "scim", "expires_at": "2027-01-01T00:00:00"}, "expires_at"),
        ({"role": "scim", "expires_at": "tomorrow"}, "expires_at"),
        ({"role": "scim", "secret": "mine"}, "secret"),
    ],
    ids=repr,
)
def test_a_token_that_cannot_be_issued_is_422(buyer, body, field):
    before = len(buyer.get("/tokens").json()["tokens"])

    refused = buyer.post("/tokens", json=body)

    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert len(buyer.get("/tokens").json()["tokens"]) == before


@pytest.fixture
def old(buyer):
    """Return a token as it was issued, with its secret."""
    return buyer.post(
        "/tokens", json={"role": "scim", "label": "Entra", "provider": "entra"}
    ).json()


def works(service, token):
    return service.client(ScimClient, token["token"]).get("/Users").status_code == 200


@pytest.mark.parametrize(("body", "hours"), [({}, 24), ({"overlap_hours": 720}, 720)])
def test_a_rotated_token_works_beside_its_successor_for_a_while(service, buyer, old, body, hours):
    rotated = buyer.post(f"/tokens/{old['id']}/rotation", json=body)

    new = rotated.json()
    assert rotated.status_code == 201
    assert {name: new[name] for name in ("role", "label", "provider")} == {
        name: old[name] for name in ("role", "label", "provider")
    }
    service.clock.advance(hours=hours, seconds=-1)
    assert (works(service, old), works(service, new)) == (True, True)
    service.clock.advance(seconds=1)
    assert (works(service, old), works(service, new)) == (False, True)


def test_a_token_can_be_rotated_so_that_it_ends_at_once(service, buyer, old):
    new = buyer.post(f"/tokens/{old['id']}/rotation", json={"overlap_hours": 0}).json()

    assert (works(service, old), works(service, new)) == (False, True)


def test_a_repeated_rotation_makes_one_successor_and_does_not_show_it_again(buyer, acme, old):
    path, key = f"/tokens/{old['id']}/rotation", {"Idempotency-Key": "key"}
    new = buyer.post(path, json={}, headers=key).json()
    issued = Token.select().where(Token.organization_id == acme.id).count()

    again = buyer.post(path, json={}, headers=key)

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["id"] == new["id"]
    assert new["token"] not in again.text
    assert Token.select().where(Token.organization_id == acme.id).count() == issued


@pytest.mark.parametrize("overlap", [-1, 721, 1.5, "24", None, True])
def test_an_overlap_that_is_no_time_is_422(buyer, old, overlap):
    before = len(buyer.get("/tokens").json()["tokens"])

    refused = buyer.post(f"/tokens/{old['id']}/rotation", json={"overlap_hours": overlap})

    assert (refused.status_code, refused.json()["field"]) == (422, "overlap_hours")
    assert len(buyer.get("/tokens").json()["tokens"]) == before


def test_a_token_that_has_ended_is_not_rotated(buyer, old):
    buyer.delete(f"/tokens/{old['id']}")

    refused = buyer.post(f"/tokens/{old['id']}/rotation", json={})

    assert (refused.status_code, refused.json()["field"]) == (422, "token")
    assert refused.json()["detail"] == "The token has ended. Make a new one."


def test_an_administrator_of_the_directory_rotates_no_owners_token_by_another_ones_key(
    service, acme, buyer
):
    path, key = "/tokens/{}/rotation", {"Idempotency-Key": "key"}
    token_id = buyer.post("/tokens", json={"role": "owner"}).json()["id"]
    buyer.post(path.format(token_id), json={}, headers=key)

    refused = service.owner(acme, Role.IT).post(path.format(token_id), json={}, headers=key)

    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


def test_another_organizations_token_is_not_there_to_be_rotated(service, old):
    other = service.owner(an_organization(1))

    assert other.post(f"/tokens/{old['id']}/rotation", json={}).status_code == 404
