"""People at the console, each with a browser of their own."""

import pytest

from app.models import Owner
from tests.owners.builders import an_owner
from tests.support.browser import Browser, enter
from tests.support.in_process import InProcess


@pytest.fixture
def visitor(service) -> Browser:
    """Return the browser of a person who is not signed in."""
    return Browser(service)


@pytest.fixture
def owner(service, acme) -> Browser:
    """Return the browser of a primary owner of `acme` who is signed in."""
    browser = Browser(service)
    browser.sign_in(acme)
    return browser


@pytest.fixture
def recorded(service):
    """Let what identity providers ask be recorded; calling it returns once all is written."""
    recorder = service.app.extensions["seatgate"].recorder
    recorder.enable()
    yield recorder.stop
    recorder.stop()
    recorder._enabled = False


@pytest.fixture
def marie(acme) -> Owner:
    """Return the only primary owner of `acme`, who is a person."""
    return an_owner(acme, name="Marie Curie", address="marie@acme.example")


@pytest.fixture
def primary(service, marie) -> Browser:
    """Return the browser of the primary owner."""
    return enter(service, marie)


@pytest.fixture
def posting(service, marie) -> Browser:
    """Return the browser of the primary owner, where mail is on."""
    settings = {"smtp_url": "smtp://localhost:1025", "mail_from": "Seatgate <s@example.com>"}
    return enter(InProcess(service.database_url, settings, service.clock), marie)
