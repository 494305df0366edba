"""Every page, in each language and in light and dark: no barriers, and nothing beside the screen.

With `--pictures`, pictures of all of them are left in `.screenshots/`, to be looked at.
"""

import re
import time
from datetime import UTC, date, datetime

import pytest

from app import create_app
from app.access.context import acting
from app.access.principal import Role
from app.billing.seat_requests import SeatsWanted, ask_for_seats
from app.config import Config
from app.models import Token, Want
from app.organizations.suspending import suspend_organization
from app.owners.handing_over import Successor, accept_ownership, offer_ownership
from app.owners.links import make_link
from app.owners.roster import find_owner
from tests.owners.builders import an_owner, as_owner
from tests.support.builders import NOW, a_quote, a_user, an_organization, buy, deactivate, fill
from tests.support.looks import in_both_ways, look
from tests.support.waiting_lists import choose_parking

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: Where a page of the console is that shows one thing, by its rule, with the things of `busy`.
NAMED = {
    "/connect/<name>": "/connect/okta",
    "/invoices/<invoice_id>": "/invoices/{invoice}",
    "/members/<user_id>/reassign": "/members/{member}/reassign",
    "/members/<user_id>/release": "/members/{member}/release",
    "/owners/<owner_id>/change": "/owners/{owner}/change",
    "/owners/<owner_id>/link": "/owners/{owner}/link",
    "/owners/<owner_id>/removal": "/owners/{owner}/removal",
    "/owners/<owner_id>/transfer": "/owners/{giver}/transfer",
    "/purchases/<purchase_id>": "/purchases/{purchase}",
    "/quotes/<quote_id>": "/quotes/{quote}",
    "/refused/<want_id>/dismissal": "/refused/{want}/dismissal",
    "/requests/<exchange_id>": "/requests/{exchange}",
    "/seats/requests/<request_id>": "/seats/requests/{request}",
    "/tokens/<token_id>/revocation": "/tokens/{token}/revocation",
    "/tokens/<token_id>/rotation": "/tokens/{token}/rotation",
    "/why": "/why?name=lea.okta@example.com",
}

#: Pages that are seen without signing in, and the status with which they come.
OPEN = {
    "sign-in": ("/console/sign-in", 200),
    "landing": ("/console/{organization}/seats", 200),
    "landing-of-none": ("/console/seats", 200),
    "link": ("{link}", 200),
    "link-ended": ("/console/sign-in/no-such-link", 410),
    "nothing": ("/console/no/such/page", 404),
}

#: When a contract was signed that has ended.
LAST_YEAR = datetime(2025, 1, 1, 8, tzinfo=UTC)

#: How the addresses of files end, which are no pages.
FILE = re.compile(r"(\.(csv|pdf|xml|zip)|/file)$")

PREFIX = "/console/<organization_id>"

#: How long what is written beside the requests may take to be there.
RECORDED_SECONDS_MAX = 10


def rules():
    """Return the rules of the pages of an organization, without what they begin with."""
    app = create_app(Config(database_url="sqlite:///:memory:"))
    return sorted(
        rule.rule.removeprefix(PREFIX)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and "GET" in rule.methods and not FILE.search(rule.rule)
    )


RULES = rules()


@pytest.fixture
def busy(server):
    """Return an organization in which all that pages show has happened, and what is there by id."""
    customer = an_organization(5, auto_renew=True)
    purchase = buy(customer, 1).purchase
    member = fill(customer)[0]
    for provider in ("okta", "entra"):
        server.scim(customer, provider).create_user(f"lea.{provider}@example.com")
    administrator = an_owner(customer, Role.IT, name="Ivo Andric")
    giver = an_owner(customer, name="Marie Curie", address="marie.curie@laboratoire.example.com")
    asked = ask_for_seats(as_owner(administrator), SeatsWanted(2, "Two start on Monday"))
    return customer, {
        "organization": customer.id,
        "purchase": purchase.id,
        "quote": a_quote(customer, 2).id,
        "invoice": purchase.invoice_id,
        "want": Want.select().where(Want.belongs_to(customer.id)).first().id,
        "member": member.id,
        "token": Token.select().where(Token.belongs_to(customer.id)).first().id,
        "exchange": recorded(server.owner(customer)),
        "request": asked.id,
        "owner": administrator.id,
        "giver": giver.id,
        "link": make_link(acting(customer.operator, at=NOW), administrator.id).path,
    }


def recorded(owner):
    """Return the id of a request that an identity provider made, once it is written down."""
    give_up_at = time.monotonic() + RECORDED_SECONDS_MAX
    while time.monotonic() < give_up_at:
        if exchanges := owner.get("/exchanges").json()["exchanges"]:
            return exchanges[0]["id"]
        time.sleep(0.1)
    raise AssertionError("no request was written down")


def name_of(rule):
    """Return what the pictures of a page are called."""
    words = re.findall(r"[a-z]+", rule)
    return "-".join(words) or "home"


def a_suspended_one():
    customer = an_organization(5)
    suspend_organization(acting(customer.operator, at=NOW))
    return customer


def one_that_waits():
    """Return an organization whose people wait for seats, which its directory brought."""
    customer = an_organization(2)
    fill(customer)
    choose_parking(customer)
    for name in ("alan.turing@example.com", "grace.hopper.of.the.navy@long-name.example.com"):
        a_user(customer, name)
    return customer


#: The states that an organization can be in beside the usual one.
STATES = {
    "without-contract": lambda: an_organization(None),
    "suspended": a_suspended_one,
    "ended": lambda: an_organization(5, starts_on=date(2025, 1, 1), at=LAST_YEAR),
    "empty": lambda: an_organization(5),
    "waiting": one_that_waits,
}


def check(person, address, name, status=200):
    """Open an address, and look at its page."""
    assert person.go(address).status == status, address
    look(person, name)


@in_both_ways
def test_every_page_is_open_to_all_in_every_language_and_colour(busy, signed_in, language, scheme):
    customer, things = busy
    giver = find_owner(customer.id, things["giver"])
    owner = signed_in(customer, giver, language=language, scheme=scheme)

    for rule in RULES:
        path = NAMED.get(rule, rule).format(**things)
        check(owner, f"/console/{customer.id}{path}", name_of(rule))


@in_both_ways
def test_what_is_seen_without_signing_in_is_open_to_all(busy, person, language, scheme):
    _, things = busy
    stranger = person(language=language, scheme=scheme)

    for name, (address, status) in OPEN.items():
        check(stranger, address.format(**things), name, status)


def test_the_documents_are_open_to_all(person):
    reader = person()
    reader.go("/docs")

    assert reader.barriers() == []


@pytest.mark.parametrize("state", STATES)
@in_both_ways
def test_pages_are_open_to_all_in_every_state(server, signed_in, state, language, scheme):  # noqa: ARG001
    customer = STATES[state]()
    owner = signed_in(customer, language=language, scheme=scheme)

    for path in ("", "/seats", "/contract", "/waiting", "/members", "/connect"):
        check(owner, f"/console/{customer.id}{path}", f"{name_of(path)}-{state}")


#: What a review of a transfer asks, of a person who is no owner yet.
NEWCOMER = "address=zoe.lefebvre-dubois%40laboratoire.example.com&name=Zoe"


@in_both_ways
def test_a_transfer_is_open_to_all_in_every_state(server, signed_in, language, scheme):  # noqa: ARG001
    customer = an_organization(5)
    giver = an_owner(customer, name="Marie Curie", address="marie.curie@laboratoire.example.com")
    taker = an_owner(customer, Role.OWNER, name="Zoe Lefebvre-Dubois")
    late = an_owner(customer, name="Eve"), an_owner(customer, Role.BILLING, name="Yan")
    user = a_user(customer)
    an_owner(customer, Role.IT, name="Ivo Andric", user_id=user.id)
    deactivate(customer, user)
    offer_ownership(as_owner(giver), giver.id, Successor(taker.address))
    offer_ownership(as_owner(late[0], at=LAST_YEAR), late[0].id, Successor(late[1].address))
    pages = {
        "owners-offered": (giver, "/owners"),
        "transfer-review": (giver, f"/owners/{giver.id}/transfer?{NEWCOMER}"),
        "transfer-refused": (giver, f"/owners/{giver.id}/transfer?address=zoe"),
        "home-offered": (taker, ""),
        "ownership-offered": (taker, "/ownership"),
        "ownership-late": (late[1], "/ownership"),
    }
    for name, (person, path) in pages.items():
        status = 422 if "refused" in name else 200
        visitor = signed_in(customer, person, language=language, scheme=scheme)
        check(visitor, f"/console/{customer.id}{path}", name, status)

    accept_ownership(as_owner(taker))
    visitor = signed_in(
        customer, find_owner(customer.id, taker.id), language=language, scheme=scheme
    )
    check(visitor, f"/console/{customer.id}/ownership", "ownership-accepted")
