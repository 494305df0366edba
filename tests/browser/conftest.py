"""Real browsers before a real server: people who look, press and type."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from app.models import Owner
from tests.owners.builders import a_session, an_owner
from tests.support import chromium as browsers
from tests.support.builders import Customer
from tests.support.persons import Habits, Person, a_person

#: Chromium needs none of what it would otherwise do on its own account.
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run a browser for the tests of this process."""
    program = browsers.browser()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def person(server, chromium, request) -> Iterator[Callable[..., Person]]:
    """Return what lets one more person come, with habits of their own; no page may complain."""
    come: list[Person] = []

    def arrive(**habits) -> Person:
        come.append(a_person(chromium, server.url, Habits(**habits)))
        come[-1].pictured = request.config.getoption("--pictures")
        return come[-1]

    yield arrive
    for each in come:
        each.context.close()
    assert [complaint for each in come for complaint in each.complaints] == []


@pytest.fixture
def signed_in(server, person) -> Callable[..., Person]:
    """Return what lets an owner of a customer come who is signed in: a person, or a new one."""

    def arrive(customer: Customer, owner: Owner | None = None, **habits) -> Person:
        secret = a_session(owner or an_owner(customer))
        arrived = person(**habits)
        kept = {"name": "seatgate_session", "value": secret, "url": server.url}
        arrived.context.add_cookies([{**kept, "httpOnly": True, "sameSite": "Lax"}])
        return arrived

    return arrive
