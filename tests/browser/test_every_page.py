"""Every page, in each language and in light and dark: no barriers, and nothing beside the screen.

Pictures of all of them are kept in the folder of screenshots, to be looked at.
"""

import re

import pytest

from app import create_app
from app.config import Config
from tests.support.builders import a_quote, an_organization, buy, fill
from tests.support.persons import DESKTOP, PHONE

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: What a page of the console shows, by the rule of its address, with the fields of `things`.
NAMED = {
    "/console/<organization_id>/quotes/<quote_id>": "/quotes/{quote}",
    "/console/<organization_id>/purchases/<purchase_id>": "/purchases/{purchase}",
}

#: Pages that are seen without signing in.
OPEN = {"sign-in": "/console/sign-in", "landing": "/console/{organization}/seats"}


def rules():
    """Return the rules of the pages of an organization."""
    app = create_app(Config(database_url="sqlite:///:memory:"))
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/console/<organization_id>") and "GET" in rule.methods
    )


RULES = rules()


def address_of(rule, things):
    """Return the address of a page, with what it shows."""
    path = NAMED.get(rule, rule.removeprefix("/console/<organization_id>"))
    return f"/console/{things['organization']}{path.format(**things)}"


@pytest.fixture
def busy(server):
    """Return the ids of an organization in which all that pages show has happened."""
    customer = an_organization(5)
    purchase = buy(customer, 1).purchase
    fill(customer)
    for provider in ("okta", "entra"):
        server.scim(customer, provider).create_user(f"lea.{provider}@example.com")
    return customer, {
        "organization": customer.id,
        "purchase": purchase.id,
        "quote": a_quote(customer, 2).id,
        "invoice": purchase.invoice_id,
    }


def name_of(rule):
    """Return what the pictures of a page are called."""
    words = re.findall(r"[a-z]+", rule.removeprefix("/console/<organization_id>"))
    return "-".join(words) or "home"


def check(person, address, name):
    """Check a page light and dark: in English on a screen, in French on a phone."""
    assert person.go(address).status == 200, address
    person.keep_look(f"{name}-{person.habits.language}-{person.habits.scheme}")
    person.resize(PHONE)
    assert person.overflow == 0, f"{address} is wider than a phone"
    if person.habits.language == "en":
        person.resize(DESKTOP)
    else:
        person.keep_look(f"{name}-fr-phone")
    found = person.barriers()
    person.page.emulate_media(color_scheme="dark" if person.habits.scheme == "light" else "light")
    found += person.barriers(colours_only=True)
    person.page.emulate_media(color_scheme=person.habits.scheme)
    person.resize(DESKTOP)
    assert found == [], address


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fr", "dark")])
def test_every_page_is_open_to_all_in_every_language_and_colour(busy, signed_in, language, scheme):
    customer, things = busy
    owner = signed_in(customer, language=language, scheme=scheme)

    for rule in RULES:
        check(owner, address_of(rule, things), name_of(rule))


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("fr", "dark")])
def test_what_is_seen_without_signing_in_is_open_to_all(busy, person, language, scheme):
    _, things = busy
    stranger = person(language=language, scheme=scheme)

    for name, address in OPEN.items():
        check(stranger, address.format(**things), name)
