"""The server behind the proxy that the manual demands: what is half sent or idle stops nothing."""

import resource
import socket
import ssl
import time
from contextlib import ExitStack, contextmanager

import pytest

from app.access.principal import Role
from scim import urns
from tests.conftest import opened
from tests.support.builders import an_organization
from tests.support.clients import ScimClient
from tests.support.nginx import NAME, fronted
from tests.support.raw_http import Answer, head
from tests.support.servers import Server

pytestmark = [
    pytest.mark.long,
    # What nginx holds back does not come as far as the database.
    pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session"),
]

#: As the manual says, and what a busy machine adds.
PAUSE_SECONDS, SLACK_SECONDS = 10, 10
CONNECTIONS_OF_AN_ADDRESS = 64
IDLE = 1024
#: Another client's address, as nginx sees it.
ELSEWHERE = "127.0.0.2"


@pytest.fixture(scope="module")
def running(fresh_database, tmp_path_factory):
    with fresh_database() as url:
        log = tmp_path_factory.mktemp("server") / "stderr.txt"
        settings = {
            "SEATGATE_PUBLIC_URL": f"https://{NAME}",
            "SEATGATE_TRUSTED_PROXIES": "1",
        }
        server = Server(url, log, workers=1, settings=settings).start()
        yield server
        server.stop()


@pytest.fixture
def front(running, tmp_path):
    with opened(running.database_url), fronted(running.port, tmp_path) as front:
        yield front


@pytest.fixture
def acme(front):  # noqa: ARG001  # which opens the database
    return an_organization()


@pytest.fixture
def honest(front):
    """Return a client of another organization, from another address."""
    with front.client(ScimClient, an_organization().secret(Role.SCIM), ELSEWHERE) as client:
        yield client


def half_sent(customer):
    """Return a request whose body stops half-way."""
    token = f"Authorization: Bearer {customer.secret(Role.SCIM)}"
    kind = "Content-Type: application/scim+json"
    begun = head("POST", "/scim/v2/Users", token, kind, "Content-Length: 100", host=NAME)
    return begun + b'{"userName": '


@contextmanager
def lines_with(front, text, count):
    """Hold connections on which so much was sent."""
    with ExitStack() as stack:
        lines = [stack.enter_context(front.connected()) for _ in range(count)]
        for line in lines:
            line.sendall(text)
        yield lines


def is_over(line):
    """Return whether the other side closed a connection, which it may answer before."""
    try:
        while line.recv(4096):
            pass
    except TimeoutError:
        return False
    except (ConnectionError, ssl.SSLError):
        pass
    return True


def test_half_sent_bodies_stop_nothing_and_are_cut(front, acme, honest):
    begun_at = time.monotonic()
    with lines_with(front, half_sent(acme), 32) as lines:
        answers = [honest.get("/Users", timeout=5) for _ in range(20)]

        assert {answer.status_code for answer in answers} == {200}
        assert all(is_over(line) for line in lines)
        assert time.monotonic() - begun_at < PAUSE_SECONDS + SLACK_SECONDS
    assert acme.counts[1] == 0


def test_bodies_that_trickle_are_bounded_by_their_number(front, acme, honest):
    with lines_with(front, half_sent(acme), CONNECTIONS_OF_AN_ADDRESS):
        with lines_with(front, half_sent(acme), 1) as (one_more,):
            assert Answer.read(one_more).status == 429
        assert honest.get("/Users", timeout=5).status_code == 200


def test_idle_connections_stop_nothing_and_are_closed(front, honest):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * IDLE), hard))
    begun_at = time.monotonic()
    with ExitStack() as stack:
        address = ("127.0.0.1", front.port)
        lines = [stack.enter_context(socket.create_connection(address, 60)) for _ in range(IDLE)]

        answers = [honest.get("/Users", timeout=5) for _ in range(20)]

        assert {answer.status_code for answer in answers} == {200}
        assert all(is_over(line) for line in lines)
        assert time.monotonic() - begun_at < PAUSE_SECONDS + SLACK_SECONDS
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_slow_header_is_cut(front, honest):
    begun_at = time.monotonic()
    with front.connected() as line:
        line.settimeout(0.5)
        for number in range(2 * PAUSE_SECONDS + 2 * SLACK_SECONDS):
            try:
                line.sendall(b"GET / HTTP/1.1\r\n" if number == 0 else b"X")
            except OSError:
                break
            if is_over(line):
                break
        assert time.monotonic() - begun_at < PAUSE_SECONDS + SLACK_SECONDS
    assert honest.get("/Users", timeout=5).status_code == 200


def test_a_body_over_the_limit_is_refused(front, acme):
    token = f"Authorization: Bearer {acme.secret(Role.SCIM)}"
    length = f"Content-Length: {16 * 2**20 + 1}"
    with lines_with(front, head("POST", "/scim/v2/Users", token, length, host=NAME), 1) as (line,):
        assert Answer.read(line).status == 413


def test_a_body_of_just_the_limit_comes_through(front, acme):
    client = front.client(ScimClient, acme.secret(Role.SCIM))
    body = f'{{"schemas": ["{urns.USER}"], "userName": "whole"}}'.encode().ljust(16 * 2**20)

    with client:
        answer = client.post("/Users", data=body, headers={"Content-Type": client.content_type})

    assert answer.status_code == 201
    assert answer.headers["Location"].startswith(f"https://{NAME}/scim/v2/Users/")


def test_what_a_client_says_of_itself_is_not_believed(front, acme):
    client = front.client(ScimClient, acme.secret(Role.SCIM))
    lies = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp"}

    with client:
        answer = client.get("/ServiceProviderConfig", headers=lies)

    assert answer.status_code == 200
    assert "evil" not in answer.text
