"""Signing in by a link, by its code, and the answers that give nothing away."""

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.models import OwnerSession
from app.owners.links import make_link
from app.owners.membership import NewOwner, add_owner
from tests.support.browser import Browser
from tests.support.builders import NOW
from tests.support.in_process import InProcess

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def marie(acme):
    """Return a primary owner who is a person."""
    wanted = NewOwner(address="marie@acme.example", name="Marie Curie", role=Role.PRIMARY_OWNER)
    return add_owner(acting(acme.operator, at=NOW), wanted)


@pytest.fixture
def link(acme, marie):
    """Return a link that lets her in."""
    return make_link(acting(acme.operator, at=NOW), marie.id)


@pytest.fixture
def posted(service):
    """Return the browser of one who is not signed in, where mail is on."""
    settings = {"smtp_url": "smtp://localhost:1025", "mail_from": "Seatgate <s@example.com>"}
    return Browser(InProcess(service.database_url, settings, service.clock))


def sessions_of(customer):
    return OwnerSession.select().where(OwnerSession.organization_id == customer.id).count()


def test_a_link_is_looked_at_as_often_as_one_likes_and_works_once(service, acme, visitor, link):
    address = f"/console/sign-in/{link.secret}"
    for _ in range(3):
        page = visitor.get(address)
        assert page.heading.startswith("Sign in to Acme")
        assert page.heading.endswith("as Marie Curie")
    assert sessions_of(acme) == 0

    home = visitor.send(page, "Sign in")

    assert home.heading == "Home"
    assert "Marie Curie" in home.text
    assert visitor.send(page, "Sign in").heading == "Home"
    thief = Browser(service)
    used = thief.get(address)
    assert (used.status, used.heading) == (410, "This link has ended")
    form = thief.get("/console/sign-in").form("Sign in with this token")
    assert thief.post(address, form.fields).status == 410
    assert sessions_of(acme) == 1


def test_a_link_without_its_form_lets_no_person_in(acme, visitor, link):
    assert visitor.post(f"/console/sign-in/{link.secret}", {}).status == 403
    assert sessions_of(acme) == 0


def test_an_owner_reads_the_console_in_the_language_that_they_chose(service, acme):
    wanted = NewOwner(address="luc@acme.example", name="Luc", role=Role.OWNER, language="fr")
    luc = add_owner(acting(acme.operator, at=NOW), wanted)
    link = make_link(acting(acme.operator, at=NOW), luc.id)
    browser = Browser(service, "en")

    home = browser.send(browser.get(f"/console/sign-in/{link.secret}"), "Sign in")

    assert home.heading == "Accueil"


def test_the_answer_to_a_wish_for_a_link_is_the_same_for_every_address(marie, posted):
    answers = []
    for address in (marie.address, "stranger@acme.example"):
        page = posted.send(posted.get("/console/sign-in"), "Send me a link", address=address)
        answers.append((page.status, page.text.replace(address, "…")))

    assert answers[0] == answers[1]
    assert answers[0][0] == 200


@pytest.mark.parametrize("address", ["", "marie", "@"])
def test_what_is_no_address_is_asked_for_again(posted, address):
    page = posted.send(posted.get("/console/sign-in"), "Send me a link", address=address)

    assert page.status == 422
    assert "Enter your e-mail address" in page.text


def test_the_code_of_a_link_signs_in_on_another_device(marie, link, posted):
    page = posted.send(posted.get("/console/sign-in"), "Send me a link", address=marie.address)

    wrong = posted.send(page, "Sign in with the code", code="00000000")
    assert wrong.status == 422
    home = posted.send(page, "Sign in with the code", code=link.code)

    assert home.heading == "Home"


def test_without_mail_the_page_says_so_and_offers_what_there_is(visitor):
    page = visitor.get("/console/sign-in")

    assert "mail is not set up" in page.text
    assert page.form("Sign in with this token")


TRIED = {
    "token": (60, "Sign in with this token", {"token": "x"}),
    "link": (30, "Send me a link", {"address": "stranger@acme.example"}),
}


@pytest.mark.parametrize(("allowed", "button", "fields"), TRIED.values(), ids=TRIED)
def test_too_many_attempts_get_a_page_that_says_to_wait(posted, allowed, button, fields):
    form = posted.get("/console/sign-in").form(button)
    answers = [posted.post(form.action, form.fields | fields) for _ in range(allowed + 1)]

    assert {answer.status for answer in answers[:-1]} <= {200, 422}
    assert answers[-1].status == 429
    assert answers[-1].heading == "Too many attempts"
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("way", ["link", "code"])
def test_a_link_and_its_code_count_as_attempts_of_their_network(marie, link, posted, way):
    page = posted.send(posted.get("/console/sign-in"), "Send me a link", address=marie.address)
    token = posted.get("/console/sign-in").form("Sign in with this token")
    for _ in range(60):
        posted.post(token.action, {**token.fields, "token": "x"})

    if way == "link":
        page = posted.send(posted.get(f"/console/sign-in/{link.secret}"), "Sign in")
    else:
        page = posted.send(page, "Sign in with the code", code=link.code)

    assert (page.status, page.heading) == (429, "Too many attempts")
    assert int(page.headers["Retry-After"]) > 0
    assert OwnerSession.select().count() == 0


def test_five_wrong_codes_end_the_link(acme, marie, link, posted):
    page = posted.send(posted.get("/console/sign-in"), "Send me a link", address=marie.address)
    wrong = f"{(int(link.code) + 1) % 10**8:08}"

    for _ in range(5):
        assert posted.send(page, "Sign in with the code", code=wrong).status == 422
    last = posted.send(page, "Sign in with the code", code=link.code)

    assert last.status == 422
    assert "ask for a new link" in last.text
    assert posted.get(f"/console/sign-in/{link.secret}").status == 410
    assert sessions_of(acme) == 0
