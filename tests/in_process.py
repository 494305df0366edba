"""The application in the tests' own process, spoken to by the same clients as a running server."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from werkzeug.test import Client as WsgiClient

from app import create_app
from app.access.principal import Role
from app.config import Config
from tests.builders import NOW, Customer
from tests.clients import Client, OwnerClient, ScimClient, SsoClient

ORIGIN = "https://seats.example.com"

#: The key that secrets are sealed with: any file that is long enough.
KEY_FILE = Path(__file__)


@dataclass
class HandSetClock:
    """A clock that stands still until somebody moves it."""

    at: datetime = NOW
    #: It is set on purpose, so its jumps are none.
    offset: timedelta = timedelta(days=1)

    def now(self) -> datetime:
        return self.at

    def advance(self, **duration: int) -> None:
        self.at += timedelta(**duration)


class WsgiAdapter(BaseAdapter):
    """Hands the requests of a session to a WSGI application instead of a network."""

    def __init__(self, app) -> None:
        super().__init__()
        self.client = WsgiClient(app)

    def send(self, request, **_transport) -> requests.Response:
        address = urlsplit(request.url)
        answer = self.client.open(
            address.path.replace("//", "/", 1),
            # Two slashes at the beginning would be read as a host.
            environ_overrides={"PATH_INFO": unquote_to_bytes(address.path).decode("latin-1")},
            method=request.method,
            base_url=f"{address.scheme}://{address.netloc}",
            query_string=address.query,
            headers=list(request.headers.items()),
            data=request.body,
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response.request, response.url = request, request.url
        response._content = answer.get_data()
        return response

    def close(self) -> None:
        """Do nothing: there is no connection."""


@dataclass
class InProcess:
    """The application over one database, with a clock that tests move."""

    database_url: str
    settings: dict[str, object] = field(default_factory=dict)
    clock: HandSetClock = field(default_factory=HandSetClock)

    def __post_init__(self) -> None:
        self.app = create_app(
            Config(
                database_url=self.database_url,
                public_url=ORIGIN,
                clock=self.clock,
                **({"secret_key_file": str(KEY_FILE)} | self.settings),
            )
        )
        self._adapter = WsgiAdapter(self.app)

    def scim(self, customer: Customer, provider: str | None = None) -> ScimClient:
        """Return a provisioning client of an organization."""
        return self.client(ScimClient, customer.secret(Role.SCIM, provider))

    def owner(self, customer: Customer, role: Role = Role.PRIMARY_OWNER) -> OwnerClient:
        """Return a client of the owner surface."""
        return self.client(OwnerClient, customer.secret(role))

    def sso(self, customer: Customer, provider: str | None = None) -> SsoClient:
        """Return a client of the login hook."""
        return self.client(SsoClient, customer.secret(Role.SSO, provider))

    def client(self, kind: type[Client], secret: str) -> Client:
        """Return a client that carries this token."""
        client = kind(ORIGIN, secret)
        client.mount(ORIGIN, self._adapter)
        return client
