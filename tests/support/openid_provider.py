"""A real OpenID provider on this machine: that of the package `oidc-provider-mock`."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

_TRIES_MAX = 600
_PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Client:
    """What the provider gave a service that registered."""

    id: str
    secret: str


@dataclass(frozen=True)
class Provider:
    """A provider that runs, in a process of its own."""

    url: str

    def register(self, back: str) -> Client:
        """Register a service to which sign-ins lead back."""
        asked = {"redirect_uris": [back]}
        answer = requests.post(
            f"{self.url}/oauth2/clients", json=asked, timeout=_PATIENCE_SECONDS
        ).json()
        return Client(answer["client_id"], answer["client_secret"])

    def know(self, subject: str, address: str) -> None:
        """Let the provider know a person by a subject, with an address that it verified."""
        claims = {"email": address, "email_verified": True}
        answer = requests.put(f"{self.url}/users/{subject}", json=claims, timeout=_PATIENCE_SECONDS)
        answer.raise_for_status()


@contextmanager
def a_real_provider() -> Iterator[Provider]:
    """Run a provider until the end of the `with`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as process:  # noqa: S603  # our own
        try:
            yield Provider(_when_it_listens(f"http://localhost:{port}"))
        finally:
            process.terminate()


def _when_it_listens(url: str) -> str:
    for _ in range(_TRIES_MAX):
        try:
            requests.get(f"{url}/.well-known/openid-configuration", timeout=_PATIENCE_SECONDS)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return url
    raise TimeoutError(url)
