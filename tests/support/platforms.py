"""A platform on localhost, which invoices are handed over to, and those who trade through it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.access.context import acting
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    set_organization,
    set_seller,
)
from tests.support.builders import Customer, a_contract
from tests.support.issued_invoices import BUYERS, SELLERS

#: A day on which French invoices are data.
AT = datetime(2026, 9, 7, 9, tzinfo=UTC)

SECRET = "shared-with-the-platform"  # a test's


@dataclass(frozen=True)
class Call:
    """A call that came in."""

    path: str
    headers: Message
    body: bytes


@dataclass
class Platform:
    """What a platform answers, and what it was given."""

    url: str
    calls: list[Call] = field(default_factory=list)
    #: Called with each call; its status, or None to close without an answer.
    answer: Callable[[Call], int | None] = lambda _call: 202

    @property
    def keys(self) -> list[str]:
        """The keys under which files came."""
        return [call.headers["Idempotency-Key"] for call in self.calls]

    @property
    def taken(self) -> list[tuple[str, str]]:
        """What came: the last part of the address, and the name of the file."""
        return [
            (call.path.rpartition("/")[2], call.headers.get_filename() or "") for call in self.calls
        ]


@contextmanager
def a_platform() -> Iterator[Platform]:
    """Run a platform."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            call = Call(self.path, self.headers, body)
            platform.calls.append(call)
            status = platform.answer(call)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Location", f"{platform.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    platform = Platform(f"http://127.0.0.1:{server.server_port}/api")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_french_seller(platform: object, **changes) -> None:
    """Let the vendor be a French business that hands its invoices over to a platform."""
    party = {**SELLERS["FR"], "country": "FR"}
    set_seller(SellerChanges(party=party, platform=str(platform), **changes), at=AT)


def a_buyer(
    country: str = "FR", tax: str = "domestic 20", *, seats: int = 5, **settings
) -> Customer:
    """Return a customer whose invoices can be said as data, and who has signed."""
    customer = Customer(create_organization("Acme", at=AT).id)
    party = {
        "legal_name": "Les Échanges",
        "address_lines": ["1 rue Une"],
        "postal_code": "75001",
        "city": "Paris",
        "country": country,
        **BUYERS[country],
    }
    changes = OrganizationChanges(party=party, tax=tax, language="fr", **settings)
    set_organization(acting(customer.operator, at=AT), changes)
    return Customer(customer.id, a_contract(customer, seats, at=AT, starts_on=AT.date()))
