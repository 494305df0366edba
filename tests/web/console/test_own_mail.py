"""Mail at the console: to whom an invoice goes, and what an owner wants to be mailed of."""

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.models import OutboxMessage, Owner
from app.organizations.settings import OrganizationChanges, set_organization
from app.outbox.messages import State
from tests.owners.builders import an_owner
from tests.support.browser import Browser, enter
from tests.support.builders import NOW, an_organization, buy

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def acme(service):  # noqa: ARG001  # which opens the database
    return an_organization(100)


def buying(browser, customer):
    page = browser.get(f"/console/{customer.id}/seats/add")
    return browser.send(page, "Review the increase", quantity="5")


def billed_to(customer, *addresses):
    changes = OrganizationChanges(billing_contacts=list(addresses))
    set_organization(acting(customer.operator, at=NOW), changes)


def wants_notices(owner):
    return Owner.get(Owner.id == owner.id).notices


def test_the_review_and_the_page_after_it_say_to_whom_the_invoice_goes(acme, posting):
    billed_to(acme, "compta@acme.example")
    review = buying(posting, acme)
    assert "The invoice goes to compta@acme.example." in review.text

    done = posting.send(review, "Upgrade", action="upgrade")

    assert "Sent to compta@acme.example." in done.text


def test_without_addresses_it_goes_to_the_primary_owner(acme, posting, marie):
    review = buying(posting, acme)
    assert f"The invoice goes to {marie.address}." in review.text

    done = posting.send(review, "Upgrade", action="upgrade")

    assert f"Sent to {marie.address}." in done.text


def test_where_mail_is_off_nothing_is_said_to_be_sent(acme, primary):
    review = buying(primary, acme)
    assert "The invoice is not mailed. It is in this console at once." in review.text

    done = primary.send(review, "Upgrade", action="upgrade")

    assert "Sent to" not in done.text


def test_what_could_not_be_delivered_is_said_to_be(acme, posting):
    billed_to(acme, "gone@acme.example")
    purchase = buy(acme, 5).purchase
    OutboxMessage.update(state=State.FAILED.value, last_error="550").execute()

    page = posting.get(f"/console/{acme.id}/purchases/{purchase.id}")

    assert "It could not be delivered to gone@acme.example." in page.text
    assert "Sent to" not in page.text


def test_an_owner_turns_notices_off_and_on(acme, posting, marie):
    page = posting.get(f"/console/{acme.id}/mail")
    assert "Notices are on" in page.text
    assert "The vendor has not set up mail" not in page.text

    page = posting.send(page, "Turn notices off")
    assert "You get no more notices by mail." in page.text
    assert not wants_notices(marie)

    page = posting.send(page, "Turn notices on")
    assert "You get notices by mail again." in page.text
    assert wants_notices(marie)


def test_it_is_said_in_french(service, acme):
    page = enter(service, an_owner(acme), "fr").get(f"/console/{acme.id}/mail")

    assert page.heading == "Vos courriels"
    assert "Les avis sont activés" in page.text
    assert "Le fournisseur n'a pas configuré l'envoi de courriels" in page.text


def test_each_person_chooses_for_themselves(service, acme, marie):
    accountant = an_owner(acme, Role.BILLING)
    browser = enter(service, accountant)

    browser.send(browser.get(f"/console/{acme.id}/mail"), "Turn notices off")

    assert not wants_notices(accountant)
    assert wants_notices(marie)


def test_a_token_is_no_person_who_could_choose(service, acme):
    browser = Browser(service)
    browser.sign_in(acme)

    page = browser.get(f"/console/{acme.id}/mail")

    assert "You are signed in with a token. Notices go to people." in page.text


def test_who_sees_no_prices_has_no_such_page(service, acme):
    browser = enter(service, an_owner(acme, Role.IT))

    assert browser.get(f"/console/{acme.id}/mail").status == 403
