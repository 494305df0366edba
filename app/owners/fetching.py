"""Fetching from an identity provider, whose address an organization chose.

An address that a customer gives must not lead into the vendor's own network. So it is https, its
name is looked up once, every address that it has is public, and the connection goes to one of
those. No redirect is followed, and what comes is limited in time and size. An operator can name
hosts to which none of this applies.
"""

import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECONDS_MAX = 5.0
BYTES_MAX = 1024 * 1024

_CHUNK_BYTES = 64 * 1024
_OK = 200

#: Addresses of version 6 that carry one of version 4 which decides where they lead.
_NAT64 = ip_network("64:ff9b::/96")


class CannotFetch(Exception):
    """An address is not fetched, or did not answer. The text is a sentence of ours."""


@dataclass(frozen=True)
class Request:
    """What is asked: a GET, or a POST where there is a body."""

    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def fetch_json(request: Request, allowed_hosts: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the JSON object at an address.

    Raises:
        CannotFetch: the address is refused, fails, is slow, redirects, or is no JSON object.
    """
    try:
        found = json.loads(fetch(request, allowed_hosts))
    except ValueError:
        raise CannotFetch(f"{_shown(request.url)} did not answer with JSON.") from None
    if not isinstance(found, dict):
        raise CannotFetch(f"{_shown(request.url)} did not answer with a JSON object.")
    return found


def fetch(request: Request, allowed_hosts: frozenset[str] = frozenset()) -> bytes:
    """Return what is at an address. As `fetch_json`."""
    parts = urlsplit(request.url)
    check_address(request.url, allowed_hosts)
    deadline = time.monotonic() + SECONDS_MAX
    try:
        return _exchange(request, _connection(parts, allowed_hosts), deadline)
    except (OSError, HTTPException):
        raise CannotFetch(f"{_shown(request.url)} cannot be reached in time.") from None


def check_address(url: str, allowed_hosts: frozenset[str]) -> None:
    """Check what an address says by itself: https, a host, no password.

    Raises:
        CannotFetch: it is not to be fetched.
    """
    parts = _parts(url)
    plain = parts.scheme == "http" and is_allowed(parts, allowed_hosts)
    if parts.scheme != "https" and not plain:
        raise CannotFetch(f"{_shown(url)} does not begin with https://.")


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        parts, usable = SplitResult("", "", "", "", ""), False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise CannotFetch("The address is not one that can be fetched.")
    return parts


def is_allowed(parts: SplitResult, allowed_hosts: frozenset[str]) -> bool:
    """Return whether the operator named the host of an address, with or without its port."""
    host = (parts.hostname or "").lower()
    return host in allowed_hosts or f"{host}:{parts.port}" in allowed_hosts


def is_public(text: str) -> bool:
    """Return whether a network address is one of the public internet.

    >>> is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("fe80::1")
    (False, False, False)
    >>> is_public("64:ff9b::a9fe:a9fe"), is_public("93.184.215.14")
    (False, True)
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        carried = _carried(address)
        if carried is not None:
            return is_public(str(carried))
        if address.sixtofour is not None or address.teredo is not None:
            return False
    return address.is_global and not address.is_multicast


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def _connection(parts: SplitResult, allowed_hosts: frozenset[str]) -> HTTPConnection:
    """Return a connection to one address of the host, once all of them are looked at."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not is_allowed(parts, allowed_hosts) and not all(map(is_public, addresses)):
        raise CannotFetch(
            f"{host} leads to an address that is not public. Ask the vendor to allow it."
        )
    if parts.scheme == "https":
        return _Pinned(host, port, addresses[0])
    return HTTPConnection(addresses[0], port, timeout=SECONDS_MAX)


class _Pinned(HTTPSConnection):
    """A connection to an address that was looked at, for a host that its certificate names."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=SECONDS_MAX)
        self._address = address
        self._tls = ssl.create_default_context()

    def connect(self) -> None:
        """Connect to the address, and check the certificate against the host."""
        plain = socket.create_connection((self._address, self.port), SECONDS_MAX)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _exchange(request: Request, connection: HTTPConnection, deadline: float) -> bytes:
    parts = urlsplit(request.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "Accept": "application/json", **request.headers}
    try:
        method = "GET" if request.body is None else "POST"
        connection.request(method, path, body=request.body, headers=headers)
        response = connection.getresponse()
        if response.status != _OK:
            raise CannotFetch(f"{_shown(request.url)} answered with status {response.status}.")
        return _read(request, connection, response, deadline)
    finally:
        connection.close()


def _read(
    request: Request, connection: HTTPConnection, response: HTTPResponse, deadline: float
) -> bytes:
    """Return the body, chunk by chunk, so that a slow one ends in time."""
    body = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise CannotFetch(f"{_shown(request.url)} cannot be reached in time.")
        if connection.sock is not None:
            connection.sock.settimeout(left)
        chunk = response.read1(_CHUNK_BYTES)
        if not chunk:
            return body
        body += chunk
        if len(body) > BYTES_MAX:
            raise CannotFetch(f"{_shown(request.url)} answers with more than 1 MiB.")


def _shown(url: str) -> str:
    """Return an address as it is shown: without its query, and not too long."""
    return url.partition("?")[0][:200]
