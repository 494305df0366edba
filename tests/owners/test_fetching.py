"""What an organization names is fetched only where it is public, and only within limits."""

import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from app.owners import fetching
from app.owners.fetching import CannotFetch, Request, check_address, fetch, fetch_json, is_public

HIDDEN = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104  # an address that is not to be fetched
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
]


@contextmanager
def answering(*answers):
    """Answer one connection after another with these bytes; None says nothing at all."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    connection.recv(4096)
                    if answer is None:
                        done.wait(10)
                        continue
                    try:
                        connection.sendall(answer)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join(10)


def a_response(body, status="200 OK", *headers):
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def got(host):
    return fetch_json(Request(f"http://{host}/x"), frozenset({host}))


@pytest.mark.parametrize("address", HIDDEN)
def test_an_address_that_is_not_public_is_found_out(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::808:808"])
def test_a_public_address_is_one(address):
    assert is_public(address)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1"])
def test_no_name_leads_into_the_vendors_network(name):
    with pytest.raises(CannotFetch, match=r"not public|cannot be reached"):
        fetch(Request(f"https://{name}/"))


def test_a_name_with_one_address_that_is_not_public_is_refused(monkeypatch):
    found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        for address in ("93.184.215.14", "10.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    with pytest.raises(CannotFetch, match="not public"):
        fetch(Request("https://idp.example.com/"))


@pytest.mark.parametrize(
    "url",
    [
        "http://idp.example.com/",
        "ftp://idp.example.com/",
        "file:///etc/passwd",
        "idp.example.com",
        "https://user:secret@idp.example.com/",
        "https://idp.example.com/a b",
        "https:///x",
        "https://idp.example.com/\r\nHost: x",
        "https://idp.example.com:99999/",
    ],
)
def test_only_plain_https_addresses_are_fetched(url):
    with pytest.raises(CannotFetch):
        check_address(url, frozenset())


def test_a_host_that_the_operator_named_is_fetched_from():
    with answering(a_response(b'{"a": 1}')) as host:
        assert got(host) == {"a": 1}


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "404 Not Found"])
def test_no_redirect_is_followed_and_no_failure_read(status):
    moved = a_response(b'{"a": 1}', status, "Location: http://127.0.0.1/")
    with answering(moved) as host, pytest.raises(CannotFetch, match=f"status {status[:3]}"):
        got(host)


def test_an_answer_is_at_most_a_mebibyte():
    body = b'"' + b"a" * fetching.BYTES_MAX + b'"'
    with answering(a_response(body)) as host, pytest.raises(CannotFetch, match="more than 1 MiB"):
        got(host)


def test_an_answer_comes_in_time(monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS_MAX", 0.2)

    with answering(None) as host, pytest.raises(CannotFetch, match="in time"):
        got(host)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"\xff", b"5"])
def test_an_answer_that_is_no_json_object_is_none(body):
    with answering(a_response(body)) as host, pytest.raises(CannotFetch, match="JSON"):
        got(host)


def test_a_certificate_that_no_authority_signed_is_refused():
    assert ssl.create_default_context().verify_mode is ssl.CERT_REQUIRED
    with answering(b"no TLS") as host, pytest.raises(CannotFetch, match="cannot be reached"):
        fetch(Request(f"https://{host}/"), frozenset({host}))
