"""Connecting a directory by hand: the guides, the token, and whether it was heard from."""

import re

import pytest

from app.access.authentication import authenticate
from app.access.context import acting
from app.access.principal import Role
from app.models import OutboxMessage, Owner, Token
from app.owners.links import make_link
from app.web.console.connect import OTHER, PROVIDERS
from tests.owners.builders import an_owner
from tests.support.browser import Browser
from tests.support.builders import NOW, fill
from tests.support.clients import ScimClient
from tests.support.counting import count_queries
from tests.web.console.test_costs import STATEMENTS_MAX

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

GUIDES = (*PROVIDERS, OTHER)
SCIM_URL = "https://seats.example.com/scim/v2"


@pytest.fixture
def admin(service, acme):
    """Return the browser of an administrator of the directory."""
    browser = Browser(service)
    link = make_link(acting(acme.operator, at=NOW), an_owner(acme, Role.IT).id)
    browser.send(browser.get(f"/console/sign-in/{link.secret}"), "Sign in")
    return browser


@pytest.fixture
def recorder(service):
    """Return the recorder of what is asked over SCIM, which writes; `stop` waits until it has."""
    recorder = service.app.extensions["seatgate"].recorder
    recorder.enable()
    yield recorder
    recorder.stop()
    recorder._enabled = False


def secrets_in(page):
    return re.findall(r"sg_\w+", page.text)


@pytest.mark.parametrize("name", GUIDES)
def test_each_guide_has_the_address_of_this_installation_and_the_day_it_was_checked(
    acme, admin, name
):
    page = admin.get(f"/console/{acme.id}/connect/{name}")

    assert page.status == 200
    assert page.text.count(SCIM_URL) == 2
    assert "{" not in page.text
    assert "Checked on 26 November 2026" in page.text
    assert "Nothing has arrived yet." in page.text


def test_the_menu_leads_administrators_and_primary_owners_there(acme, owner, admin, service):
    for browser in (owner, admin):
        page = browser.follow(browser.get(f"/console/{acme.id}/seats"), "Connect directory")
        assert page.heading == "Connect directory"
    billing = Browser(service)
    billing.sign_in(acme, Role.BILLING)
    assert "Connect directory" not in billing.get(f"/console/{acme.id}/seats").text
    assert billing.get(f"/console/{acme.id}/connect").status == 403
    assert billing.get(f"/console/{acme.id}/connect/okta").status == 403


def test_a_token_is_made_on_the_spot_and_shown_once(acme, admin):
    page = admin.get(f"/console/{acme.id}/connect/okta")

    made = admin.send(page, "Make a token")

    [secret] = secrets_in(made)
    principal = authenticate(secret, at=NOW)
    assert (principal.role, principal.provider) == (Role.SCIM, "okta")
    again = admin.send(page, "Make a token")
    assert secrets_in(again) == []
    assert "This form made its token already" in again.text
    assert Token.of(acme.id, Token.provider == "okta").count() == 1


def test_the_page_says_when_the_directory_was_heard_from_and_what_it_was_refused(
    service, acme, admin, recorder
):
    page = admin.send(admin.get(f"/console/{acme.id}/connect/okta"), "Make a token")
    [secret] = secrets_in(page)
    fill(acme)
    service.client(ScimClient, secret).create_user("late@example.com")
    recorder.stop()

    page = admin.get(f"/console/{acme.id}/connect/okta")

    assert "1 March 2026" in page.text
    assert "refused, no seat was free" in page.text
    assert "Add seats or ask for them" in page.text
    assert "Nothing has arrived yet." in admin.get(f"/console/{acme.id}/connect/entra").text
    assert "Okta" in admin.get(f"/console/{acme.id}/connect").text


def test_an_administrator_is_sent_the_link(acme, owner):
    page = owner.get(f"/console/{acme.id}/connect")

    page = owner.send(page, "Add the person", person="Ivo", address="ivo@acme.example")

    assert "Ivo may connect the directory now." in page.text
    added = Owner.of(acme.id, Owner.address_key == "ivo@acme.example").get()
    assert added.role == Role.IT
    assert OutboxMessage.of(acme.id, OutboxMessage.owner_id == added.id).get().purpose == (
        "it_invitation"
    )
    again = owner.send(page, "Add the person", person="Ivo", address="ivo@acme.example")
    assert again.status == 200
    assert Owner.of(acme.id).count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"person": "Ivo", "address": "ivo"}, "Enter an e-mail address"),
        ({"person": "Ivo", "address": ""}, "Enter an e-mail address"),
        ({"person": "", "address": "ivo@acme.example"}, "Enter the person's name."),
    ],
)
def test_a_wrong_invitation_gives_the_form_back(acme, owner, given, words):
    page = owner.send(owner.get(f"/console/{acme.id}/connect"), "Add the person", **given)

    assert page.status == 422
    assert words in page.text
    assert Owner.of(acme.id).count() == 0


def test_an_owner_whose_role_connects_nothing_is_not_invited(acme, owner):
    clerk = an_owner(acme, Role.BILLING)
    fields = {"person": clerk.name, "address": clerk.address}

    page = owner.send(owner.get(f"/console/{acme.id}/connect"), "Add the person", **fields)

    assert page.status == 422
    assert "a role that cannot connect a directory" in page.text


def test_an_administrator_invites_no_one(acme, admin):
    page = admin.get(f"/console/{acme.id}/connect")

    assert "Send to my IT administrator" not in page.text
    address = f"/console/{acme.id}/connect"
    form = next(iter(page.forms)).fields
    assert admin.post(address, {**form, "address": "x@y.example"}).status == 403


def test_entra_is_told_to_map_before_the_first_cycle(acme, admin):
    text = admin.get(f"/console/{acme.id}/connect/entra").text

    assert "Before the first cycle" in text
    for words in ("objectId", "Sync only assigned users and groups", "userName"):
        assert words in text


def test_a_guide_that_there_is_not_is_404(acme, admin):
    assert admin.get(f"/console/{acme.id}/connect/logins").status == 404
    assert admin.get(f"/console/{acme.id}/connect/..%2Fokta").status == 404


def test_the_pages_take_ten_statements(acme, admin):
    for path in ("", *(f"/{name}" for name in GUIDES)):
        with count_queries() as counter:
            assert admin.get(f"/console/{acme.id}/connect{path}").status == 200
        assert counter.count <= STATEMENTS_MAX, path
