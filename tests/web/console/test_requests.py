"""Requests: what the directory asked, in plain words, and why a person has no seat."""

import pytest

from app.access.principal import Role
from app.models import Exchange
from tests.support.browser import Browser
from tests.support.builders import a_user, an_organization, fill
from tests.support.counting import count_queries

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

ALICE = "alice@example.com"


@pytest.fixture
def full(service):  # noqa: ARG001  # which opens the database
    """Return an organization whose two seats are in use."""
    customer = an_organization(2)
    fill(customer)
    return customer


@pytest.fixture
def okta(service, full):
    return service.scim(full, "okta")


def visiting(service, customer, role=Role.PRIMARY_OWNER, language="en"):
    browser = Browser(service, language)
    browser.sign_in(customer, role)
    return browser


def test_an_owner_reads_what_the_directory_asked_and_was_answered(service, full, okta, recorded):
    okta.create_user(ALICE)
    recorded()
    owner = visiting(service, full)

    page = owner.follow(owner.get(f"/console/{full.id}"), "Requests")

    sentence = f"Okta asked to create {ALICE}: refused, no seat free (2 of 2)."
    assert sentence in page.links
    page = owner.follow(page, sentence)
    assert page.heading == sentence
    assert "POST /scim/v2/Users" in page.text
    assert '"userName": "alice@example.com"' in page.text
    assert "seat_limit_reached" in page.text


def test_a_name_leads_to_its_history_and_the_next_step(service, full, okta, recorded):
    okta.create_user(ALICE)
    recorded()
    owner = visiting(service, full)
    asked = owner.get(f"/console/{full.id}/requests")

    page = owner.get(f"/console/{full.id}/why?name=ALICE@example.com")

    assert "/why" in asked.html
    assert page.heading == f"Why {ALICE}?"
    assert f"{ALICE} was refused and has no seat." in page.text
    assert "refused, 2 of 2 seats in use" in page.text
    assert "Add a seat, or free one. In Okta, open Dashboard, Tasks" in page.text
    assert "Nothing is known of nemo" in owner.get(f"/console/{full.id}/why?name=nemo").text
    unnamed = owner.get(f"/console/{full.id}/why?name=+")
    assert unnamed.status == 422
    assert "Enter a userName or an e-mail address" in unnamed.text


def test_the_list_is_narrowed_to_a_person_and_to_an_outcome(service, full, okta, recorded):
    okta.create_user(ALICE)
    okta.create_user("bob@example.com")
    recorded()
    owner = visiting(service, full)
    address = f"/console/{full.id}/requests"

    assert "bob@" not in owner.get(f"{address}?person=Alice@example.com").text
    assert "bob@" in owner.get(f"{address}?outcome=refused").text
    nothing = owner.get(f"{address}?person=bob@example.com&outcome=done")
    assert "Nothing was asked that matches this" in nothing.text
    assert nothing.of("option")[3]["value"] == "done"


def test_a_long_list_is_read_in_sheets(service, full, okta, recorded, monkeypatch):
    for module in ("lists", "exchanges"):
        monkeypatch.setattr(f"app.web.console.{module}.SHEET", 2)
    for name in ("alice", "bob", "carol"):
        okta.create_user(name)
    recorded()
    owner = visiting(service, full)

    first = owner.get(f"/console/{full.id}/requests?outcome=refused")
    second = owner.follow(first, "Show more")

    assert "carol" in first.text
    assert "alice" not in first.text
    assert "alice" in second.text
    assert "Show more" not in second.links
    assert "carol" in owner.follow(second, "Back to the beginning").text
    assert owner.get(f"/console/{full.id}/requests?after=exc_1").status == 404


def test_another_organizations_request_is_not_there(service, full, acme, okta, recorded):
    okta.create_user(ALICE)
    recorded()
    theirs = Exchange.get(Exchange.organization_id == full.id).id

    page = visiting(service, acme).get(f"/console/{acme.id}/requests/{theirs}")

    assert page.status == 404


def test_who_may_not_read_people_does_not_read_requests(service, acme):
    billing = visiting(service, acme, Role.BILLING)

    assert "Requests" not in billing.get(f"/console/{acme.id}").links
    for path in ("requests", "why?name=alice", "requests/exc_1"):
        assert billing.get(f"/console/{acme.id}/{path}").status == 403


def test_without_any_request_the_page_says_so_in_french(service, acme):
    page = visiting(service, acme, language="fr").get(f"/console/{acme.id}/requests")

    assert page.heading == "Échanges avec l'annuaire"
    assert "Aucune demande n'est encore arrivée." in page.text


@pytest.mark.parametrize("people", [3, 60])
def test_requests_take_few_statements_however_many_there_are(service, recorded, people):
    customer = an_organization(1)
    a_user(customer, "holder")
    idp = service.scim(customer, "okta")
    for number in range(people):
        idp.create_user(f"person{number}")
    recorded()
    owner = visiting(service, customer)
    one = Exchange.select().where(Exchange.organization_id == customer.id).first().id

    # Why looks at all that is kept of one person, and takes a few more than other pages.
    for path, most in {"requests": 10, f"requests/{one}": 10, "why?name=person1": 14}.items():
        with count_queries() as counter:
            assert owner.get(f"/console/{customer.id}/{path}").status == 200
        assert counter.count <= most, path
