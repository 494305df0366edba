"""What is asked of a server: requests, and the connection or the application that takes them."""

import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from flask import Flask

from scim import urns
from tests.support.in_process import ORIGIN

TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Person:
    """A user as it was loaded."""

    id: str
    number: int

    @property
    def document(self) -> dict:
        return document_of(self.number)

    @property
    def user_name(self) -> str:
        return self.document["userName"]


def document_of(number: int, *, mark: str = "copy-0") -> dict:
    """Return the resource of the person of a number; `mark` is in all that is unique."""
    name = f"person.{number:07}.{mark}@example.com"
    return {
        "schemas": [urns.USER],
        "userName": name,
        "externalId": f"{number:07}-{mark}",
        "name": {"givenName": "Person", "familyName": f"Number {number}"},
        "displayName": f"Person Number {number}",
        "emails": [{"value": name, "type": "work", "primary": True}],
        "active": True,
    }


@dataclass(frozen=True)
class Request:
    """One request, and the status that answers it."""

    method: str
    path: str
    body: object = None
    status: int = 200
    #: Whose token it carries: `scim`, `sso` or `owner`; `console` has a session.
    surface: str = "scim"

    @property
    def content(self) -> bytes | None:
        return None if self.body is None else json.dumps(self.body).encode()


class Transport(Protocol):
    """What takes a request to a server and its answer back."""

    def send(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""

    def close(self) -> None:
        """Let go of the server."""


class Connection:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)

    def send(self, method, path, content, headers):
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self._connection.close()


class Within:
    """The application in this process."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client(use_cookies=False)

    def send(self, method, path, content, headers):
        answer = self._client.open(
            path, base_url=ORIGIN, method=method, data=content, headers=headers
        )
        return answer.status_code, answer.get_data()

    def close(self) -> None:
        """Do nothing: there is no connection."""


@dataclass
class Population:
    """Who is in the data: what a server was loaded with, and what the next new one is called."""

    people: list[Person] = field(default_factory=list)
    #: How many there are with those that were multiplied.
    size: int = 0
    group_id: str = ""
    new_numbers: Iterator[int] = field(default_factory=count)

    @property
    def members(self) -> list[Person]:
        """Those who are in the group: of a hundred ninety-nine."""
        return [person for person in self.people if person.number % 100]

    @property
    def others(self) -> list[Person]:
        return [person for person in self.people if person.number % 100 == 0]

    def new_document(self) -> dict:
        """Return the resource of a person who is not there yet."""
        return document_of(next(self.new_numbers), mark="new")


@dataclass
class Subject:
    """A server, how to speak to it, and who is in its data."""

    transport: Transport
    population: Population
    #: The headers of each surface.
    headers: dict[str, dict[str, str]]
    organization_id: str = ""
    #: What reads the CPU that the server has taken so far: its own, and its database server's.
    clock: "Callable[[], tuple[float, float]]" = lambda: (0.0, 0.0)
    #: How much of it went into what is not measured.
    aside: tuple[float, float] = (0.0, 0.0)

    def ask(self, request: Request) -> bytes:
        """Send a request and return the body of its answer, whose status is the expected one."""
        status, body = self.transport.send(
            request.method, request.path, request.content, self.headers[request.surface]
        )
        if status != request.status:
            raise RuntimeError(f"{request.method} {request.path}: {status} {body[:500]!r}")
        return body

    def ask_aside(self, request: Request) -> bytes:
        """Ask what only prepares a request, at no cost to what is measured."""
        before = self.clock()
        body = self.ask(request)
        own, database = (now - then for now, then in zip(self.clock(), before, strict=True))
        self.aside = (self.aside[0] + own, self.aside[1] + database)
        return body

    def spent(self) -> tuple[float, float]:
        """Return the seconds of CPU that were taken so far, without those that were aside."""
        own, database = self.clock()
        return own - self.aside[0], database - self.aside[1]
