"""Members by hand: finding who holds a seat, moving it on, and taking it back."""

import pytest

from app.access.principal import Role
from app.directory import users
from scim.names import UserName
from tests.support.browser import Browser
from tests.support.builders import a_user, an_organization, fill

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def alice(acme):
    return a_user(acme, "alice@example.com")


def members(customer, rest=""):
    return f"/console/{customer.id}/members{rest}"


def person(customer, name):
    return users.find_person(customer.id, UserName.of(name))


def test_members_are_listed_with_their_road_and_day(acme, alice, owner, hook):
    hook.decide(user_name="bob@example.com")

    page = owner.get(members(acme))

    assert page.heading == "Members"
    assert "2 of 5 seats are in use or kept." in page.text
    assert "bob@example.com 1 Mar 2026 Login" in page.text
    assert "alice@example.com 1 Mar 2026 Directory" in page.text
    assert alice.active


def test_a_search_finds_a_part_of_a_name_in_any_case(acme, alice, owner):
    a_user(acme, "zoe@example.com")

    assert "zoe@" not in owner.get(members(acme, "?q=ALI")).text
    assert "alice@example.com" in owner.get(members(acme, "?q=ALI")).text
    assert "No person with a seat is called like that." in owner.get(members(acme, "?q=%25")).text
    assert alice.active


def test_a_page_of_members_ends_where_the_next_begins(monkeypatch, acme, alice, owner):
    monkeypatch.setattr("app.web.console.members.SHOWN", 1)
    a_user(acme, "zoe@example.com")

    page = owner.get(members(acme))
    older = owner.follow(page, "Older")

    assert ("zoe@" in page.text, alice.user_name in page.text) == (True, False)
    assert ("zoe@" in older.text, alice.user_name in older.text) == (False, True)


def test_a_seat_is_released_after_a_review_that_names_the_directory(acme, alice, owner):
    page = owner.follow(owner.get(members(acme)), "Release")
    warning = "Take alice@example.com out of the application in your directory, too"
    assert warning in page.text
    assert person(acme, alice.user_name).active

    done = owner.send(page, "Release the seat")

    assert warning in done.text
    assert acme.counts == (5, 0)
    assert "holds no seat any more" in owner.send(page, "Release the seat").text


def test_a_seat_moves_to_a_newcomer_while_all_are_in_use(acme, alice, owner):
    fill(acme)
    page = owner.get(members(acme, f"/{alice.id}/reassign"))
    address = members(acme, f"/{alice.id}/reassign?user_name=new@example.com&email=")
    assert "User name of who gets the seat" in page.text
    page = owner.get(address)
    assert page.heading == "Reassign this seat?"

    done = owner.send(page, "Reassign the seat")

    assert "Take alice@example.com out of the application in your directory, too" in done.text
    assert person(acme, "new@example.com").active
    assert not person(acme, alice.user_name).active
    assert acme.counts == (5, 5)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (("alice@example.com", ""), "Enter the user name of another person"),
        (("zoe@example.com", ""), "This person holds a seat already. Enter another."),
        (("new@example.com", "no address"), "Enter an e-mail address, such as name@example.com"),
        (("bad\u200bname", ""), "Enter the user name of another person"),
    ],
)
def test_who_cannot_have_the_seat_comes_back_with_what_to_enter(
    acme, alice, owner, written, sentence
):
    a_user(acme, "zoe@example.com")
    name, email = written
    review = owner.get(members(acme, f"/{alice.id}/reassign?user_name=x"))

    page = owner.send(review, "Reassign the seat", user_name=name, email=email)

    assert page.status == 422
    assert sentence in page.text
    assert name in [field.get("value") for field in page.of("input")]
    assert person(acme, alice.user_name).active


def test_it_sees_members_and_moves_none_and_billing_sees_none(service, acme, alice):
    browser = Browser(service)
    browser.sign_in(acme, Role.IT)
    assert "Reassign" not in browser.get(members(acme)).text
    assert browser.get(members(acme, f"/{alice.id}/release")).status == 403

    browser = Browser(service)
    browser.sign_in(acme, Role.BILLING)
    assert browser.get(members(acme)).status == 403


def test_another_organizations_person_is_not_there(acme, owner):
    theirs = a_user(an_organization(5))

    for step in ("release", "reassign"):
        assert owner.get(members(acme, f"/{theirs.id}/{step}")).status == 404


def test_where_no_person_has_a_seat_the_page_says_how_they_come(acme, owner):
    assert "No person holds a seat yet." in owner.get(members(acme)).text
