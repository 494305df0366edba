"""Clients, each of an organization of its own, that note whatever the server acknowledged."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

import requests

from tests.support.builders import Customer
from tests.support.servers import Server

PAUSE_SECONDS = 0.05
PAUSE_AFTER_REFUSAL_SECONDS = 0.5


class Kind(StrEnum):
    CREATED = "created"
    CLAIMED = "claimed"
    DEACTIVATED = "deactivated"
    BOUGHT = "bought"


@dataclass(frozen=True)
class Purchase:
    """A confirmation that was acknowledged, as it is repeated."""

    customer: Customer
    quote: dict
    key: str
    invoice: dict


@dataclass(frozen=True)
class Acknowledged:
    """What a 2xx said: the id of a user, or a purchase."""

    kind: Kind
    subject: str
    server: int
    at: float
    purchase: Purchase | None = None


@dataclass
class Traffic:
    """Clients that go on until they are stopped; client n asks server n, modulo their number."""

    servers: Sequence[Server]
    customers: Sequence[Customer]
    acknowledged: list[Acknowledged] = field(default_factory=list)
    #: How often a request was answered 503 with `Retry-After`, or its connection closed.
    refused: Counter = field(default_factory=Counter)
    #: Answers that there should not be.
    strange: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> "Traffic":
        for number, customer in enumerate(self.customers):
            client = _Client(self, number % len(self.servers), customer)
            thread = threading.Thread(target=client.run, args=(self._ended,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def recovered_since(self, moment: float) -> bool:
        """Return whether every server has acknowledged something after a moment."""
        servers = {one.server for one in list(self.acknowledged) if one.at > moment}
        return len(servers) == len(self.servers)

    def longest_silence(self, since: float) -> float:
        """Return how many seconds a server acknowledged nothing at most, after a moment."""
        longest = 0.0
        for server in range(len(self.servers)):
            times = sorted(
                one.at for one in self.acknowledged if one.server == server and one.at > since
            )
            times = times or [time.monotonic()]
            longest = max(longest, *(end - begin for begin, end in pairwise([since, *times])))
        return longest


class _Client:
    def __init__(self, traffic: Traffic, server: int, customer: Customer) -> None:
        self._traffic = traffic
        self._server = server
        self._customer = customer
        asked = traffic.servers[server]
        self._scim = asked.scim(customer)
        self._sso = asked.sso(customer)
        self._owner = asked.owner(customer)
        self._users: list[str] = []
        #: A confirmation without an answer, which is sent again until it has one.
        self._open: tuple[dict, str] | None = None

    def run(self, ended: threading.Event) -> None:
        turns = (self._create, self._claim, self._buy, self._deactivate)
        while not ended.is_set():
            for turn in turns:
                pause = PAUSE_SECONDS if turn() else PAUSE_AFTER_REFUSAL_SECONDS
                if ended.wait(pause):
                    return

    def _create(self) -> bool:
        user = self._ask(lambda: self._scim.create_user(f"created-{uuid.uuid4().hex}@example.com"))
        if user is not None:
            self._users.append(user["id"])
            self._note(Kind.CREATED, user["id"])
        return user is not None

    def _claim(self) -> bool:
        decision = self._ask(lambda: self._sso.decide(f"claimed-{uuid.uuid4().hex}@example.com"))
        if decision is None:
            return False
        if decision["reason"] == "seat_claimed":
            self._note(Kind.CLAIMED, decision["user_id"])
        else:
            self._traffic.strange.append(f"a login was decided as {decision['reason']}")
        return True

    def _buy(self) -> bool:
        if self._open is None:
            quote = self._ask(lambda: self._owner.quote(1))
            if quote is None:
                return False
            self._open = quote, str(uuid.uuid4())
        quote, key = self._open
        bought = self._ask(lambda: self._owner.confirm(quote, key))
        if bought is None:
            return False
        self._open = None
        invoice = bought["invoice"]
        purchase = Purchase(self._customer, quote, key, invoice)
        self._note(Kind.BOUGHT, invoice["number"], purchase)
        return True

    def _deactivate(self) -> bool:
        if len(self._users) < 2:
            return True
        user_id = self._users.pop(0)
        done = self._ask(lambda: self._scim.set_active(user_id, False)) is not None
        if done:
            self._note(Kind.DEACTIVATED, user_id)
        return done

    def _ask(self, call: Callable[[], requests.Response]) -> dict | None:
        """Return what is answered with 2xx; None where it is refused for now, as it may be."""
        try:
            response = call()
        except requests.Timeout:
            self._traffic.strange.append("a request had no answer before its client gave up")
            return None
        except requests.RequestException:
            self._traffic.refused["closed"] += 1
            return None
        if response.ok:
            return response.json()
        if response.status_code == 503 and "Retry-After" in response.headers:
            self._traffic.refused["503"] += 1
        else:
            self._traffic.strange.append(f"{response.status_code} {response.text[:200]}")
        return None

    def _note(self, kind: Kind, subject: str, purchase: Purchase | None = None) -> None:
        self._traffic.acknowledged.append(
            Acknowledged(kind, subject, self._server, time.monotonic(), purchase)
        )
