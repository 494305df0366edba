import pytest

from app.access.principal import Role
from tests.support.builders import a_user, an_organization
from tests.support.clients import OwnerClient


def events(buyer, **query) -> list[dict]:
    return buyer.get("/audit-events", params=query).json()["audit_events"]


def test_an_owner_sees_who_changed_what(idp, buyer):
    user_id = idp.create_user("alice@example.com").json()["id"]

    (event,) = events(buyer, subject_id=user_id)

    assert event["kind"] == "user.created"
    assert event["actor"].startswith("token:tok_")
    assert event["at"] == "2026-03-01T09:00:00Z"
    assert event["after"]["active"] is True


def test_an_event_carries_the_request_id_of_the_answer(idp, buyer):
    created = idp.create_user("alice@example.com")

    (event,) = events(buyer, subject_id=created.json()["id"])

    assert event["request_id"] == created.headers["X-Request-Id"]
    assert event["request_id"].startswith("req_")


def test_a_request_is_called_as_the_client_calls_it(idp, buyer):
    headers = {"X-Request-Id": "entra/42 (retry)"}
    body = {"userName": "alice@example.com"}
    created = idp.post("/Users", json=body, headers=headers)

    (event,) = events(buyer, subject_id=created.json()["id"])

    assert event["request_id"] == created.headers["X-Request-Id"] == "entra/42 (retry)"


@pytest.mark.parametrize("given", ["x" * 129, "caf\xe9", "a\x7fb", "a\tb", ""], ids=ascii)
def test_a_request_id_that_cannot_be_kept_is_replaced(idp, given):
    answer = idp.get("/Users", headers={"X-Request-Id": given})

    assert answer.headers["X-Request-Id"].startswith("req_")


@pytest.mark.parametrize("path", ["/Users", "/Nowhere"])
def test_refusals_are_named_too(service, path):
    stranger = service.client(OwnerClient, "sg_owner_wrong")

    assert stranger.get(path).headers["X-Request-Id"].startswith("req_")


def test_the_events_of_a_bulk_request_share_its_id(idp, buyer):
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": name, "data": {"userName": name}}
        for name in ("alice", "bob")
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]}
    answer = idp.post("/Bulk", json={**body, "Operations": operations})

    ids = {event["request_id"] for event in events(buyer) if event["kind"] == "user.created"}

    assert ids == {answer.headers["X-Request-Id"]}


def test_events_are_paged_newest_first(acme, buyer):
    for _ in range(3):
        a_user(acme)

    everything = [event["id"] for event in events(buyer)]
    first = buyer.get("/audit-events", params={"count": 2}).json()
    rest = events(buyer, cursor=first["next_cursor"])

    assert everything == sorted(everything, reverse=True)
    assert [event["id"] for event in [*first["audit_events"], *rest]] == everything


def test_the_events_of_another_organization_are_not_seen(buyer):
    user = a_user(an_organization(5))

    assert events(buyer, subject_id=user.id) == []


def test_who_only_pays_does_not_see_the_trail(service, acme):
    assert service.owner(acme, Role.BILLING).get("/audit-events").status_code == 403
