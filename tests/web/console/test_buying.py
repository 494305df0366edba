"""Buying seats by hand: from the pencil to the invoice, and all that can go wrong on the way."""

from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.models import Invoice, Purchase, Quote
from app.organizations.settings import OrganizationChanges, set_organization
from app.organizations.suspending import suspend_organization
from app.owners.membership import NewOwner, add_owner
from app.owners.roster import principal_of
from app.owners.sessions import begin_session
from tests.support.browser import Browser
from tests.support.builders import NOW, a_quote, an_organization, buy, fill

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def hundred(service):  # noqa: ARG001  # which opens the database
    """Return the customer of the worked example, with 20 % VAT."""
    customer = an_organization(100)
    changes = OrganizationChanges(tax_rate="20", billing_contacts=["compta@acme.example"])
    set_organization(acting(customer.operator, at=NOW), changes)
    return customer


@pytest.fixture
def buyer_there(service, hundred):
    """Return the browser of a primary owner of the worked example."""
    browser = Browser(service)
    browser.sign_in(hundred)
    return browser


def bought(customer):
    return list(Purchase.select().where(Purchase.organization_id == customer.id))


def quotes(customer):
    return list(Quote.of(customer.id))


def adding(browser, customer, quantity="5"):
    page = browser.get(f"/console/{customer.id}/seats/add")
    return browser.send(page, "Review the increase", quantity=quantity)


def test_five_seats_are_bought_from_the_pencil_to_the_invoice(hundred, buyer_there):
    page = buyer_there.get(f"/console/{hundred.id}/seats")
    assert "0 in use · 0 kept · 100 free, of 100" in page.text

    page = buyer_there.follow(page, "Edit: add seats")
    assert "100 today → …" in page.text
    page = buyer_there.send(page, "Review the increase", quantity="5")

    assert page.heading == "Review your increase"
    for words in (
        "Seats cannot be taken out before the term ends (31 December 2026); you can reassign them.",
        "100 today → 105",
        "5 seats × €600.00 a year, for 10 months of 12 (1 March to 31 December 2026)",
        "€2,500.00",
        "VAT, 20%",
        "€3,000.00",
        "Invoiced at once, due on 31 March 2026",
        "The invoice goes to compta@acme.example.",
    ):
        assert words in page.text
    page = buyer_there.send(page, "Upgrade: €3,000.00 incl. VAT", action="upgrade")

    assert page.heading == "Done: 105 seats, usable now."
    assert hundred.counts[0] == 105
    invoice = buyer_there.follow(page, "Open the invoice")
    assert invoice.status == 200
    assert "3,000.00" in invoice.text
    assert buyer_there.follow(page, "PDF").headers["Content-Type"] == "application/pdf"


def test_it_is_bought_in_french_with_the_words_of_the_source(service, hundred):
    browser = Browser(service, "fr")
    browser.sign_in(hundred)
    page = browser.follow(browser.get(f"/console/{hundred.id}/seats"), "Modifier : ajouter")
    page = browser.send(page, "Vérifier", quantity="5")

    assert "Vérifiez votre augmentation" in page.heading
    assert (
        "5 sièges × 600,00 € par an, pour 10 mois sur 12 (du 1er mars au 31 décembre 2026)"
        in page.text
    )
    page = browser.send(page, "Mettre à niveau : 3 000,00 € TTC", action="upgrade")

    assert page.heading == "C'est fait : 105 sièges, utilisables dès maintenant."


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "Enter how many seats to add, such as 5."),
        ("0", "1 or more"),
        ("-5", "Seats cannot be taken out before the term ends"),
        ("\N{MINUS SIGN}5", "Seats cannot be taken out before the term ends"),
        ("1.5", "A seat is whole"),
        ("1,5", "A seat is whole"),
        ("five", "in digits"),
        ("\u0665", "in digits"),
        ("10001", "At most 1,000 seats"),
        ("10,001", "At most 1,000 seats"),
        ("9" * 5000, "At most 1,000 seats"),
    ],
)
def test_a_wrong_number_gets_a_page_that_says_what_to_enter(hundred, buyer_there, given, words):
    page = adding(buyer_there, hundred, given)

    assert page.status == 422
    assert "There is a problem" in page.text
    assert words in page.text
    assert "#quantity" in page.links.values()
    field = next(tag for tag in page.of("input") if tag.get("name") == "quantity")
    assert field["aria-invalid"] == "true"
    assert "quantity-problem" in field["aria-describedby"]
    assert quotes(hundred) == []


def test_spaces_in_a_number_are_read_past(hundred, buyer_there):
    assert "100 today → 105" in adding(buyer_there, hundred, " 5 ").text


@pytest.mark.parametrize(("meaning", "after"), [("in_all", "105"), ("more", "205")])
def test_a_number_that_may_be_the_total_is_asked_back(hundred, buyer_there, meaning, after):
    page = adding(buyer_there, hundred, "105")

    assert (
        "You have 100 seats. Do you want 105 in all (5 more), or 105 more (205 in all)?"
        in page.text
    )
    assert buyer_there.send(page, "Continue").status == 422
    assert quotes(hundred) == []
    page = buyer_there.send(page, "Continue", meaning=meaning)

    assert f"100 today → {after}" in page.text


def test_a_large_increase_is_typed_once_more(hundred, buyer_there):
    page = adding(buyer_there, hundred, "26")

    for typed in ("", "25"):
        refused = buyer_there.send(page, "Upgrade", action="upgrade", typed=typed)
        assert refused.status == 422
        assert "Type the number of seats to add once more: 26." in refused.text
    assert bought(hundred) == []

    page = buyer_there.send(page, "Upgrade", action="upgrade", typed="26")
    assert page.heading == "Done: 126 seats, usable now."


def test_the_button_buys_once_however_often_it_is_pressed(hundred, buyer_there):
    page = adding(buyer_there, hundred)

    answers = [buyer_there.send(page, "Upgrade", action="upgrade") for _ in range(3)]

    assert {answer.heading for answer in answers} == {"Done: 105 seats, usable now."}
    assert len(bought(hundred)) == 1
    assert buyer_there.get(page.address).heading == "Done: 105 seats, usable now."


def test_two_owners_at_once_buy_once_and_the_second_reads_who_did(service, hundred, buyer_there):
    page = adding(buyer_there, hundred)
    wanted = NewOwner(address="marie@acme.example", name="Marie Curie", role=Role.PRIMARY_OWNER)
    marie = add_owner(acting(hundred.operator, at=NOW), wanted)
    other = Browser(service)
    _signed_in(other, marie)
    other.send(adding(other, hundred), "Upgrade", action="upgrade")
    service.clock.advance(minutes=2)

    page = buyer_there.send(page, "Upgrade", action="upgrade")

    assert (
        "Marie Curie bought 5 seats 2 minutes ago. You bought nothing. Do you want more?"
        in page.text
    )
    assert len(bought(hundred)) == 1
    page = buyer_there.send(page, "Ask for the price of 5 more seats")
    assert "105 today → 110" in page.text


def _signed_in(browser, person):
    begun = begin_session(acting(principal_of(person), at=NOW))
    browser.client.set_cookie(
        "__Host-seatgate_session",
        begun.secret,
        domain="seats.example.com",
        secure=True,
        path="/",
    )


def test_an_expired_price_is_said_to_be_and_asked_for_anew(service, hundred, buyer_there):
    page = adding(buyer_there, hundred)
    service.clock.at = NOW + timedelta(hours=15)
    buyer_there.sign_in(hundred)

    page = buyer_there.get(page.address)

    assert page.heading == "This price has expired"
    page = buyer_there.send(page, "Ask for the price of 5 more seats")
    assert "2 March to 31 December 2026" in page.text
    assert bought(hundred) == []


def test_a_price_that_expires_under_the_button_buys_nothing(service, hundred, buyer_there):
    address = adding(buyer_there, hundred).address
    service.clock.at = NOW + timedelta(hours=14, minutes=50)
    buyer_there.sign_in(hundred)
    page = buyer_there.get(address)
    service.clock.advance(minutes=20)

    page = buyer_there.send(page, "Upgrade", action="upgrade")

    assert page.heading == "This price has expired"
    assert bought(hundred) == []
    page = buyer_there.send(page, "Ask for the price of 5 more seats")
    assert page.heading == "Review your increase"


def test_a_changed_tax_makes_a_price_void(hundred, buyer_there):
    page = adding(buyer_there, hundred)
    set_organization(acting(hundred.operator, at=NOW), OrganizationChanges(tax_rate="19"))

    page = buyer_there.send(page, "Upgrade", action="upgrade")

    assert page.heading == "This price no longer applies"
    assert bought(hundred) == []


def test_a_session_that_ends_before_the_button_buys_nothing_and_leads_back(
    service, hundred, buyer_there
):
    page = adding(buyer_there, hundred)
    service.clock.advance(minutes=31)

    signing_in = buyer_there.send(page, "Upgrade", action="upgrade")

    assert (
        "Your session ended. Nothing was bought; sign in again, your request is waiting."
        in signing_in.text
    )
    assert bought(hundred) == []
    form = signing_in.form("Sign in with this token")
    secret = hundred.secret(Role.PRIMARY_OWNER)
    back = buyer_there.post(form.action, {**form.fields, "token": secret})
    assert back.heading == "Review your increase"


def test_a_number_that_was_entered_survives_the_end_of_a_session(service, hundred, buyer_there):
    page = buyer_there.get(f"/console/{hundred.id}/seats/add")
    service.clock.advance(minutes=31)
    page = buyer_there.send(page, "Review the increase", quantity="7")

    form = page.form("Sign in with this token")
    page = buyer_there.post(
        form.action, {**form.fields, "token": hundred.secret(Role.PRIMARY_OWNER)}
    )

    assert page.form("Review the increase").fields["quantity"] == "7"


def test_references_are_on_the_invoice_and_are_never_lost_by_buying(hundred, buyer_there):
    page = adding(buyer_there, hundred)

    page = buyer_there.send(page, "Upgrade", action="upgrade", purchase_order="PO-7")

    assert "Your references are saved. Nothing is bought yet." in page.text
    assert bought(hundred) == []
    page = buyer_there.send(page, "Upgrade", action="upgrade", purchase_order="PO-7")
    assert "Done" in page.heading
    assert Invoice.get_by_id((hundred.id, bought(hundred)[0].invoice_id)).purchase_order == "PO-7"


def test_what_the_invoice_lacks_is_added_in_place(hundred, buyer_there):
    page = adding(buyer_there, hundred)
    assert "Missing on the invoice: the address." in page.text

    wrong = buyer_there.send(page, "Save the billing details", action="save_details", country="X")
    assert wrong.status == 422
    assert "two letters" in wrong.text
    page = buyer_there.send(
        page,
        "Save the billing details",
        action="save_details",
        address_lines="1 rue de la Paix",
        postal_code="75002",
        city="Paris",
        country="fr",
    )

    assert "Missing on the invoice" not in page.text
    assert "1 rue de la Paix 75002 Paris France" in page.text
    assert bought(hundred) == []


@pytest.mark.parametrize(("language", "named"), [("en", "Germany"), ("fr", "Allemagne")])
def test_the_country_of_who_is_billed_is_named_in_the_readers_language(
    service, hundred, language, named
):
    party = {"legal_name": "Acme GmbH", "city": "Berlin", "country": "DE"}
    set_organization(acting(hundred.operator, at=NOW), OrganizationChanges(party=party))
    quote = a_quote(hundred)
    browser = Browser(service, language)
    browser.sign_in(hundred)

    page = browser.get(f"/console/{hundred.id}/quotes/{quote.id}")

    assert f"Berlin {named}" in page.text


def test_the_administrator_of_a_directory_sees_seats_and_no_prices(service, hundred):
    browser = Browser(service)
    browser.sign_in(hundred, Role.IT)

    page = browser.get(f"/console/{hundred.id}/seats")

    assert "100 free, of 100" in page.text
    assert "Edit: add seats" not in page.links
    assert browser.get(f"/console/{hundred.id}/seats/add").status == 403
    quote = Quote.select().where(Quote.organization_id == hundred.id).first()
    assert quote is None


def test_an_owner_who_may_not_buy_sees_the_price_and_no_button(service, hundred):
    browser = Browser(service)
    browser.sign_in(hundred, Role.OWNER)

    page = adding(browser, hundred)

    assert "€3,000.00" in page.text
    assert not any("Upgrade" in text for form in page.forms for text in form.buttons)


def test_a_suspended_organization_reads_why_it_cannot_buy(hundred, buyer_there):
    suspend_organization(acting(hundred.operator, at=NOW))

    assert "Your organization is suspended" in buyer_there.get(f"/console/{hundred.id}").text
    page = buyer_there.get(f"/console/{hundred.id}/seats/add")
    assert page.heading == "Your organization is suspended"


def test_who_was_refused_is_named_after_the_purchase_with_the_step_in_their_directory(
    service, acme, owner
):
    fill(acme)
    for provider, name in (("okta", "lea"), ("entra", "yanis"), (None, "ines")):
        service.scim(acme, provider).create_user(f"{name}@example.com")
    home = owner.get(f"/console/{acme.id}")
    assert "3 people could not get in for want of a seat." in home.text

    page = owner.follow(home, "Add 3 seats")
    assert page.form("Review the increase").fields["quantity"] == "3"
    page = owner.send(page, "Review the increase")
    page = owner.send(page, "Upgrade", action="upgrade", typed="3")

    assert 'In Okta: Dashboard → Tasks, select these people, "Retry Selected".' in page.text
    assert 'Entra tries again by itself (it can take hours); at once: "Provision on' in page.text
    for name in ("lea", "yanis", "ines"):
        assert f"{name}@example.com" in page.text


def test_a_role_that_sees_no_people_reads_how_many_there_are_and_no_name(service, acme):
    fill(acme)
    service.scim(acme).create_user("lea@example.com")
    browser = Browser(service)
    browser.sign_in(acme, Role.BILLING)

    page = browser.get(f"/console/{acme.id}/seats")

    assert "1 person could not get in" in page.text
    assert "lea@example.com" not in page.text


def test_home_is_calm_where_nothing_is_to_do(service, hundred):
    service.clock.at = NOW - timedelta(days=40)

    page = Browser(service).sign_in(hundred)

    assert "Nothing to do. 100 seats free, and use does not grow." in page.text


def test_the_chart_has_a_table_with_the_same_figures(hundred, buyer_there):
    buy(hundred)
    page = buyer_there.get(f"/console/{hundred.id}/seats")

    assert "31 Jan 2026 0 100" in page.text
    assert "1 Mar 2026 0 105" in page.text
    picture = next(tag for tag in page.of("svg") if tag.get("role") == "img")
    assert picture["aria-labelledby"] == "chart-title chart-text"
