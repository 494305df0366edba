"""What a caller is answered who sends more than its share, on each surface."""

from urllib.parse import urlsplit

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenRequest, issue_token, revoke_token
from app.access.vendor_tokens import issue_vendor_token
from app.limits.buckets import Buckets, Rate
from app.limits.shares import Rates, Shares
from app.models import Exchange
from scim import urns
from tests.support.browser import ACCEPT, Browser
from tests.support.builders import NOW, SIGNED_AT, an_organization
from tests.support.clients import ScimClient, SsoClient
from tests.support.in_process import ORIGIN

# What a caller may send is counted beside the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

#: What is sent at once; no time passes here.
BURST = 3
RATE = Rate(per_second=25, burst=BURST)


@pytest.fixture(autouse=True)
def begin(service):
    """Let every caller send three requests in all; calling it lets them begin again."""
    shares = service.app.extensions["seatgate.shares"]

    def begin():
        rates = Rates(Buckets(RATE, lambda: 0.0), Buckets(RATE, lambda: 0.0))
        service.app.extensions["seatgate.shares"] = Shares(rates)

    begin()
    yield begin
    service.app.extensions["seatgate.shares"] = shares


HOST = urlsplit(ORIGIN).hostname
PAGE = {"Accept": ACCEPT}


def spend(ask):
    """Send what a caller may, and return the answer to one request more."""
    for _ in range(BURST):
        assert ask().status_code != 429
    return ask()


def assert_says_when(answer, quota):
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["RateLimit-Policy"] == f'"{quota}";q=3;w=1'
    assert answer.headers["RateLimit"] == f'"{quota}";r=0;t=1'


def test_scim_answers_with_its_own_error(idp):
    answer = spend(lambda: idp.get("/Users"))

    assert_says_when(answer, "organization")
    assert answer.headers["Content-Type"] == "application/scim+json"
    assert answer.json()["schemas"] == [urns.ERROR]
    assert answer.json()["detail"] == (
        "Too many requests: your organization may send 25 a second, after 3 at once. "
        "Try again in 1 s."
    )


@pytest.mark.parametrize("surface", ["buyer", "hook"])
def test_the_other_surfaces_answer_with_a_problem(request, surface):
    client = request.getfixturevalue(surface)

    answer = spend(lambda: client.get("/seats") if surface == "buyer" else client.decide("zoe"))

    assert_says_when(answer, "organization")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "too_many_requests"


def test_the_console_answers_with_a_page(service, acme, begin):
    browser = Browser(service)
    browser.sign_in(acme)
    begin()

    answer = spend(lambda: browser.client.get(f"{ORIGIN}/console/{acme.id}/seats", headers=PAGE))

    assert_says_when(answer, "organization")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "That was too much at once" in answer.text


def test_a_session_and_tokens_of_an_organization_share_what_it_may_send(service, acme):
    spend(lambda: service.scim(acme).get("/Users"))

    assert service.owner(acme).get("/seats").status_code == 429
    assert service.scim(an_organization()).get("/Users").status_code == 200


def wrong(acme):
    secret = acme.secret(Role.SCIM)
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


@pytest.mark.parametrize("secret_of", [wrong, lambda _acme: "sg_scim_nonsense"])
def test_wrong_tokens_cost_only_requests_with_wrong_tokens(service, acme, secret_of):
    stranger = service.client(ScimClient, secret_of(acme))

    answer = spend(lambda: stranger.get("/Users"))

    assert_says_when(answer, "address")
    assert service.scim(acme).get("/Users").status_code == 200
    assert service.owner(acme).get("/seats").status_code == 200


@pytest.mark.parametrize("path", ["/console/{}/seats", "/owner/v1/invoices/inv_1/pdf"])
def test_wrong_sessions_cost_only_requests_with_wrong_sessions(service, acme, path):
    stranger = service.app.test_client()
    stranger.set_cookie("__Host-seatgate_session", "nonsense", domain=HOST)

    answer = spend(lambda: stranger.get(ORIGIN + path.format(acme.id), headers=PAGE))

    assert_says_when(answer, "address")
    assert service.owner(acme).get("/seats").status_code == 200


def test_a_token_that_was_valid_costs_its_organization_nothing_more(service, acme):
    issued = issue_token(acting(acme.operator, at=SIGNED_AT), TokenRequest(Role.SCIM))
    ended = service.client(ScimClient, issued.secret)
    assert ended.get("/Users").status_code == 200
    revoke_token(acting(acme.operator, at=NOW), issued.token.id)

    answer = spend(lambda: ended.get("/Users"))

    assert_says_when(answer, "address")
    # One was counted before the token was looked at.
    assert service.scim(acme).get("/Users").status_code == 200


def test_a_login_service_of_all_counts_for_the_organization_that_it_names(service, acme):
    globex = an_organization()
    issued = issue_vendor_token(TokenRequest(Role.SSO), at=SIGNED_AT)
    login = service.client(SsoClient, issued.secret)

    answer = spend(lambda: login.decide("zoe", organization=acme.id))

    assert_says_when(answer, "organization")
    assert login.decide("zoe", organization=globex.id).status_code == 200


def test_what_is_held_back_does_not_push_others_out_of_the_exchanges(service, acme):
    recorder = service.app.extensions["seatgate"].recorder
    recorder.enable()
    client = service.scim(acme)

    spend(lambda: client.get("/Users/unknown"))
    recorder.stop()
    recorder._enabled = False

    assert {row.status for row in Exchange.select()} == {404}
