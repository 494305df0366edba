"""Refused, and Waiting list: who lacks a seat, and what an owner does about it."""

import pytest

from app.access.principal import Role
from app.models import Want
from tests.support.browser import Browser
from tests.support.builders import an_organization, fill
from tests.support.counting import count_queries
from tests.support.waiting_lists import a_parking_organization, line, park

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

ALICE = "alice@example.com"


@pytest.fixture
def full(service):
    """Return an organization of one seat, which is in use; Okta was refused two people."""
    customer = an_organization(1)
    fill(customer)
    okta = service.scim(customer, "okta")
    for name in (ALICE, "bob@example.com", ALICE):
        okta.create_user(name)
    return customer


@pytest.fixture
def parking(service):  # noqa: ARG001  # which opens the database
    """Return an organization without a free seat, for one of which alice and bob wait."""
    customer, _ = a_parking_organization()
    park(customer, ALICE, "bob@example.com")
    return customer


def visiting(service, customer, role=Role.PRIMARY_OWNER, language="en"):
    browser = Browser(service, language)
    browser.sign_in(customer, role)
    return browser


def test_an_owner_sees_who_was_refused_and_buys_the_missing_seats(service, full):
    owner = visiting(service, full)

    page = owner.follow(owner.get(f"/console/{full.id}"), "Refused")

    assert "since 1 Mar 2026, 09:00 · asked 2 times · Okta · last tried" in page.text
    assert "2 seats are missing. Add them first, or free some." in page.text
    assert "Retry Selected" in page.text
    page = owner.follow(page, "Add 2 seats")
    assert next(each for each in page.of("input") if each.get("id") == "quantity")["value"] == "2"


def test_a_refused_person_is_dismissed_after_a_look(service, full):
    owner = visiting(service, full)
    listed = owner.get(f"/console/{full.id}/refused")

    page = owner.follow(listed, f"Dismiss {ALICE}")
    assert page.heading == f"Dismiss {ALICE}?"
    again = page
    page = owner.send(page, "Dismiss")

    assert f"{ALICE} is dismissed." in page.text
    assert f"Dismiss {ALICE}" not in page.links
    assert "Dismiss bob@example.com" in page.links
    assert f"{ALICE} does not ask for a seat any more." in owner.send(again, "Dismiss").text


def test_who_waits_stands_in_order_and_may_be_dismissed(service, parking):
    owner = visiting(service, parking)

    page = owner.follow(owner.get(f"/console/{parking.id}"), "Waiting list")

    assert "2 people wait for a seat." in page.text
    assert page.text.index(ALICE) < page.text.index("bob@example.com")
    assert "2. Since 1 Mar 2026, 09:00" in page.text
    page = owner.send(owner.follow(page, f"Dismiss {ALICE}"), "Dismiss")
    assert page.heading == "Waiting list"
    assert line(parking) == ["bob@example.com"]


def test_it_sees_who_was_refused_but_neither_dismisses_nor_buys(service, full):
    page = visiting(service, full, Role.IT).get(f"/console/{full.id}/refused")

    assert ALICE in page.text
    assert not [text for text in page.links if "Dismiss" in text or "Add" in text]
    want = Want.get(Want.organization_id == full.id)
    address = f"/console/{full.id}/refused/{want.id}/dismissal"
    assert visiting(service, full, Role.IT).get(address).status == 403


def test_another_organizations_request_is_not_there(service, full, acme):
    want = Want.get(Want.organization_id == full.id)
    owner = visiting(service, acme)

    assert owner.get(f"/console/{acme.id}/refused/{want.id}/dismissal").status == 404


def test_in_french_no_person_is_refused_and_none_waits(service, acme):
    owner = visiting(service, acme, language="fr")

    assert "refusé faute de siège" in owner.get(f"/console/{acme.id}/refused").text
    assert "attend" in owner.get(f"/console/{acme.id}/waiting").text


@pytest.mark.parametrize("people", [3, 60])
def test_the_lists_take_ten_statements_however_many_people_there_are(service, people):
    customer, _ = a_parking_organization()
    park(customer, *(f"waiting{number}" for number in range(people)))
    refusing = an_organization(1)
    fill(refusing)
    okta = service.scim(refusing, "okta")
    for number in range(people):
        okta.create_user(f"refused{number}")

    for each, path in ((customer, "waiting"), (refusing, "refused")):
        owner = visiting(service, each)
        page = owner.get(f"/console/{each.id}/{path}")
        for address in (f"/console/{each.id}/{path}", page.links.get("Show more")):
            if address:
                with count_queries() as counter:
                    assert owner.get(address).status == 200
                assert counter.count <= 10, address
