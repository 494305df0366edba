"""The whole story at the screen, over real provisioning: from a full pool to a person let in."""

import re
from io import BytesIO
from urllib.parse import urlsplit

import pypdf
import pytest
import requests

from app.access.context import acting
from app.access.principal import Role
from app.i18n.catalogues import translations
from app.organizations.settings import OrganizationChanges, set_organization
from tests.owners.builders import an_owner
from tests.support.builders import NOW, an_organization, fill

PEOPLE = [f"{name}@example.com" for name in ("lea", "yanis", "ines", "noe", "zoe")]

#: What a person reads on the way, where the source of the product says it in these words.
READ = {
    "en": {
        "landing": "This is neither an outage nor a wrong token.",
        "review": ("100 today → 105", "10 months of 12 (1 March to 31 December 2026)"),
        "upgrade": "Upgrade: €3,000.00 incl. VAT",
        "done": "Done: 105 seats, usable now.",
        "invoice": ("Invoice", "3,000.00 EUR"),
    },
    "fr": {
        "landing": "Ce n'est ni une panne ni un jeton",
        "review": ("100 aujourd'hui → 105", "10 mois sur 12 (du 1er mars au 31 décembre 2026)"),
        "upgrade": "Mettre à niveau : 3 000,00 € TTC",
        "done": "C'est fait : 105 sièges, utilisables dès maintenant.",
        "invoice": ("Facture", "3 000,00 EUR"),
    },
}

#: What one may have to press and fill in from signing in to the invoice.
STEPS_MAX = 5


@pytest.fixture
def full(server):  # noqa: ARG001  # which opens the database
    """Return the customer of the worked example, all of whose 100 seats are in use."""
    customer = an_organization(100)
    fill(customer)
    return customer


def speak(customer, language):
    """Let the customer have VAT, an address for invoices, and invoices in their language."""
    changes = {"tax_rate": "20", "billing_contacts": ["compta@acme.example"], "language": language}
    set_organization(acting(customer.operator, at=NOW), OrganizationChanges(**changes))


def refused(scim):
    """Let an identity provider ask for five seats in vain; return where the refusal leads."""
    answers = [scim.create_user(name) for name in PEOPLE]

    assert {answer.status_code for answer in answers} == {403}
    return re.search(r"https?://\S+/console/\S+?/seats", answers[0].json()["detail"])[0]


def printed_link(server, customer, owner):
    """Return the link that the operator's command prints for an owner."""
    organization = ("--organization", customer.id, "--base-url", server.url)
    return server.operator("owner", "invite", owner, *organization)["link"]


@pytest.mark.parametrize(
    ("engine", "language"),
    [("sqlite", "en"), ("sqlite", "fr"), ("postgresql", "fr")],
    indirect=["engine"],
    scope="session",
)
def test_five_seats_are_bought_and_five_people_let_in(server, full, person, language):
    say, read = translations(language).gettext, READ[language]
    speak(full, language)
    scim = server.scim(full, "okta")
    link = refused(scim)

    administrator = person(language=language)
    administrator.go(link)
    administrator.must_read(read["landing"], link)
    assert not re.search(r"\b10[05]\b|lea@", administrator.text.replace(link, ""))

    owner = person(language=language)
    printed = printed_link(server, full, an_owner(full, name="Marie Curie").address)
    assert [requests.get(printed, timeout=30).status_code for _ in range(3)] == [200, 200, 200]
    owner.go(printed)
    assert "Marie Curie" in owner.heading
    owner.press(say("Sign in"))
    owner.done.clear()

    pdf = buy_where_people_were_refused(owner, say, read)
    owner.follow(say("Open the invoice"))
    owner.must_read(*read["invoice"])
    assert read["invoice"][1] in words_of(owner.context.request.get(pdf))
    assert len(owner.done) <= STEPS_MAX, owner.done

    assert [scim.create_user(name).status_code for name in PEOPLE] == [201] * 5
    assert full.counts == (105, 105)
    owner.go(f"/console/{full.id}/seats")
    owner.must_read(say("No person was refused a seat."))
    assert person(language=language).go(urlsplit(printed).path).status == 410


def buy_where_people_were_refused(owner, say, read):
    """See from Home who was refused, and buy; return where the invoice is as a file."""
    owner.follow(say("See the seats"))
    owner.must_read(*PEOPLE)
    owner.follow(say("Edit: add seats"))
    owner.press(say("Review the increase"))
    owner.must_read(*read["review"])
    owner.press(read["upgrade"])
    owner.must_read(read["done"], "Retry Selected", *PEOPLE)
    return owner.page.locator("main").get_by_role("link", name="PDF").get_attribute("href")


def words_of(pdf):
    """Return the text of a PDF, with each space of any kind as one space."""
    assert pdf.headers["content-type"] == "application/pdf"
    pages = pypdf.PdfReader(BytesIO(pdf.body())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_administrator_asks_for_seats_and_the_owner_buys_them(server, full, signed_in, language):
    say, read = translations(language).gettext, READ[language]
    speak(full, language)
    link = refused(server.scim(full, "entra"))

    administrator = signed_in(full, an_owner(full, Role.IT, name="Ivo Andric"), language=language)
    administrator.go(link)
    administrator.follow(say("Ask for seats"))
    administrator.fill(say("Reason (optional)"), "Five start in Lyon")
    administrator.press(say("Send the request"))
    assert "€" not in administrator.text

    owner = signed_in(full, language=language)
    owner.go(f"/console/{full.id}")
    owner.must_read("Ivo Andric", "Five start in Lyon")
    owner.follow(say("Look at the request"))
    owner.press(say("Review the increase"))
    owner.press(read["upgrade"])
    owner.must_read(read["done"])

    administrator.page.reload()
    assert full.counts[0] == 105
