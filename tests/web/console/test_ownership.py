"""Transferring the ownership by hand: offered, withdrawn, too late, and accepted."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.models import AuditEvent
from app.owners.handing_over import Successor, offer_ownership
from app.owners.links import Purpose, make_link
from app.owners.membership import remove_owner
from app.owners.roster import find_owner, owner_at
from tests.owners.builders import an_owner, as_owner
from tests.support.browser import Browser, enter
from tests.web.console.test_owners import at, mailed

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def zoe(acme):
    """Return the person to whom the ownership is handed over, who is an owner."""
    return an_owner(acme, Role.OWNER, name="Zoe", address="zoe@acme.example")


@pytest.fixture
def offered(service, marie, zoe):
    """Return the offer of the ownership to her."""
    return offer_ownership(as_owner(marie, at=service.clock.at), marie.id, Successor(zoe.address))


def asked(browser, customer, address, name=""):
    """Name a person to whom the ownership shall go; what it would mean is shown."""
    page = browser.follow(browser.get(at(customer)), "Transfer ownership")
    path = f"{page.address}?address={address.replace('@', '%40')}&name={name}"
    return browser.get(path)


def roles(customer, *owners):
    return [find_owner(customer.id, owner.id).role for owner in owners]


def accept_link(customer, owner, service):
    context = acting(customer.operator, at=service.clock.at)
    return f"/console/sign-in/{make_link(context, owner.id, Purpose.ACCEPT_OWNERSHIP).secret}"


def test_the_whole_way_from_the_offer_to_the_new_primary_owner(service, acme, marie, zoe, posting):
    hers = enter(service, zoe)
    page = asked(posting, acme, "zoe@acme.example")
    assert page.heading == "Offer the ownership?"
    assert "Zoe" in page.text

    assert "The offer that is open ends." not in page.text

    page = posting.send(page, "Offer the ownership")

    assert "Zoe is mailed a link to accept." in page.text
    assert "Marie Curie offers the ownership to Zoe" in page.text
    assert "Zoe can accept until 8 March 2026" in page.text
    assert mailed() == [("ownership_offer", zoe.id)]
    assert roles(acme, marie, zoe) == ["primary_owner", "owner"]
    home = hers.get(f"/console/{acme.id}")
    assert "Marie Curie offers you the ownership" in home.text
    offer = hers.follow(home, "Look at the offer")
    done = hers.send(offer, "Accept the ownership")
    assert done.heading == "You are the primary owner now"
    assert roles(acme, marie, zoe) == ["owner", "primary_owner"]
    assert hers.follow(done, "See the owners").heading == "Owners"
    assert posting.get(at(acme)).heading == "Sign in"
    assert hers.send(offer, "Accept the ownership").status == 403, "the old session's form"


def test_a_person_who_is_no_owner_yet_is_named_and_becomes_one(acme, primary):
    page = asked(primary, acme, "yan@acme.example")
    assert (page.status, "they are no owner yet" in page.text) == (422, True)
    page = asked(primary, acme, "yan@acme.example", "Yan")
    assert "They are no owner yet: the offer makes them one." in page.text

    page = primary.send(page, "Offer the ownership")

    assert page.heading == "A link for Yan"
    assert "The ownership is offered to Yan, who finds the offer on Home." in page.text
    assert owner_at(acme.id, "yan@acme.example").role == "owner"
    assert mailed()[0][0] == "ownership_offer"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("yan", "Enter an e-mail address, such as"),
        ("", "Enter an e-mail address, such as"),
        ("marie@acme.example", "Enter the address of another person."),
        ("eve@acme.example", "Eve is a primary owner already."),
    ],
)
def test_who_cannot_have_the_ownership_is_refused_with_a_sentence(acme, primary, address, sentence):
    an_owner(acme, name="Eve", address="eve@acme.example")

    page = asked(primary, acme, address, "Yan")

    assert page.status == 422
    assert sentence in page.text


@pytest.mark.usefixtures("offered")
def test_the_link_accepts_and_leads_to_what_it_means(service, acme, marie, zoe):
    browser = Browser(service)
    page = browser.get(accept_link(acme, zoe, service))

    done = browser.send(page, "Accept and sign in")

    assert done.heading == "You are the primary owner now"
    assert roles(acme, marie, zoe) == ["owner", "primary_owner"]


def test_a_withdrawn_offer_is_nowhere_and_its_link_has_ended(service, acme, zoe, offered, primary):
    address = accept_link(acme, zoe, service)
    page = primary.get(at(acme))

    done = primary.send(page, "Withdraw the offer")

    assert "The offer is withdrawn. Nothing changed." in done.text
    assert "offers the ownership" not in done.text
    assert "There is no such offer any more." in primary.send(page, "Withdraw the offer").text
    assert Browser(service).get(address).status == 410
    hers = enter(service, zoe)
    assert "offers you" not in hers.get(f"/console/{acme.id}").text
    assert hers.get(f"/console/{acme.id}/ownership").heading == "No ownership is offered to you"
    assert [event.subject_id for event in AuditEvent.select() if "withdrawn" in event.kind] == [
        offered.id
    ]
    assert roles(acme, zoe) == ["owner"]


@pytest.mark.usefixtures("offered")
def test_an_offer_that_is_accepted_after_it_was_withdrawn_says_so(service, acme, zoe, primary):
    hers = enter(service, zoe)
    page = hers.get(f"/console/{acme.id}/ownership")
    primary.send(primary.get(at(acme)), "Withdraw the offer")

    assert hers.send(page, "Accept the ownership").heading == "No ownership is offered to you"
    assert roles(acme, zoe) == ["owner"]


@pytest.mark.usefixtures("offered")
def test_an_offer_whose_time_is_over_says_so_and_is_made_again(service, acme, marie, zoe):
    service.clock.at += timedelta(days=7)
    giver, taker = enter(service, marie), enter(service, zoe)

    page = giver.get(at(acme))

    assert "Zoe did not accept the ownership" in page.text
    assert "offers you" not in taker.get(f"/console/{acme.id}").text
    late = taker.get(f"/console/{acme.id}/ownership")
    assert late.heading == "The time to accept is over"
    assert "Marie Curie offered you the ownership until 8 March 2026" in late.text
    giver.send(giver.follow(page, "Offer it again"), "Offer the ownership")
    page = giver.get(at(acme))
    assert "Zoe can accept until 15 March 2026" in page.text
    again = asked(giver, acme, "zoe@acme.example")
    assert "The offer that is open ends." in again.text


@pytest.mark.usefixtures("offered")
def test_an_offer_whose_time_is_over_is_dismissed(service, acme, marie):
    service.clock.at += timedelta(days=7)
    giver = enter(service, marie)

    page = giver.send(giver.get(at(acme)), "Dismiss")

    assert "did not accept" not in page.text


@pytest.mark.usefixtures("offered")
def test_an_offer_ends_with_the_person_who_made_it(service, acme, marie, zoe):
    an_owner(acme)
    hers = enter(service, zoe)
    page = hers.get(f"/console/{acme.id}/ownership")
    remove_owner(acting(acme.operator, at=service.clock.at), marie.id)

    assert hers.send(page, "Accept the ownership").heading == "No ownership is offered to you"
    assert roles(acme, zoe) == ["owner"]


def test_a_person_transfers_their_own_ownership_alone(service, acme, marie):
    browser = enter(service, an_owner(acme, name="Eve"))
    page = browser.get(at(acme))
    own = [words for words in page.links if words.startswith("Transfer ownership")]

    assert own == ["Transfer ownership Eve"]
    path = at(acme, f"/{marie.id}/transfer")
    assert browser.get(path).status == 403
    assert browser.post(path, page.form("Sign out").fields).status == 403


@pytest.mark.usefixtures("offered")
def test_another_primary_owner_may_withdraw_an_offer(service, acme):
    browser = enter(service, an_owner(acme, name="Eve"))

    page = browser.send(browser.get(at(acme)), "Withdraw the offer")

    assert "The offer is withdrawn." in page.text


@pytest.mark.usefixtures("marie")
def test_a_token_transfers_any_ownership_and_accepts_none(acme, zoe, owner):
    page = owner.send(asked(owner, acme, zoe.address), "Offer the ownership")

    assert page.heading == "A link for Zoe"
    assert owner.get(f"/console/{acme.id}/ownership").heading == "No ownership is offered to you"
