"""Requests that no client means to send, as bytes to a running server: each is refused in words."""

import json
import time

import pytest

from app.access.principal import Role
from app.models import User
from scim import urns
from tests.support.builders import a_user, an_organization
from tests.support.raw_http import Answer, ask, chunks, connected, head

# What is refused here does not come as far as the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

JSON = "Content-Type: application/scim+json"
CHUNKED = "Transfer-Encoding: chunked"
MEBIBYTE = 2**20
LIMIT_BYTES = 16 * MEBIBYTE
#: What a worker may take to see that a connection has ended, and to do what it would then do.
BROKEN_OFF_SECONDS = 0.5

ONE_HOST = "Name the host that is meant, once and with nothing else, in the header Host."
ONE_SCHEME = "X-Forwarded-Proto must be http or https. Correct the proxy that sets it."
UTF8 = "The query is not UTF-8. Write each value as UTF-8, then percent-encode it."
TOO_LARGE = "The body is too large. Send the request in parts."
NO_JSON = "The body is not JSON. Check its quotes, commas and brackets, and that it is UTF-8."
UNSTORABLE = "The address holds a NUL or half a surrogate pair, which no value here can have."


@pytest.fixture
def token(organization):
    return f"Authorization: Bearer {organization.secret(Role.SCIM)}"


def assert_refused(answer: Answer, status: int, detail: str) -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/scim+json"
    body = json.loads(answer.body)
    assert body["schemas"] == [urns.ERROR]
    assert (body["status"], body["detail"]) == (str(status), detail)


@pytest.mark.parametrize(
    "hosts",
    ["", "Host: \r\n", "Host: a\r\nHost: a\r\n", "Host: a\r\nHost: b\r\n", "Host: a,b\r\n"]
    + [f"Host: {host}\r\n" for host in ("a b", "a/b", "<a>", "user@a", "a:b", "[::1", "\xe9")],
)
def test_a_request_names_one_host(server, token, hosts):
    request = f"GET /scim/v2/Users HTTP/1.1\r\n{hosts}{token}\r\n\r\n".encode("latin-1")

    assert_refused(ask(server.port, request), 400, ONE_HOST)


@pytest.mark.parametrize("host", ["a", "a.example", "a.example:8080", "127.0.0.1", "[::1]:8080"])
def test_every_host_that_can_be_is_one(server, token, host):
    assert ask(server.port, head("GET", "/scim/v2/Users", token, host=host)).status == 200


def test_an_old_client_names_no_host(server):
    assert ask(server.port, b"GET /health HTTP/1.0\r\n\r\n").status == 200


@pytest.mark.parametrize("scheme", ["ftp", "javascript", "https://", "http, ftp", "http https"])
def test_a_proxy_says_http_or_https(server, token, scheme):
    request = head("GET", "/scim/v2/Users", token, f"X-Forwarded-Proto: {scheme}")

    assert_refused(ask(server.port, request), 400, ONE_SCHEME)


@pytest.mark.parametrize("scheme", ["http", "https", "HTTPS", "https, http", ""])
def test_what_proxies_say_is_taken(server, token, scheme):
    request = head("GET", "/scim/v2/Users", token, f"X-Forwarded-Proto: {scheme}")

    assert ask(server.port, request).status == 200


@pytest.mark.parametrize("query", ["filter=%ff", "%80=1", "a=%ED%A0", "a=%C3", "a=%C3%A9&b=%C3%28"])
def test_a_query_is_utf8(server, token, query):
    assert_refused(ask(server.port, head("GET", f"/scim/v2/Users?{query}", token)), 400, UTF8)


@pytest.mark.parametrize("path", ["%ff%fe", "%C3", "%ED%A0"])
def test_a_path_that_is_not_utf8_leads_to_nothing(server, token, path):
    answer = ask(server.port, head("GET", f"/scim/v2/Users/{path}", token))

    assert answer.status == 404
    assert json.loads(answer.body)["detail"].startswith("There is no User ")


def test_an_address_beyond_ascii_is_read(server, token):
    path = "/scim/v2/Users?filter=userName%20eq%20%22Zo%C3%AB%22"

    assert ask(server.port, head("GET", path, token)).status == 200


@pytest.mark.parametrize("name", ["zoë@example.com", "zoë+1@example.com"])
def test_an_address_whose_utf8_is_not_percent_encoded_is_read(server, organization, token, name):
    user = a_user(organization, name)
    query = f"filter=userName%20eq%20%22{name}%22"
    request = head("GET", f"/scim/v2/Users?{query}", token).decode("latin-1").encode()

    (found,) = json.loads(ask(server.port, request).body)["Resources"]

    assert found["id"] == user.id


def test_a_path_with_a_nul_is_refused(server, token):
    assert_refused(ask(server.port, head("GET", "/scim/v2/Users/%00", token)), 400, UNSTORABLE)


@pytest.mark.parametrize(
    "body", [b'{"userName":"\xff"}', b'{"userName":"a\0"}', b"\0", b"\xed\xa0\x80", b"{}{}"]
)
def test_a_body_that_is_no_json_is_refused(server, token, body):
    request = head("POST", "/scim/v2/Users", token, JSON, f"Content-Length: {len(body)}") + body

    assert_refused(ask(server.port, request), 400, NO_JSON)


@pytest.mark.parametrize("method", ["FOO", "TRACE", "PROPFIND", "F" * 5000, "get-all"])
def test_an_unknown_method_is_refused(server, token, method):
    answer = ask(server.port, head(method, "/scim/v2/Users", token))

    assert_refused(answer, 405, "This address does not take this method.")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_body_without_end_is_too_large(server, token):
    parts = chunks(b" " * MEBIBYTE for _ in range(17))

    answer = ask(server.port, head("POST", "/scim/v2/Users", token, JSON, CHUNKED), *parts)

    assert_refused(answer, 413, TOO_LARGE)


def test_a_body_is_not_cut_to_what_can_be_read(server, token, organization):
    body = json.dumps({"userName": "cut"}).encode().ljust(LIMIT_BYTES)
    parts = chunks([body, b" ", b""])

    answer = ask(server.port, head("POST", "/scim/v2/Users", token, JSON, CHUNKED), *parts)

    assert_refused(answer, 413, TOO_LARGE)
    assert User.of(organization.id).count() == 0


def test_a_body_of_just_the_limit_is_read(server, token):
    body = json.dumps({"userName": "whole"}).encode().ljust(LIMIT_BYTES)
    request = head("POST", "/scim/v2/Users", token, JSON, f"Content-Length: {len(body)}")

    assert ask(server.port, request, body).status == 201


@pytest.mark.parametrize("length", [LIMIT_BYTES + 1, 9_999_999_999, 2**63 - 1])
def test_a_length_over_the_limit_is_refused_before_the_body_comes(server, token, length):
    request = head("POST", "/scim/v2/Users", token, JSON, f"Content-Length: {length}")

    assert_refused(ask(server.port, request), 413, TOO_LARGE)


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        ("Content-Length: 100", b'{"userName": "broken"}'),
        (CHUNKED, next(chunks([b'{"userName": "broken"']))),
        # The server does not say that the last chunk lacks, where what came is whole.
    ],
)
def test_a_body_that_breaks_off_changes_nothing(server, token, organization, framing, sent):
    with connected(server.port) as line:
        line.sendall(head("POST", "/scim/v2/Users", token, JSON, framing) + sent)

    time.sleep(BROKEN_OFF_SECONDS)
    assert ask(server.port, head("GET", "/scim/v2/Users", token)).status == 200
    assert User.of(organization.id).count() == 0


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /scim/v2/Users\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /scim/v2/\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/9.1\r\nHost: a\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (head("POST", "/scim/v2/Users", "Content-Length: -5"), 400),
        (head("POST", "/scim/v2/Users", "Content-Length: abc"), 400),
        (head("POST", "/scim/v2/Users", f"Content-Length: {'9' * 30}"), 400),
        (head("POST", "/scim/v2/Users", "Content-Length: 1", "Content-Length: 2"), 400),
        (head("POST", "/scim/v2/Users", "Transfer-Encoding: gzip"), 400),
        (head("GET", "/health", "X-A: " + "a" * 10**6), 431),
        (head("GET", "/health", *(f"X-{number}: a" for number in range(200))), 431),
        (head("GET", "/scim/v2/" + "a" * 600_000), 431),
    ],
)
def test_what_is_no_http_is_refused_by_the_server_alone(server, request_, status):
    assert ask(server.port, request_).status == status


def test_two_tokens_are_none(server, token):
    assert ask(server.port, head("GET", "/scim/v2/Users", token, token)).status == 401


def test_a_header_with_an_underscore_stands_for_no_other(server, token):
    request = head("GET", "/scim/v2/Users", token, "Content_Length: 5", "Authorization_: x")

    assert ask(server.port, request).status == 200


def test_half_a_body_stops_no_other_organization(server, token, organization):
    """Without a proxy in front, bodies that stop hold at most half of a worker's turns."""
    request = head("POST", "/scim/v2/Users", token, JSON, "Content-Length: 100")
    other = server.scim(an_organization())
    lines = [connected(server.port) for _ in range(24)]
    for line in lines:
        line.__enter__().sendall(request + b'{"userName": ')

    answers = [other.get("/Users", timeout=5, headers={"Connection": "close"}) for _ in range(20)]

    lives = [ask(server.port, head("GET", "/live")).status for _ in range(4)]
    for line in lines:
        line.__exit__(None, None, None)
    assert {answer.status_code for answer in answers} == {200}
    assert set(lives) == {200}
    assert organization.counts[1] == 0
