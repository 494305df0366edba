"""Tokens over HTTP: issued, listed without their secrets, and revoked at once."""

import pytest

from app.access.principal import ISSUABLE
from app.access.tokens import note_uses
from app.models import Token
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
