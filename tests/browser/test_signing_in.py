"""Signing in at a real browser: at the organization's own identity provider, and by a link."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.models import OpenidLogin, OwnerSession
from app.owners.links import make_link
from app.owners.openid_providers import ProviderSettings, set_provider
from app.sealing import Sealer
from app.web.console.openid import CALLBACK
from tests.owners.builders import an_owner
from tests.support.builders import an_organization
from tests.support.openid_provider import a_real_provider
from tests.support.servers import Server

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

ZOE = "zoe@example.com"

#: What is read where one comes back with what does not let one in.
SHUT = {
    "en": ("You are not listed as an owner", "Ask a primary owner to add it", "Sign in"),
    "fr": (
        "Vous n'êtes pas dans la liste des propriétaires",
        "Demandez à un propriétaire principal de l'ajouter",
        "Se connecter",
    ),
}


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """Return the file of the key with which the service seals secrets."""
    file = tmp_path_factory.mktemp("keys") / "key"
    file.write_text("0123456789abcdef" * 4)
    return str(file)


@pytest.fixture(scope="module")
def server_process(fresh_database, tmp_path_factory, key):
    """Run a server at the provider's time, which is today's."""
    with fresh_database() as url:
        log, settings = tmp_path_factory.mktemp("server"), {"SEATGATE_SECRET_KEY_FILE": key}
        now = datetime.now(UTC)
        server = Server(url, log / "stderr.txt", starts_at=now, settings=settings).start()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def provider():
    with a_real_provider() as provider:
        yield provider


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def acme(server, provider, key, now):
    """Return an organization whose owners sign in at the provider."""
    customer = an_organization(5, at=now, starts_on=now.date())
    client = provider.register(server.url + CALLBACK)
    settings = ProviderSettings(
        issuer=provider.url,
        client_id=client.id,
        client_secret=client.secret,
        allowed_hosts=(urlsplit(provider.url).netloc,),
    )
    set_provider(acting(customer.operator, at=now), settings, sealer=Sealer.from_file(key))
    return customer


@pytest.fixture
def zoe(acme, now):
    return an_owner(acme, Role.OWNER, address=ZOE, name="Zoe Leroy", at=now)


@pytest.fixture
def at_the_provider(acme, person):
    """Return what lets a person follow a refusal's link to the provider's own page."""

    def arrive(language="en"):
        arrived = person(language=language)
        arrived.context.route("https://cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
        arrived.go(f"/console/{acme.id}/seats")
        arrived.follow({"en": "Sign in", "fr": "Se connecter"}[language])
        arrived.follow({"en": "Continue", "fr": "Continuer"}[language])
        assert arrived.heading == "Authorize Client"
        return arrived

    return arrive


def say_who(person, subject):
    person.page.get_by_placeholder("sub").fill(subject)
    person.press("Authorize")


@pytest.mark.usefixtures("zoe")
def test_an_owner_signs_in_at_the_provider_and_is_where_the_refusals_link_leads(
    acme, provider, at_the_provider
):
    provider.know("zoe", ZOE)
    owner = at_the_provider()

    say_who(owner, "zoe")

    assert (owner.path, owner.heading) == (f"/console/{acme.id}/seats", "Seats")
    owner.must_read("Zoe Leroy", "0 in use · 0 kept · 5 free, of 5")


@pytest.mark.usefixtures("zoe")
@pytest.mark.parametrize("language", SHUT)
def test_a_person_who_is_no_owner_reads_so(acme, provider, at_the_provider, language):
    provider.know("yanis", "yanis@example.com")
    stranger = at_the_provider(language)

    say_who(stranger, "yanis")

    heading, *sentences = SHUT[language]
    assert stranger.heading == heading
    stranger.must_read("yanis@example.com", *sentences)
    assert stranger.barriers() == []
    for model in (OwnerSession, OpenidLogin):
        assert model.select().where(model.belongs_to(acme.id)).count() == 0


@pytest.mark.usefixtures("zoe")
def test_a_person_who_is_denied_at_the_provider_can_try_again(at_the_provider):
    denied = at_the_provider()

    denied.press("Deny")

    assert denied.heading == "Your organization's sign-in did not let you in"
    assert denied.barriers() == []
    denied.follow("Sign in")
    denied.follow("Continue")
    assert denied.heading == "Authorize Client"


def test_a_link_that_is_opened_three_times_still_signs_in_once(acme, zoe, person, now):
    path = make_link(acting(acme.operator, at=now), zoe.id).path
    scanner, owner = person(), person()

    assert [scanner.go(path).status for _ in range(3)] == [200, 200, 200]
    owner.go(path)
    owner.press("Sign in")

    assert owner.path == f"/console/{acme.id}"
    assert scanner.go(path).status == 410
