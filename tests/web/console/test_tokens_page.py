"""Tokens: made, rotated with an overlap, and revoked; a secret is shown once."""

import re

import pytest

from app.access.principal import Role
from app.models import Token
from tests.support.browser import Browser
from tests.support.builders import an_organization
from tests.support.clients import ScimClient

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def visiting(service, customer, role=Role.PRIMARY_OWNER, language="en"):
    browser = Browser(service, language)
    browser.sign_in(customer, role)
    return browser


@pytest.fixture
def asking(acme, owner):
    """Return the page that asks what a new token shall be."""
    page = owner.follow(owner.get(f"/console/{acme.id}"), "Tokens")
    return owner.follow(page, "Make a token")


def secret_on(page):
    return re.search(r"sg_scim_\w{49}", page.html)[0]


def works(service, secret):
    return service.client(ScimClient, secret).get("/Users").status_code == 200


def made(browser, page, **fields):
    return browser.send(page, "Make the token", **{"role": "scim", "provider": "", **fields})


def test_a_token_is_made_and_its_secret_shown_once(service, acme, owner, asking):
    page = made(owner, asking, label="Okta, production", provider="okta")

    assert page.heading == "Your new token"
    assert "https://seats.example.com/scim/v2" in page.text
    assert works(service, secret_on(page))
    again = made(owner, asking, label="Okta, production", provider="okta")
    assert "This token was made already." in again.text
    assert "Okta, production" in again.text
    assert "sg_scim_" not in re.sub(r"sg_scim_\w{6}…", "", again.html)
    labels = [token.label for token in Token.select().where(Token.organization_id == acme.id)]
    assert labels.count("Okta, production") == 1


def test_a_token_works_until_its_last_day_is_over(acme, owner, asking):
    page = made(owner, asking, label="short", last_on="2026-03-31")

    assert "1 April 2026, 00:00 (UTC)" in page.text
    assert "expires 1 Apr 2026, 00:00" in owner.get(f"/console/{acme.id}/tokens").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"role": "operator"}, "Choose what the token is for."),
        ({"role": "scim", "provider": "acme"}, "Choose one of the list."),
        ({"last_on": "2026-02-30"}, "Enter a day, such as"),
        ({"last_on": "9999-12-31"}, "Enter a day, such as"),
        ({"last_on": "2026-02-28"}, "Enter a day that lies ahead."),
        ({"label": "two\nlines"}, "Enter one line of text"),
    ],
)
def test_what_cannot_be_made_comes_back_with_what_was_typed(owner, asking, fields, sentence):
    page = made(owner, asking, **{"label": "kept", **fields})

    assert page.status == 422
    assert sentence in page.text
    assert fields.get("label", "kept").split("\n")[0] in page.html


def test_a_rotated_token_goes_on_for_the_chosen_time(service, owner, asking, acme):
    old = secret_on(made(owner, asking, label="Entra", provider="entra"))
    page = owner.follow(owner.get(f"/console/{acme.id}/tokens"), "Rotate Entra")

    page = owner.send(page, "Make the new token", overlap="24")

    new = secret_on(page)
    assert new != old
    assert works(service, old)
    service.clock.advance(hours=24)
    assert not works(service, old)
    assert works(service, new)
    assert Token.select().where(Token.provider == "entra").count() == 2


def test_a_token_is_revoked_after_a_look(service, acme, owner, asking):
    secret = secret_on(made(owner, asking, label="Entra"))
    page = owner.follow(owner.get(f"/console/{acme.id}/tokens"), "Revoke Entra")
    assert "This cannot be undone." in page.text

    done = owner.send(page, "Revoke it")

    assert "The token is revoked. It works no more." in done.text
    assert not works(service, secret)
    assert "Revoke Entra" not in done.links
    assert owner.get(page.address).heading == "Tokens"


def test_it_sees_and_makes_only_what_the_directory_and_the_login_need(service, acme):
    it = visiting(service, acme, Role.IT)
    primary = Token.get((Token.organization_id == acme.id) & (Token.role == "it"))

    page = it.get(f"/console/{acme.id}/tokens/new")

    roles = [each["value"] for each in page.of("option") if each["value"] in list(Role)]
    assert roles == ["scim", "sso"]
    assert made(it, page, role="owner").status == 422
    assert it.get(f"/console/{acme.id}/tokens/{primary.id}/revocation").status == 404
    assert "There is no token that works." in it.get(f"/console/{acme.id}/tokens").text


def test_another_organizations_token_is_not_there(acme, owner):
    other = an_organization(1)
    other.secret(Role.SCIM)
    token = Token.get(Token.organization_id == other.id)

    for path in ("rotation", "revocation"):
        assert owner.get(f"/console/{acme.id}/tokens/{token.id}/{path}").status == 404


def test_who_may_not_manage_tokens_is_not_shown_them(service, acme):
    member = visiting(service, acme, Role.OWNER)

    assert "Tokens" not in member.get(f"/console/{acme.id}").links
    assert member.get(f"/console/{acme.id}/tokens").status == 403


def test_the_page_is_in_french(service, acme):
    page = visiting(service, acme, language="fr").get(f"/console/{acme.id}/tokens")

    assert page.heading == "Jetons d'accès"
    assert "Propriétaire principal" in page.text
