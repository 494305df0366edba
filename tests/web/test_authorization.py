"""Who may do what: every route against every role, and against every token that is none."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import ISSUABLE, Role
from app.access.tokens import TokenRequest, issue_token, revoke_token
from app.models import Token
from scim import urns
from tests.support.builders import NOW, SIGNED_AT, an_organization
from tests.support.clients import Client
from tests.support.routes import (
    OPEN,
    PAGES,
    ROUTES,
    SIGNING_IN,
    UNKNOWN,
    Request,
    a_request,
    things_of,
)

# Who may do what does not depend on the engine.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def test_every_route_is_in_the_matrix(service):
    routes = {
        f"{method} {rule.rule}"
        for rule in service.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    pages = {route for route in routes if route.startswith(PAGES)}
    assert routes - pages == set(ROUTES) | OPEN | SIGNING_IN


@pytest.mark.parametrize(
    ("route", "role"), [(route, role) for route in ROUTES for role in sorted(ROUTES[route])]
)
def test_a_role_may_do_what_is_its_own(service, acme, route, role):
    answer = a_request(route, things_of(acme)).sent_by(service, acme.secret(role))

    if "/Me" in route:
        assert answer.status_code == 501
    else:
        assert answer.ok, answer.text


@pytest.mark.parametrize("route", ROUTES)
def test_no_other_role_may(service, acme, route):
    request = a_request(route, things_of(acme))

    for role in set(ISSUABLE) - ROUTES[route]:
        answer = request.sent_by(service, acme.secret(role))
        assert answer.status_code == 403, role
        assert code_of(answer) in {"not_permitted", "primary_owner_required", None}


def test_a_refused_role_is_told_which_role_it_has(service, acme):
    answer = Request("GET", "/owner/v1/contract").sent_by(service, acme.secret(Role.SCIM))

    assert answer.json()["detail"] == (
        "A token of the role scim may not read seats, contract and invoices. "
        "Use a token of another role."
    )


def code_of(answer):
    return answer.json().get("code")


def no_token(_acme):
    return ""


def revoked(acme):
    issued = issue_token(acting(acme.operator, at=SIGNED_AT), TokenRequest(Role.PRIMARY_OWNER))
    revoke_token(acting(acme.operator, at=NOW), issued.token.id)
    return issued.secret


def expired(acme):
    wanted = TokenRequest(Role.SCIM, expires_at=NOW)
    return issue_token(acting(acme.operator, at=SIGNED_AT), wanted).secret


def mistyped(acme):
    secret = acme.secret(Role.SCIM)
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


def unknown(acme):
    issued = issue_token(acting(acme.operator, at=SIGNED_AT), TokenRequest(Role.SCIM))
    Token.delete().where(Token.id == issued.token.id).execute()
    return issued.secret


@pytest.mark.parametrize("secret_of", [no_token, revoked, expired, mistyped, unknown])
def test_nobody_comes_in_without_a_valid_token(service, acme, secret_of):
    secret = secret_of(acme)

    for route in ROUTES:
        answer = a_request(route, UNKNOWN).sent_by(service, secret)
        assert answer.status_code == 401, route
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), route
        if " /scim/v2" in route:
            assert answer.json()["schemas"] == [urns.ERROR], route
        else:
            assert code_of(answer) == "not_authenticated", route


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
        path = route.removeprefix("GET ").replace("assets/<name>", "assets/console.css")
        path = path.replace("<name>", "reference")
        assert service.client(Client, "").get(path).status_code == 200


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
    idp = service.client(Client, issue_token(acting(acme.operator, at=NOW), wanted).secret)
    before = idp.get("/scim/v2/Users").status_code

    service.clock.advance(seconds=1)

    assert (before, idp.get("/scim/v2/Users").status_code) == (200, 401)
