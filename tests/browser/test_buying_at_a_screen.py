"""What people do at a screen when they buy: press twice, go back, reload, open a second tab."""

import pytest

from app.access.principal import Role
from app.models import Purchase, Quote
from tests.owners.builders import an_owner
from tests.support.builders import an_organization
from tests.support.persons import PHONE

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

DONE = "Done: 105 seats, usable now."


@pytest.fixture
def hundred(server):  # noqa: ARG001  # which opens the database
    """Return an organization with a hundred seats."""
    return an_organization(100)


def purchases(customer):
    return Purchase.select().where(Purchase.belongs_to(customer.id)).count()


def reviewing(owner, customer, quantity="5"):
    """Let an owner come to the review of an increase."""
    owner.go(f"/console/{customer.id}/seats/add")
    owner.fill("Seats to add", quantity)
    owner.press("Review the increase")
    assert owner.heading == "Review your increase"
    return owner


def test_the_total_follows_what_is_typed(hundred, signed_in):
    owner = signed_in(hundred)
    owner.go(f"/console/{hundred.id}/seats/add")

    for typed, shown in (("5", "105"), ("", "…"), ("-5", "…"), ("1.5", "…"), ("1200", "1,300")):
        owner.fill("Seats to add", typed)
        owner.must_read(f"100 today → {shown}")


def test_a_double_click_on_upgrade_buys_once(hundred, signed_in):
    owner = reviewing(signed_in(hundred), hundred)

    with owner.page.expect_navigation():
        owner.button("Upgrade").dblclick()

    assert owner.heading == DONE
    assert purchases(hundred) == 1


def test_a_double_click_buys_once_without_scripts(hundred, signed_in):
    owner = reviewing(signed_in(hundred, scripts=False), hundred)

    with owner.page.expect_navigation():
        owner.button("Upgrade").dblclick()

    owner.page.wait_for_url("**/purchases/*")
    assert owner.heading == DONE
    assert purchases(hundred) == 1


def test_going_back_and_reloading_buys_nothing_more(hundred, signed_in):
    owner = reviewing(signed_in(hundred), hundred)
    owner.press("Upgrade")
    owner.page.reload()
    assert owner.heading == DONE

    owner.page.go_back()
    assert owner.heading == DONE
    owner.page.reload()

    assert owner.heading == DONE
    assert purchases(hundred) == 1


def test_the_second_of_two_tabs_reads_that_seats_were_bought(hundred, signed_in):
    owner = reviewing(signed_in(hundred), hundred)
    first = owner.page
    owner.page = owner.context.new_page()
    reviewing(owner, hundred)
    owner.press("Upgrade")
    assert owner.heading == DONE

    owner.page = first
    owner.press("Upgrade")

    assert owner.heading == "Seats were added in the meantime"
    owner.must_read("You bought nothing. Do you want more?")
    assert purchases(hundred) == 1


def test_the_same_review_in_two_tabs_buys_once(hundred, signed_in):
    owner = reviewing(signed_in(hundred), hundred)
    first = owner.page
    owner.page = owner.context.new_page()
    owner.go(first.url)
    owner.press("Upgrade")
    owner.page = first
    owner.press("Upgrade")

    assert owner.heading == DONE
    assert purchases(hundred) == 1


def test_the_second_of_two_owners_reads_who_bought(hundred, signed_in):
    marie = signed_in(hundred, an_owner(hundred, name="Marie Curie"))
    pierre = signed_in(hundred, an_owner(hundred, name="Pierre Curie"))
    reviewing(marie, hundred)
    reviewing(pierre, hundred)

    marie.press("Upgrade")
    pierre.press("Upgrade")

    pierre.must_read("Marie Curie bought 5 seats", "You bought nothing. Do you want more?")
    assert purchases(hundred) == 1


def test_seats_are_bought_on_a_phone_in_french(hundred, signed_in):
    owner = signed_in(hundred, language="fr", scheme="dark", size=PHONE)
    owner.go(f"/console/{hundred.id}/seats")

    owner.follow("Modifier")
    owner.fill("Sièges à ajouter", "5")
    owner.press("Vérifier")
    assert owner.overflow == 0
    owner.press("Mettre à niveau")

    owner.must_read("C'est fait : 105 sièges, utilisables dès maintenant.")
    assert owner.overflow == 0
    assert purchases(hundred) == 1


def test_seats_are_bought_without_scripts(hundred, signed_in):
    owner = reviewing(signed_in(hundred, scripts=False), hundred)
    owner.press("Upgrade")

    assert owner.heading == DONE
    owner.follow("Open the invoice")
    owner.must_read("Invoice")


def test_seats_are_bought_with_the_keyboard_alone(hundred, signed_in):
    owner = signed_in(hundred)
    owner.go(f"/console/{hundred.id}/seats")

    owner.type("Tab")
    assert owner.at_hand == "Skip to the content"
    owner.tab_to("Edit: add seats")
    owner.enter()
    owner.tab_to("Seats to add")
    owner.type("5")
    owner.enter()
    owner.tab_to("Upgrade")
    owner.enter()

    assert owner.heading == DONE


def test_a_number_that_may_be_a_total_is_asked_back(hundred, signed_in):
    owner = signed_in(hundred)
    owner.go(f"/console/{hundred.id}/seats/add")
    owner.fill("Seats to add", "105")
    owner.press("Review the increase")
    assert owner.heading == "How many seats do you want?"
    owner.press("Continue")
    owner.must_read("Choose what you mean.")

    owner.page.get_by_label("105 in all: add 5").check()
    owner.press("Continue")

    owner.must_read("100 today → 105")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0", "1 or more"),
        ("-5", "Seats cannot be taken out before the term ends"),
        ("1.5", "A seat is whole"),
        ("five", "in digits"),
        ("10001", "At most 1,000 seats"),
    ],
)
def test_a_wrong_number_leads_to_its_field(hundred, signed_in, typed, words):
    owner = signed_in(hundred)
    owner.go(f"/console/{hundred.id}/seats/add")
    owner.fill("Seats to add", typed)
    owner.press("Review the increase")

    owner.must_read("There is a problem", words)
    assert owner.page.title().startswith("Error:")
    assert "There is a problem" in owner.at_hand
    owner.page.locator("main [role=alert] a").click()
    assert owner.page.locator(":focus").input_value() == typed
    assert owner.barriers() == []
    assert Quote.select().where(Quote.belongs_to(hundred.id)).count() == 0


def test_a_session_that_ends_in_the_middle_buys_nothing_and_leads_back(hundred, signed_in):
    owner = reviewing(signed_in(hundred), hundred)
    review = owner.path
    owner.context.clear_cookies(name="seatgate_session")
    owner.press("Upgrade")

    assert owner.heading == "Sign in"
    assert purchases(hundred) == 0
    owner.fill("Owner token", hundred.secret(Role.PRIMARY_OWNER))
    owner.press("Sign in with this token")

    assert (owner.path, owner.heading) == (review, "Review your increase")
    owner.press("Upgrade")
    assert owner.heading == DONE


def test_a_page_of_another_organization_is_not_there(hundred, signed_in):
    other = an_organization(5)
    owner = signed_in(hundred)
    elsewhere = reviewing(signed_in(other), other, "1").path

    for path in (f"/console/{other.id}/seats", elsewhere, elsewhere.replace(other.id, hundred.id)):
        assert owner.go(path).status == 404
        assert owner.heading == "There is nothing at this address"
        assert owner.barriers() == []


def test_a_form_that_lost_its_token_changes_nothing_and_says_so(hundred, signed_in):
    owner = reviewing(signed_in(hundred), hundred)
    owner.context.clear_cookies(name="seatgate_browser")
    owner.press("Upgrade")

    assert owner.heading == "This form is out of date"
    owner.must_read("Nothing was changed.")
    assert owner.barriers() == []
    assert purchases(hundred) == 0


def test_an_address_is_copied_for_the_owner(hundred, person):
    administrator = person()
    administrator.context.grant_permissions(["clipboard-read", "clipboard-write"])
    administrator.go(f"/console/{hundred.id}/seats")

    administrator.button("Copy this text").click()
    administrator.page.get_by_text("Copied.").wait_for()

    copied = administrator.page.evaluate("navigator.clipboard.readText()")
    assert f"/console/{hundred.id}/seats" in copied
