"""Before you switch it on: who has a seat, how many are missing, and what they cost."""

from io import BytesIO

import pytest

from app.access.principal import Role
from tests.support.browser import Browser
from tests.support.builders import an_organization, fill
from tests.support.counting import count_queries
from tests.support.waiting_lists import choose_parking

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

NEW = [f"person{number}@example.com" for number in range(12)]


@pytest.fixture
def full(service):  # noqa: ARG001  # which opens the database
    """Return an organization whose one seat is in use."""
    customer = an_organization(1)
    fill(customer)
    return customer


def visiting(service, customer, role=Role.PRIMARY_OWNER, language="en"):
    browser = Browser(service, language)
    browser.sign_in(customer, role)
    return browser


def checked(browser, customer, **fields):
    page = browser.get(f"/console/{customer.id}/preflight")
    form = next(form for form in page.forms if "user_names" in form.fields)
    return browser.post(form.action, {**form.fields, **fields})


def test_pasted_names_show_what_is_missing_and_what_it_costs(service, full):
    owner = visiting(service, full)

    page = checked(owner, full, user_names="\n".join(NEW[:2]))

    assert page.heading == "2 seats are missing"
    assert "Need a seat 2" in page.text
    assert "Total with VAT €1,000.00" in page.text
    assert "Better let them wait" not in page.text
    page = owner.follow(page, "Add 2 seats")
    assert next(each for each in page.of("input") if each.get("id") == "quantity")["value"] == "2"


def test_a_file_is_read_by_its_heading(service, full):
    table = BytesIO(b"Name;userPrincipalName\r\nAlice;alice@example.com\r\n")

    page = checked(visiting(service, full), full, file=(table, "people.csv"))

    assert page.heading == "1 seat is missing"
    assert "alice@example.com" in page.text


def test_addresses_in_one_line_are_all_read(service, full):
    page = checked(visiting(service, full), full, user_names=", ".join(NEW[:3]))

    assert page.heading == "3 seats are missing"


def test_above_ten_missing_it_advises_to_let_people_wait(service, full):
    owner = visiting(service, full)

    assert "Better let them wait" in checked(owner, full, user_names="\n".join(NEW)).text
    choose_parking(full)
    assert "Better let them wait" not in checked(owner, full, user_names="\n".join(NEW)).text


def test_it_sees_no_price(service, full):
    page = checked(visiting(service, full, Role.IT), full, user_names=NEW[0])

    assert page.heading == "1 seat is missing"
    assert "€" not in page.text
    assert not [text for text in page.links if text.startswith("Add")]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"user_names": " "}, "Collez les identifiants"),
        ({"user_names": "Nom,Ville\nAlice,Paris"}, "La ligne 1 n'est ni un titre ni une personne"),
        ({"user_names": 'alice@example.com\n"bob'}, "Cette liste est illisible"),
        ({"user_names": "alice\u200b@example.com\nbob"}, "La ligne 1 contient un caractère"),
        ({"file": (BytesIO(b"userName\r\n\xff"), "a.csv")}, "La ligne 2 est illisible"),
    ],
)
def test_a_list_that_cannot_be_read_comes_back_with_what_was_typed(service, full, fields, sentence):
    page = checked(visiting(service, full, language="fr"), full, **fields)

    assert page.status == 422
    assert sentence in page.text
    assert fields.get("user_names", "").strip()[:5] in page.text


@pytest.mark.parametrize("people", [3, 1000])
def test_a_check_takes_ten_statements_however_many_people_are_named(service, full, people):
    owner = visiting(service, full)
    form = owner.get(f"/console/{full.id}/preflight").form("Check these people")
    names = "\n".join(f"person{number}@example.com" for number in range(people))

    with count_queries() as counter:
        assert owner.post(form.action, {**form.fields, "user_names": names}).status == 200

    assert counter.count <= 10
