"""Rights come before keys: who may not do a thing may not have its answer, whatever the key."""

import pytest

from app.access.principal import Role
from tests.support.builders import a_quote, a_user, an_organization, fill
from tests.support.clients import Client
from tests.support.routes import ROUTES, a_request, things_of

OWNER_ROLES = (Role.PRIMARY_OWNER, Role.OWNER, Role.BILLING)
KEY = {"Idempotency-Key": "once"}

#: Requests that happen once under their key; a preflight changes nothing.
ONCE = [route for route in ROUTES if route.startswith("POST /owner/") and "preflight" not in route]


def send(service, acme, role, request):
    client = service.client(Client, acme.secret(role))
    return client.request(request.method, request.path, json=request.body, headers=KEY)


@pytest.mark.parametrize("role", [*OWNER_ROLES, Role.SCIM, Role.SSO])
@pytest.mark.parametrize("route", ONCE)
def test_a_key_carries_the_rights_of_nobody(service, acme, route, role):
    request = a_request(route, things_of(acme))
    first = send(service, acme, Role.PRIMARY_OWNER, request)

    again = send(service, acme, role, request)

    assert first.status_code == 201
    if role in ROUTES[route]:
        assert again.headers["Idempotent-Replayed"] == "true"
    else:
        assert again.status_code == 403
        assert "Idempotent-Replayed" not in again.headers
        assert set(again.json()) == {"type", "title", "status", "code", "detail"}


def may_buy(role, buyer_role) -> bool:
    return OWNER_ROLES.index(role) <= OWNER_ROLES.index(buyer_role)


@pytest.mark.parametrize("role", OWNER_ROLES)
@pytest.mark.parametrize("buyer_role", OWNER_ROLES)
def test_the_contract_decides_before_the_key(service, buyer_role, role):
    acme = an_organization(5, buyer_role=buyer_role)
    quote = service.owner(acme).quote(5).json()
    bought = service.owner(acme).confirm(quote, key="once")

    again = service.owner(acme, role).confirm(quote, key="once")

    assert bought.status_code == 201
    if may_buy(role, buyer_role):
        assert again.json()["purchase"] == bought.json()["purchase"]
        assert again.headers["Idempotent-Replayed"] == "true"
    else:
        assert (again.status_code, again.json()["code"]) == (403, "primary_owner_required")


@pytest.mark.parametrize("role", OWNER_ROLES)
@pytest.mark.parametrize("buyer_role", OWNER_ROLES)
def test_who_may_buy_may_ask_what_it_costs_and_read_it(service, buyer_role, role):
    acme = an_organization(5, buyer_role=buyer_role)
    quote = a_quote(acme, 5)
    client = service.owner(acme, role)
    replayed = {"json": {"quantity": 5}, "headers": KEY}
    service.owner(acme).post("/quotes", **replayed)

    answers = {
        "asked": client.quote(5),
        "asked again": client.post("/quotes", **replayed),
        "read": client.get(f"/quotes/{quote.id}"),
        "ahead": client.get("/foresight"),
    }

    allowed = role is not Role.BILLING or buyer_role is Role.BILLING
    assert {name: answer.ok for name, answer in answers.items()} == dict.fromkeys(answers, allowed)
    if not allowed:
        assert {answer.json()["code"] for answer in answers.values()} == {"primary_owner_required"}


def test_without_a_contract_prices_are_for_owners(service):
    acme = an_organization(None)

    assert service.owner(acme, Role.BILLING).quote(5).json()["code"] == "primary_owner_required"
    assert service.owner(acme, Role.OWNER).quote(5).json()["code"] == "contract_not_active"


@pytest.mark.parametrize("first", [Role.BILLING, Role.OWNER])
def test_who_sees_no_people_sees_none_who_were_refused(service, first):
    acme = an_organization(1, buyer_role=Role.BILLING)
    fill(acme)
    service.scim(acme).create_user("late@example.com")
    quote = service.owner(acme, Role.BILLING).quote(1).json()
    service.owner(acme, first).confirm(quote, key="once")

    by_billing = service.owner(acme, Role.BILLING).confirm(quote, key="once")
    by_owner = service.owner(acme, Role.OWNER).confirm(quote, key="once")

    assert "late@example.com" not in by_billing.text
    assert (by_billing.json()["refused"], by_billing.json()["refused_count"]) == ([], 1)
    assert [row["user_name"] for row in by_owner.json()["refused"]] == ["late@example.com"]


@pytest.mark.parametrize("route", [route for route in ROUTES if Role.BILLING in ROUTES[route]])
def test_who_sees_no_people_finds_the_name_of_nobody(service, acme, route):
    secrets = ["zoe.unmistakable@example.com", "Zoe Unmistakable"]
    a_user(acme, secrets[0], displayName=secrets[1])

    answer = a_request(route, things_of(acme)).sent_by(service, acme.secret(Role.BILLING))

    assert answer.ok
    assert not [secret for secret in secrets if secret in answer.text]


def test_an_empty_key_is_no_key(buyer):
    refused = buyer.post("/quotes", json={"quantity": 1}, headers={"Idempotency-Key": ""})

    assert (refused.status_code, refused.json()["field"]) == (422, "Idempotency-Key")
