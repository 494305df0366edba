import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.principal import Role
from app.models import AuditEvent, LedgerEntry, Quote, User
from app.people.name_lists import people_in
from tests.support.builders import a_quote, a_user, an_organization, fill
from tests.support.engines import on_sqlite_alone

PEOPLE = ["Alice@Example.com", "bob@example.com", "carol@example.com", "dave@example.com"]


@pytest.fixture
def directory(acme):
    """Two seats of five are free; one of PEOPLE is seated, one is inactive, two are unknown."""
    a_user(acme, "alice@example.com")
    a_user(acme, "bob@example.com", active=False)
    a_user(acme)
    a_user(acme)


def check(buyer, names) -> dict:
    return buyer.post("/preflight", json={"user_names": names}).json()


def upload(buyer, text):
    data = text if isinstance(text, bytes) else text.encode()
    return buyer.post("/preflight", data=data, headers={"Content-Type": "text/csv"})


@pytest.mark.usefixtures("directory")
def test_who_is_seated_inactive_or_unknown_is_told_apart(buyer):
    answer = check(buyer, PEOPLE)

    assert answer["seated"] == ["Alice@Example.com"]
    assert answer["inactive"] == ["bob@example.com"]
    assert answer["unknown"] == ["carol@example.com", "dave@example.com"]


@pytest.mark.usefixtures("directory")
def test_what_is_missing_costs_what_a_quote_says(acme, buyer):
    answer = check(buyer, PEOPLE)

    quote = a_quote(acme, 1)
    assert (answer["available"], answer["missing"]) == (2, 1)
    assert answer["cost_today"] == {
        "quantity": 1,
        "effective_on": "2026-03-01",
        "months_remaining": "10",
        "unit_price_minor": 60_000,
        "currency": "EUR",
        "net_minor": quote.net_minor,
        "tax_minor": quote.tax_minor,
        "total_minor": quote.total_minor,
    }


@pytest.mark.usefixtures("directory")
def test_people_for_whom_there_are_seats_cost_nothing(buyer):
    answer = check(buyer, PEOPLE[:3])

    assert (answer["missing"], answer["cost_today"]) == (0, None)


def test_one_person_in_two_spellings_is_one(buyer):
    answer = check(buyer, ["STRASSE@example.com", "straße@example.com"])

    assert answer["unknown"] == ["STRASSE@example.com"]


def test_somebody_for_whom_a_seat_is_held_misses_none(acme, buyer, hook):
    hook.decide("bob@example.com", mode="check", hold=True)
    fill(acme)

    answer = check(buyer, ["bob@example.com", "carol@example.com"])

    assert (answer["available"], answer["held"], answer["missing"]) == (0, 1, 1)


@pytest.mark.usefixtures("directory")
def test_nothing_is_changed(buyer):
    kinds = (User, LedgerEntry, Quote, AuditEvent)
    buyer.get("/seats")
    before = [kind.select().count() for kind in kinds]

    check(buyer, PEOPLE)

    assert [kind.select().count() for kind in kinds] == before


def test_without_a_contract_there_is_no_price(service):
    customer = an_organization(None)

    answer = check(service.owner(customer), ["bob@example.com"])

    assert (answer["missing"], answer["cost_today"]) == (1, None)


def test_the_people_of_another_organization_are_unknown(buyer):
    a_user(an_organization(5), "alice@example.com")

    assert check(buyer, ["alice@example.com"])["unknown"] == ["alice@example.com"]


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    "text",
    [
        "user_name\r\nAlice@Example.com\r\nbob@example.com\r\n",
        '"userName",department\n"Alice@Example.com","R, D"\nbob@example.com,"a\nb"\n',
        "\N{ZERO WIDTH NO-BREAK SPACE}Alice@Example.com\n\nbob@example.com",
    ],
    ids=["with a header", "with further columns", "without a header"],
)
def test_a_csv_is_read_by_its_first_column(buyer, text):
    answer = upload(buyer, text).json()

    assert (answer["seated"], answer["inactive"]) == (["Alice@Example.com"], ["bob@example.com"])


HEADINGS = [
    *("userName", "user_name", "USER NAME", " userPrincipalName ", "User principal name", "upn"),
    *("login", "Login", "email", "E-Mail", "e-mail address", "mail", "Email Address [Required]"),
    *("Identifiant", "Nom d’utilisateur", "Adresse e-mail"),
    *("Adresse électronique", "Courriel"),
]


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_the_column_is_found_by_its_name_wherever_it_stands(buyer, delimiter, position):
    for heading in HEADINGS:
        columns = [["displayName", "Ann", "Bob"], ["department", '"R, D; \t"', "Sales"]]
        columns.insert(position, [heading, " Alice@Example.com ", '"bob@example.com"'])
        text = "\r\n".join(delimiter.join(row) for row in zip(*columns, strict=True))

        answer = upload(buyer, "﻿" + text).json()

        assert answer["seated"] == ["Alice@Example.com"], heading
        assert (answer["inactive"], answer["unknown"]) == (["bob@example.com"], []), heading


@pytest.mark.parametrize("heading", [*HEADINGS, "email,userName", "userName;mail", "Nom;login"])
def test_nobody_is_priced_for_a_heading(buyer, heading):
    answer = upload(buyer, f"{heading}\n").json()

    assert (answer["unknown"], answer["missing"], answer["cost_today"]) == ([], 0, None)


def test_a_user_name_goes_before_an_address(buyer):
    answer = upload(buyer, "email,displayName,userName\nann@example.com,Ann,asmith\n").json()

    assert answer["unknown"] == ["asmith"]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Smith;ann@example.com;Sales\n", "ann@example.com"),
        ("Smith, Ann;ann@example.com\n", "ann@example.com"),
        ("asmith\n", "asmith"),
        ("  asmith  \n", "asmith"),
        ("asmith\n\n,,\nASMITH\n", "asmith"),
        ("ann@example.com\tSmith\n", "ann@example.com"),
    ],
)
def test_without_headings_people_are_found_where_that_is_certain(buyer, text, person):
    assert upload(buyer, text).json()["unknown"] == [person]


def test_what_spreadsheets_call_unicode_text_is_read(buyer):
    answer = upload(buyer, "Nom\tCourriel\r\nZoé\tzoé@example.com\r\n".encode("utf-16"))

    assert answer.json()["unknown"] == ["zoé@example.com"]


@on_sqlite_alone
@pytest.mark.parametrize(
    "first",
    [
        *("displayName", "Name,Department", "Employees as of March", "Prénom;Nom", "Utilisateur"),
        *("Employees", "asmith,Sales", "Smith, Ann", "sep=;", "42;ann", "name\tphone"),
    ],
)
def test_a_first_line_that_is_neither_a_heading_nor_a_person_is_refused(buyer, first):
    refused = upload(buyer, f"\n{first}\nann@example.com;x\n")

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith("Line 2 is neither a heading nor a person.")


def test_a_heading_that_comes_twice_is_refused(buyer):
    refused = upload(buyer, "email,name,E-mail\na@example.com,A,b@example.com\n")

    assert refused.json()["detail"].startswith("Line 1 gives a heading twice.")


def test_every_line_that_names_nobody_is_named(buyer):
    refused = upload(buyer, "userName,name\nann,Ann\n,Bob\ncat,Cat\ne\u200bve,Eve\n" + "d" * 501)

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["line 3", "line 5", "line 6"]


@pytest.mark.parametrize("name", ["userName", "user_name", "userPrincipalName", "E-mail"])
def test_a_list_that_begins_with_a_heading_is_refused(buyer, name):
    refused = buyer.post("/preflight", json={"user_names": [name, "ann@example.com"]})

    assert (refused.status_code, refused.json()["field"]) == (422, "user_names")


def test_spaces_around_a_name_make_nobody_unknown(acme, buyer):
    a_user(acme, "alice@example.com")

    assert check(buyer, [" alice@example.com "])["seated"] == ["alice@example.com"]


@given(
    st.permutations(["userName", "displayName", "department", "title"]),
    st.sampled_from([",", ";", "\t"]),
    st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9), min_size=1),
    st.text(st.sampled_from(' ;,\t\n"x'), max_size=6),
)
def test_whatever_stands_beside_them_the_people_are_read(columns, delimiter, people, noise):
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns, restval=noise, delimiter=delimiter)
    writer.writeheader()
    writer.writerows({"userName": person} for person in people)

    assert people_in(file.getvalue().encode()) == people


@on_sqlite_alone
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('user_name\nalice\n"bob\n', 3),
        ('user_name\nal"ice\n', 2),
        ("user_name\nalice\n,Sales\n", 3),
        ("alice\n" + "b" * 501, 2),
        ("alice\nb\0b\n", 2),
        ("alice\nbob\ncarol\xe9\n".encode("latin-1"), 3),
    ],
)
def test_a_broken_line_is_named_by_its_number(buyer, text, line):
    refused = upload(buyer, text)

    assert refused.status_code == 422
    assert refused.json()["detail"].startswith(f"Line {line} ")


@on_sqlite_alone
@pytest.mark.parametrize(
    "body", [{}, {"user_names": "alice"}, {"user_names": [""]}, {"user_names": [5]}, [], {"x": 1}]
)
def test_a_body_without_people_is_refused(buyer, body):
    assert buyer.post("/preflight", json=body).status_code == 422


def test_too_many_people_are_refused(buyer):
    names = [f"person-{number}" for number in range(10_001)]

    refused = buyer.post("/preflight", json={"user_names": names})

    assert (refused.status_code, refused.json()["field"]) == (422, "user_names")


def test_another_kind_of_file_is_refused(buyer):
    refused = buyer.post("/preflight", data=b"x", headers={"Content-Type": "text/plain"})

    assert refused.status_code == 415


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 200), (Role.BILLING, 403)])
def test_preflight_is_for_those_who_may_ask_for_a_quote(service, acme, role, status):
    answer = service.owner(acme, role).post("/preflight", json={"user_names": []})

    assert answer.status_code == status
