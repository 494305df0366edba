"""Speaking to the server over HTTP, aloud: each request with its answer is one line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import click
import requests

from app.errors import DomainError
from scim import urns
from scim.attributes import Document

TIMEOUT_SECONDS = 30


class PlayStopped(DomainError):
    """The server gave another answer than the play expects."""

    code = "play_stopped"


@dataclass(frozen=True)
class ExpectedExchange:
    """A request with the answer that is expected of it."""

    method: str
    path: str
    status: int
    body: Document | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Members of the answer that must have these values.
    members: Document = field(default_factory=dict)
    #: What the body says, for the audience.
    gist: str = ""


@dataclass(frozen=True)
class Party:
    """A client that speaks to a server with a token."""

    name: ClassVar[str]
    media_type: ClassVar[str] = "application/json"

    base_url: str
    token: str

    def ask(self, request: ExpectedExchange, summarise: Callable[[Document], str]) -> Document:
        """Send a request, print what `summarise` makes of the answer, and return the answer.

        Raises:
            PlayStopped: the server does not answer, or gives another answer than is expected.
        """
        response = self._send(request)
        answer: Document = response.json() if response.content else {}
        as_expected = (
            response.status_code == request.status and request.members.items() <= answer.items()
        )
        summary = summarise(answer) if as_expected else response.text
        said = f"{request.method:<5} {request.path} {request.gist}".rstrip()
        click.echo(f"{self.name:<5}  {said}  ->  {response.status_code} {summary}".rstrip())
        if not as_expected:
            wanted = ", ".join(f"{name} {value}" for name, value in request.members.items())
            raise PlayStopped(f"Expected {request.status} {wanted}".rstrip() + ".")
        return answer

    def _send(self, request: ExpectedExchange) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": self.media_type,
            "Content-Type": self.media_type,
            **request.headers,
        }
        return _send(
            request.method, self.base_url, request.path, json=request.body, headers=headers
        )


def check_serves(base_url: str) -> None:
    """Make sure that a Seatgate answers, before anything is made for the play.

    Raises:
        PlayStopped: none does.
    """
    answer = _send("GET", base_url, "/scim/v2/ServiceProviderConfig", json=None, headers={})
    if answer.headers.get("Content-Type") != urns.MEDIA_TYPE:
        raise PlayStopped(f"What answers at {base_url} is not Seatgate. Prepare the demo anew.")


def _send(
    method: str, base_url: str, path: str, *, json: Document | None, headers: Mapping[str, str]
) -> requests.Response:
    try:
        return requests.request(
            method, base_url + path, json=json, headers=headers, timeout=TIMEOUT_SECONDS
        )
    except requests.RequestException:
        raise PlayStopped(
            f"No server answers at {base_url}. Start it with `make run` in another terminal, "
            "then play again."
        ) from None
