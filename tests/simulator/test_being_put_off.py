import pytest

from app.simulator.exchange import Kind, Outcome, Request
from app.simulator.people import Person
from app.simulator.report import Report
from app.simulator.session import Session
from app.simulator.simulation import PROVIDERS
from tests.simulator.stub import NOBODY, SLOW_DOWN

ADA = Person("李@example.com", "伟", "O'Neill", "ada@example.com")


def asking(request: Request):
    yield request


@pytest.mark.parametrize(
    ("provider_name", "waits"), [("okta", [1, 2]), ("entra", [1, 1]), ("authentik", [1, 1])]
)
def test_a_provider_waits_as_long_as_it_is_asked_and_repeats_its_request(
    stub, provider_name, waits
):
    server = stub(SLOW_DOWN, SLOW_DOWN, NOBODY)
    provider, report, slept = PROVIDERS[provider_name](), Report(), []
    session = Session(server.url, provider, report, token="secret", sleep=slept.append)

    session.hold(asking(Request(Kind.FIND_USER, "GET", "/Users")))
    session.close()

    assert slept == waits
    assert len(server.heard) == 3
    assert (report.put_off, report.waited_seconds, report.is_clean) == (2, sum(waits), True)


def test_a_server_that_always_puts_off_is_given_up_on_after_ten_attempts(stub):
    server = stub(*[SLOW_DOWN] * 10)
    provider, report, slept = PROVIDERS["okta"](), Report(), []
    session = Session(server.url, provider, report, token="secret", sleep=slept.append)

    outcome = session.hold(provider.sync_person(ADA))
    session.close()

    assert outcome is Outcome.FAILED
    assert slept == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert report.error_rows()[0]["status"] == 429


def test_okta_names_itself_and_sends_names_unescaped(stub):
    server = stub(NOBODY, (201, {}, {"id": "1"}))
    provider, report = PROVIDERS["okta"](), Report()
    session = Session(server.url, provider, report, token="secret")

    session.hold(provider.sync_person(ADA))
    session.close()

    (_, asked, _), (path, headers, body) = server.heard
    assert asked["User-Agent"] == headers["User-Agent"] == "Okta SCIM Client 1.0.0"
    assert headers["Content-Type"] == "application/scim+json; charset=utf-8"
    assert headers["Authorization"] == "Bearer secret"
    assert path == "/scim/v2/Users"
    assert "李@example.com".encode() in body


def test_a_redirect_is_an_error_and_is_not_followed(stub):
    server = stub((301, {"Location": "/elsewhere"}, {}))
    provider, report = PROVIDERS["entra"](), Report()
    session = Session(server.url, provider, report, token="secret")

    outcome = session.hold(provider.sync_person(ADA))
    session.close()

    assert outcome is Outcome.FAILED
    assert [row["status"] for row in report.error_rows()] == [301]


def test_a_server_that_cannot_be_reached_is_an_error_in_words_of_ours():
    provider, report = PROVIDERS["authentik"](), Report()
    session = Session("http://127.0.0.1:1/scim/v2", provider, report, token="secret")

    passed = session.hold(provider.test_connection())
    session.close()

    assert not passed
    assert report.error_rows()[0]["bodies"] == [
        "The server cannot be reached, or broke off its answer."
    ]
