"""Slashes too many are read past, on every route and by every method, and nothing is redirected."""

import pytest

from app.access.principal import Role
from app.web.addresses import plain_path
from scim import urns
from tests.support.clients import Client
from tests.support.engines import on_sqlite_alone
from tests.support.routes import OPEN, ROUTES, a_request, things_of

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
SPELLINGS = {
    "two at the beginning": lambda path: f"/{path}",
    "two in the middle": lambda path: path.replace("/", "//").removeprefix("/"),
    "one at the end": lambda path: f"{path}/",
    "several at the end": lambda path: f"{path}///",
}


def spelt_in_every_way(path):
    for spelling in SPELLINGS.values():
        path = spelling(path)
    return path


def send(service, method, path, secret="", **arguments):
    client = service.client(Client, secret)
    return client.request(method, path, allow_redirects=False, **arguments)


@on_sqlite_alone
@pytest.mark.parametrize("route", ROUTES)
def test_every_route_is_served_whatever_its_slashes(service, acme, route):
    request = a_request(route, things_of(acme))
    secret = acme.secret(next(iter(ROUTES[route])))
    path, asks, query = request.path.partition("?")

    spelt = spelt_in_every_way(path) + asks + query
    answer = send(service, request.method, spelt, secret, json=request.body)

    assert answer.status_code < 300 or answer.status_code == 501, answer.text
    assert "Location" not in answer.headers or answer.status_code == 201


@on_sqlite_alone
@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("method", METHODS)
def test_no_method_is_redirected_with_a_token_or_without(service, acme, method, spelling):
    things, secrets = things_of(acme), ("", acme.secret(Role.SCIM))
    routes = sorted({route.split(" ")[1] for route in [*ROUTES, *OPEN]})
    paths = [spelling(a_request(f"GET {route}", things).path) for route in routes]

    redirected = [
        (path, bool(secret))
        for path in paths
        for secret in secrets
        if 300 <= send(service, method, path, secret).status_code < 400
    ]

    assert len(paths) > 50
    assert redirected == []


@on_sqlite_alone
def test_a_user_is_created_at_an_address_with_two_slashes(idp, acme):
    answer = idp.post("//Users", json={"userName": "ann@example.com"}, allow_redirects=False)

    assert answer.status_code == 201
    assert acme.counts == (5, 1)


@on_sqlite_alone
def test_an_unknown_address_with_two_slashes_is_a_scim_error(idp):
    answer = idp.get("//Nothing//", allow_redirects=False)

    assert (answer.status_code, answer.json()["schemas"]) == (404, [urns.ERROR])


@on_sqlite_alone
def test_options_name_the_methods_without_a_body(idp):
    answer = idp.options("/Users//")

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert {"GET", "HEAD", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("path", "plain"),
    [("", "/"), ("/", "/"), ("//", "/"), ("/a//b/", "/a/b"), ("/a", "/a"), ("/a%2F", "/a%2F")],
)
def test_a_path_has_one_slash_between_its_parts(path, plain):
    assert plain_path(path) == plain
