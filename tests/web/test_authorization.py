"""Who may do what: every route against every role, and against every token that is none."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from app.access import ISSUABLE, Role
from app.identifiers import new_id
from app.models import Denial, Token
from app.organizations import OrganizationChanges, set_organization
from app.tokens import TokenRequest, issue_token, revoke_token
from scim import urns
from tests.builders import (
    NOW,
    SIGNED_AT,
    a_group,
    a_quote,
    a_user,
    an_organization,
    buy,
    fill,
)
from tests.clients import Client

PROVISIONING = {Role.SCIM}
LOGINS = {Role.SSO}
BUYERS = {Role.PRIMARY_OWNER}
OWNERS = BUYERS | {Role.OWNER}
READERS = OWNERS | {Role.BILLING}
EVERYBODY = set(ISSUABLE)

#: Every route, and the roles that its answer is not refused to. The confirmation of a quote lets
#: every owner role reach the contract, which says who buys.
ROUTES = {
    "GET /owner/v1/alerts": READERS,
    "GET /owner/v1/assignments": OWNERS,
    "GET /owner/v1/audit-events": OWNERS,
    "GET /owner/v1/contract": READERS,
    "GET /owner/v1/contract/renewal": READERS,
    "GET /owner/v1/denials": OWNERS,
    "POST /owner/v1/denials/<denial_id>/dismissal": OWNERS,
    "GET /owner/v1/exports/assignments.<any(csv, json):form>": OWNERS,
    "GET /owner/v1/exports/ledger.<any(csv, json):form>": OWNERS,
    "GET /owner/v1/foresight": OWNERS,
    "GET /owner/v1/invoices": READERS,
    "GET /owner/v1/invoices/<invoice_id>": READERS,
    "GET /owner/v1/invoices/<invoice_id>/page": READERS,
    "GET /owner/v1/invoices/<invoice_id>/pdf": READERS,
    "GET /owner/v1/invoices/<invoice_id>/people": OWNERS,
    "GET /owner/v1/ledger": OWNERS,
    "POST /owner/v1/preflight": OWNERS,
    "GET /owner/v1/purchases": READERS,
    "GET /owner/v1/purchases/<purchase_id>": READERS,
    "POST /owner/v1/quotes": OWNERS,
    "GET /owner/v1/quotes/<quote_id>": OWNERS,
    "POST /owner/v1/quotes/<quote_id>/confirmation": BUYERS,
    "POST /owner/v1/reassignments": OWNERS,
    "POST /owner/v1/releases": OWNERS,
    "GET /owner/v1/seats": READERS,
    "GET /owner/v1/settings": OWNERS,
    "PATCH /owner/v1/settings": BUYERS,
    "GET /owner/v1/tokens": BUYERS,
    "POST /owner/v1/tokens": BUYERS,
    "DELETE /owner/v1/tokens/<token_id>": BUYERS,
    "GET /owner/v1/waiting": OWNERS,
    "DELETE /owner/v1/waiting/<user_id>": OWNERS,
    "GET /scim/v2/": PROVISIONING,
    "POST /scim/v2/.search": PROVISIONING,
    "POST /scim/v2/Bulk": PROVISIONING,
    "GET /scim/v2/Groups": PROVISIONING,
    "POST /scim/v2/Groups": PROVISIONING,
    "POST /scim/v2/Groups/.search": PROVISIONING,
    "GET /scim/v2/Groups/<resource_id>": PROVISIONING,
    "PUT /scim/v2/Groups/<resource_id>": PROVISIONING,
    "PATCH /scim/v2/Groups/<resource_id>": PROVISIONING,
    "DELETE /scim/v2/Groups/<resource_id>": PROVISIONING,
    "GET /scim/v2/Me": PROVISIONING,
    "POST /scim/v2/Me": PROVISIONING,
    "PUT /scim/v2/Me": PROVISIONING,
    "PATCH /scim/v2/Me": PROVISIONING,
    "DELETE /scim/v2/Me": PROVISIONING,
    "GET /scim/v2/ResourceTypes": PROVISIONING,
    "GET /scim/v2/ResourceTypes/<name>": PROVISIONING,
    "GET /scim/v2/Schemas": PROVISIONING,
    "GET /scim/v2/Schemas/<urn>": PROVISIONING,
    "GET /scim/v2/ServiceProviderConfig": PROVISIONING,
    "GET /scim/v2/Users": PROVISIONING,
    "POST /scim/v2/Users": PROVISIONING,
    "POST /scim/v2/Users/.search": PROVISIONING,
    "GET /scim/v2/Users/<resource_id>": PROVISIONING,
    "PUT /scim/v2/Users/<resource_id>": PROVISIONING,
    "PATCH /scim/v2/Users/<resource_id>": PROVISIONING,
    "DELETE /scim/v2/Users/<resource_id>": PROVISIONING,
    "POST /sso/v1/decisions": LOGINS,
}

#: Routes that need no token: they say nothing about anybody.
OPEN = {"GET /console/seats", "GET /openapi.json"}


# Who may do what does not depend on the engine.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@dataclass(frozen=True)
class Request:
    """A request that would succeed for whoever may send it."""

    method: str
    path: str
    body: object = None

    def sent_by(self, service, secret):
        return service.client(Client, secret).request(self.method, self.path, json=self.body)


def things_of(customer):
    """Return what the variable parts of addresses stand for, in a full organization."""
    alice, bob, *_ = fill(customer)
    set_organization(customer.operator, OrganizationChanges(when_full="park"), at=NOW)
    waiting = a_user(customer)
    bought = buy(customer)
    quote = a_quote(customer)
    inactive = a_user(customer, active=False)
    denial = Denial.create(
        organization_id=customer.id,
        id=new_id("dnl", NOW),
        user_name="late@example.com",
        user_name_key="late@example.com",
        source="scim",
        attempts=1,
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
    token = issue_token(customer.operator, TokenRequest(Role.SSO), at=SIGNED_AT).token
    return {
        "denial_id": denial.id,
        "invoice_id": bought.invoice.id,
        "purchase_id": bought.purchase.id,
        "quote_id": quote.id,
        "token_id": token.id,
        "user_id": alice.id,
        "resource_id": alice.id,
        "group_id": a_group(customer, members=[bob]).id,
        "inactive_id": inactive.id,
        "waiting_id": waiting.id,
        "total": quote.total_minor,
        "name": "User",
        "urn": urns.USER,
    }


#: What every thing is called that nobody has.
UNKNOWN = dict.fromkeys(
    [
        "denial_id",
        "invoice_id",
        "purchase_id",
        "quote_id",
        "token_id",
        "user_id",
        "waiting_id",
        "group_id",
        "resource_id",
    ],
    "unknown",
) | {"inactive_id": "nobody", "total": 0, "name": "User", "urn": urns.USER}


def a_request(route, things):
    """Return the request of a route about some things."""
    method, rule = route.split(" ", 1)
    if "/waiting/" in rule:
        things = {**things, "user_id": things["waiting_id"]}
    if "/Groups/" in rule:
        things = {**things, "resource_id": things["group_id"]}
    path = re.sub(r"<(?:any\(\w+, (\w+)\):)?(\w+)>", lambda part: part[1] or things[part[2]], rule)
    return Request(method, path, _body(route, things))


def _body(route, things):
    patch = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": "externalId"}]}
    search = {"schemas": [urns.SEARCH_REQUEST]}
    deletion = {"method": "DELETE", "path": f"/Users/{things['resource_id']}"}
    bodies = {
        "POST /owner/v1/preflight": {"user_names": ["new@example.com"]},
        "POST /owner/v1/quotes": {"quantity": 1},
        "POST /owner/v1/quotes/<quote_id>/confirmation": {"expected_total_minor": things["total"]},
        "POST /owner/v1/reassignments": {
            "from_user_id": things["user_id"],
            "to_user_id": things["inactive_id"],
        },
        "POST /owner/v1/releases": {"user_id": things["user_id"]},
        "PATCH /owner/v1/settings": {"language": "fr"},
        "POST /owner/v1/tokens": {"role": "scim"},
        "POST /scim/v2/.search": search,
        "POST /scim/v2/Users/.search": search,
        "POST /scim/v2/Groups/.search": search,
        "POST /scim/v2/Bulk": {"schemas": [urns.BULK_REQUEST], "Operations": [deletion]},
        "POST /scim/v2/Users": {"userName": "new", "active": False},
        "POST /scim/v2/Groups": {"displayName": "New"},
        "PUT /scim/v2/Users/<resource_id>": {"userName": "renamed"},
        "PUT /scim/v2/Groups/<resource_id>": {"displayName": "Renamed"},
        "PATCH /scim/v2/Users/<resource_id>": patch,
        "PATCH /scim/v2/Groups/<resource_id>": patch,
        "POST /sso/v1/decisions": {"user_name": "new"},
    }
    return bodies.get(route)


def test_every_route_is_in_the_matrix(service):
    routes = {
        f"{method} {rule.rule}"
        for rule in service.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert routes == set(ROUTES) | OPEN


@pytest.mark.parametrize("role", ISSUABLE)
@pytest.mark.parametrize("route", ROUTES)
def test_a_role_may_do_just_what_is_its_own(service, acme, route, role):
    request = a_request(route, things_of(acme))

    answer = request.sent_by(service, acme.secret(role))

    if role not in ROUTES[route]:
        assert answer.status_code == 403
        assert code_of(answer) in {"not_permitted", "primary_owner_required", None}
    elif "/Me" in route:
        assert answer.status_code == 501
    else:
        assert answer.ok, answer.text


def test_a_refused_role_is_told_which_role_it_has(service, acme):
    answer = Request("GET", "/owner/v1/seats").sent_by(service, acme.secret(Role.SCIM))

    assert answer.json()["detail"] == (
        "A token of the role scim may not read seats, contract and invoices. "
        "Use a token of another role."
    )


def code_of(answer):
    return answer.json().get("code")


def no_token(_acme):
    return ""


def revoked(acme):
    issued = issue_token(acme.operator, TokenRequest(Role.PRIMARY_OWNER), at=SIGNED_AT)
    revoke_token(acme.operator, issued.token.id, at=NOW)
    return issued.secret


def expired(acme):
    wanted = TokenRequest(Role.SCIM, expires_at=NOW)
    return issue_token(acme.operator, wanted, at=SIGNED_AT).secret


def mistyped(acme):
    secret = acme.secret(Role.SCIM)
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


def unknown(acme):
    issued = issue_token(acme.operator, TokenRequest(Role.SCIM), at=SIGNED_AT)
    Token.delete().where(Token.id == issued.token.id).execute()
    return issued.secret


@pytest.mark.parametrize("secret_of", [no_token, revoked, expired, mistyped, unknown])
@pytest.mark.parametrize("route", ROUTES)
def test_nobody_comes_in_without_a_valid_token(service, acme, route, secret_of):
    answer = a_request(route, UNKNOWN).sent_by(service, secret_of(acme))

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    if " /scim/v2" in route:
        assert answer.json()["schemas"] == [urns.ERROR]
    else:
        assert code_of(answer) == "not_authenticated"


#: Routes that name a thing of the organization in their address or body.
ABOUT_A_THING = [
    route for route in ROUTES if "_id>" in route or route.endswith(("/reassignments", "/releases"))
]


@pytest.mark.parametrize("route", ABOUT_A_THING)
def test_what_another_organization_has_is_as_unknown_as_what_nobody_has(service, acme, route):
    theirs = things_of(acme)
    stranger = an_organization()
    secret = stranger.secret(min(ROUTES[route]))

    about_theirs = a_request(route, theirs).sent_by(service, secret)
    about_nobodys = a_request(route, {**UNKNOWN, "total": theirs["total"]}).sent_by(service, secret)

    assert about_theirs.status_code == about_nobodys.status_code == 404
    assert anonymous(about_theirs.text, theirs) == anonymous(about_nobodys.text, UNKNOWN)
    assert list(about_theirs.headers) == list(about_nobodys.headers)


def anonymous(text, things):
    """Return a text without the ids of things."""
    for name, thing in things.items():
        if name.endswith("_id"):
            text = text.replace(thing, "")
    return text


def test_what_says_nothing_about_anybody_is_open_to_everybody(service):
    for route in OPEN:
        assert service.client(Client, "").get(route.removeprefix("GET ")).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  ", ""])
def test_the_scheme_may_be_spelt_in_any_case_or_left_out(service, acme, scheme):
    client = service.client(Client, "")

    answer = client.get(
        "/scim/v2/Users", headers={"Authorization": scheme + acme.secret(Role.SCIM)}
    )

    assert answer.status_code == 200


def test_a_token_ends_the_moment_it_is_revoked(service, buyer):
    issued = buyer.post("/tokens", json={"role": "scim"}).json()
    idp = service.client(Client, issued["token"])
    before = idp.get("/scim/v2/Users").status_code

    buyer.delete(f"/tokens/{issued['id']}")

    assert (before, idp.get("/scim/v2/Users").status_code) == (200, 401)


def test_a_token_expires_at_its_instant(service, acme):
    wanted = TokenRequest(Role.SCIM, expires_at=NOW + timedelta(seconds=1))
    idp = service.client(Client, issue_token(acme.operator, wanted, at=NOW).secret)
    before = idp.get("/scim/v2/Users").status_code

    service.clock.advance(seconds=1)

    assert (before, idp.get("/scim/v2/Users").status_code) == (200, 401)
