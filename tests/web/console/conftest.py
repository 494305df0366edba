"""People at the console, each with a browser of their own."""

import pytest

from tests.support.browser import Browser


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
