"""Asking for seats by hand, and answering: who may not buy, and who may."""

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.models import Purchase, SeatRequest
from app.organizations.settings import OrganizationChanges, set_organization
from app.organizations.suspending import suspend_organization
from app.owners.links import make_link
from tests.owners.builders import an_owner
from tests.support.browser import Browser
from tests.support.builders import NOW, an_organization
from tests.support.counting import count_queries
from tests.web.console.test_costs import STATEMENTS_MAX

SIGN_IN = {"en": "Sign in", "fr": "Se connecter"}

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def hundred(service):  # noqa: ARG001  # which opens the database
    return an_organization(100)


@pytest.fixture
def boss(service, hundred):
    return signed_in(service, hundred, Role.PRIMARY_OWNER, "Ann")


@pytest.fixture
def admin(service, hundred):
    return signed_in(service, hundred, Role.IT, "Ivo")


def signed_in(service, customer, role, name, language="en"):
    browser = Browser(service, language)
    owner = an_owner(customer, role, name=name)
    link = make_link(acting(customer.operator, at=service.clock.at), owner.id)
    browser.send(browser.get(f"/console/sign-in/{link.secret}"), SIGN_IN[language])
    return browser


def asked(browser, customer, **fields):
    page = browser.get(f"/console/{customer.id}/seats")
    page = browser.follow(page, "Ask for seats")
    return browser.send(page, "Send the request", **{"quantity": "5", **fields})


def the_request(customer):
    return SeatRequest.of(customer.id).get()


def test_seats_are_asked_for_by_one_and_bought_by_another(hundred, boss, admin):
    page = asked(admin, hundred, reason="three start in Lyon", purchase_order="PO-7")
    assert page.heading == "You asked for 5 seats"
    assert "Your request is sent to the primary owners." in page.text
    assert "€" not in page.text

    home = boss.get(f"/console/{hundred.id}")
    assert "Ivo asks for 5 seats" in home.text
    assert "three start in Lyon" in home.text
    page = boss.follow(home, "Look at the request")
    assert "Today it costs what it cost when it was asked: €2,500.00 before VAT." in page.text
    page = boss.send(page, "Review the increase", action="buy")
    assert page.heading == "Review your increase"
    assert "PO-7" in page.html
    page = boss.send(page, "Upgrade", action="upgrade", purchase_order="PO-7")
    assert page.heading == "Done: 105 seats, usable now."

    page = admin.get(f"/console/{hundred.id}/seats/requests/{the_request(hundred).id}")
    assert "5 seats were bought" in page.text
    assert "asks for" not in boss.get(f"/console/{hundred.id}").text


def test_references_that_change_on_the_review_still_answer_the_request(hundred, boss, admin):
    asked(admin, hundred)
    page = boss.follow(boss.get(f"/console/{hundred.id}"), "Look at the request")
    page = boss.send(page, "Review the increase", action="buy")
    page = boss.send(page, "Upgrade", action="upgrade", purchase_order="PO-8")
    assert "Your references are saved." in page.text

    boss.send(page, "Upgrade", action="upgrade", purchase_order="PO-8")

    assert the_request(hundred).state == "bought"


def test_opened_later_it_shows_the_difference_to_the_price_of_its_day(service, hundred, admin):
    asked(admin, hundred)
    service.clock.advance(days=2)
    boss = signed_in(service, hundred, Role.PRIMARY_OWNER, "Ann")

    page = boss.follow(boss.get(f"/console/{hundred.id}"), "Look at the request")

    words = "On 1 March: €2,500.00 before VAT. Today: €2,483.87 (€16.13 less)."
    assert words in page.text
    assert "€2,483.87" in boss.send(page, "Review the increase", action="buy").text


def test_after_thirty_days_it_has_expired(service, hundred, admin):
    asked(admin, hundred)
    service.clock.advance(days=30)
    boss = signed_in(service, hundred, Role.PRIMARY_OWNER, "Ann")

    page = boss.get(f"/console/{hundred.id}/seats/requests/{the_request(hundred).id}")

    assert "The request expired on 31 March 2026 without an answer." in page.text
    assert "asks for" not in boss.get(f"/console/{hundred.id}").text


def test_above_the_ceiling_it_is_asked_anew(hundred, boss, admin):
    asked(admin, hundred, reason="Lyon")
    changes = OrganizationChanges(tax_rate="20")
    set_organization(acting(hundred.operator, at=NOW), changes)
    address = f"/console/{hundred.id}/seats/requests/{the_request(hundred).id}"

    page = boss.get(address)
    assert "That is above what was asked for" in page.text
    assert not any("Review the increase" in each for form in page.forms for each in form.buttons)
    forced = boss.send(page, "Decline", action="buy")
    assert "That is above what was asked for" in forced.text

    page = admin.follow(admin.get(address), "Ask anew")
    assert 'value="Lyon"' in page.html
    page = admin.send(page, "Send the request")
    assert boss.get(address).text.count("has ended") == 1
    page = boss.follow(boss.get(f"/console/{hundred.id}"), "Look at the request")
    assert boss.send(page, "Review the increase", action="buy").heading == "Review your increase"


@pytest.mark.parametrize("given", ["", "0", "-5", "1.5", "five", "10001"])
def test_a_wrong_number_gives_the_form_back_with_what_was_typed(hundred, admin, given):
    page = asked(admin, hundred, quantity=given, reason="Lyon")

    assert page.status == 422
    assert "There is a problem" in page.text
    assert 'value="Lyon"' in page.html
    assert SeatRequest.of(hundred.id).count() == 0


def test_a_reason_that_is_too_long_gives_the_form_back(hundred, admin):
    page = asked(admin, hundred, reason="x" * 501)

    assert page.status == 422
    assert "#reason" in page.links.values()


def test_a_request_is_declined_and_says_so(hundred, boss, admin):
    asked(admin, hundred)
    page = boss.follow(boss.get(f"/console/{hundred.id}"), "Look at the request")

    page = boss.send(page, "Decline", action="decline")

    assert "The request is declined. Nothing was bought." in page.text
    assert Purchase.of(hundred.id).count() == 0


def test_the_request_of_another_organization_or_person_is_not_there(service, hundred, boss, admin):
    asked(admin, hundred)
    request = the_request(hundred)
    globex = an_organization(100)
    stranger = signed_in(service, globex, Role.PRIMARY_OWNER, "Sam")
    other = signed_in(service, hundred, Role.IT, "Ola")

    assert stranger.get(f"/console/{globex.id}/seats/requests/{request.id}").status == 404
    assert stranger.get(f"/console/{hundred.id}/seats/requests/{request.id}").status == 404
    assert other.get(f"/console/{hundred.id}/seats/requests/{request.id}").status == 404
    assert boss.get(f"/console/{hundred.id}/seats/requests/srq_none").status == 404
    proposal = boss.get(f"/console/{hundred.id}/seats/requests/{request.id}/proposal.pdf")
    assert proposal.headers["Content-Type"] == "application/pdf"
    assert (
        stranger.get(f"/console/{hundred.id}/seats/requests/{request.id}/proposal.pdf").status
        == 404
    )


def test_the_link_of_the_mail_leads_to_sign_in_and_back(service, hundred, admin):
    asked(admin, hundred)
    address = f"/console/{hundred.id}/seats/requests/{the_request(hundred).id}"

    page = Browser(service).get(address)

    assert page.address == "/console/sign-in"
    assert any(form.fields.get("next") == address for form in page.forms)


def test_a_suspended_organization_asks_for_nothing(hundred, admin):
    suspend_organization(acting(hundred.operator, at=NOW))

    page = admin.get(f"/console/{hundred.id}/seats/ask")

    assert page.heading == "Your organization is suspended"


def test_it_is_asked_in_french(service, hundred):
    browser = signed_in(service, hundred, Role.IT, "Ivo", "fr")

    page = browser.get(f"/console/{hundred.id}/seats")
    page = browser.follow(page, "Demander des sièges")
    page = browser.send(page, "Envoyer la demande", quantity="5")

    assert page.heading == "Vous avez demandé 5 sièges"


def test_the_pages_take_ten_statements(hundred, boss, admin):
    asked(admin, hundred)
    for path in ("", "/seats/ask", f"/seats/requests/{the_request(hundred).id}"):
        with count_queries() as counter:
            assert boss.get(f"/console/{hundred.id}{path}").status == 200
        assert counter.count <= STATEMENTS_MAX, path
