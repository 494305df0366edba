"""No cache keeps what holds a person's data, an invoice or a secret."""

import re

import pytest

from tests.support.browser import Browser
from tests.support.clients import Client
from tests.support.in_process import ORIGIN
from tests.support.routes import ROUTES, a_request, things_of

# What an answer says to caches does not depend on the engine.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: What is the same for everybody.
PUBLIC = {
    "GET /console/assets/<name>",
    "GET /docs",
    "GET /docs/<name>",
    "GET /favicon.ico",
}

WAYS = ["HEAD", "OPTIONS"]


@pytest.fixture
def routes(service):
    """Return every route but what is public, as (method, rule), reads first."""
    pairs = {
        (method, rule.rule)
        for rule in service.app.url_map.iter_rules()
        for method in rule.methods - set(WAYS)
    }
    assert {f"{method} {rule}" for method, rule in pairs} > PUBLIC
    private = {pair for pair in pairs if " ".join(pair) not in PUBLIC}
    return sorted(private, key=lambda pair: (pair[0] != "GET", pair))


def kept(answers):
    """Return which routes were answered with what a cache may keep."""
    return {
        route: answer.headers.get("Cache-Control")
        for route, answer in answers.items()
        if answer.headers.get("Cache-Control") != "no-store"
    }


def test_no_cache_keeps_what_a_token_is_answered(service, acme):
    things = things_of(acme)
    answers = {
        route: a_request(route, things).sent_by(service, acme.secret(min(roles)))
        for route, roles in ROUTES.items()
    }

    assert sum(answer.ok for answer in answers.values()) > 60
    assert kept(answers) == {}


def test_no_cache_keeps_a_page_or_a_refusal(service, acme, routes):
    things = {**things_of(acme), "organization_id": acme.id}
    browser, stranger = Browser(service), service.client(Client, "")
    browser.sign_in(acme)
    answers = {}
    for method, rule in routes:
        path = re.sub(
            r"<(?:any\(\w+, (\w+)[^)]*\):)?(\w+)>",
            lambda part: part[1] or str(things.get(part[2], "unknown")),
            rule,
        )
        with browser.client.open(path, method=method, base_url=ORIGIN) as answer:
            answers[f"{method} {rule}"] = answer
        answers[f"{method} {rule} of a stranger"] = stranger.request(method, path)

    assert sum(answer.status_code == 200 for answer in answers.values()) > 40
    assert kept(answers) == {}


def test_what_is_public_may_be_kept(service):
    for route in PUBLIC:
        path = route.removeprefix("GET ").replace("assets/<name>", "assets/console.css")
        answer = service.client(Client, "").get(path.replace("<name>", "reference"))

        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("method", WAYS)
def test_no_cache_keeps_what_is_said_of_an_answer(idp, method):
    assert idp.request(method, "/Users").headers["Cache-Control"] == "no-store"
