"""A server hands over to the next one under load: what was begun is answered, and none is refused.

Each client notes what became of each of its requests; the database says which reached a view.
Before the last handover the next version migrates the database, which the last one still serves.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import requests

from app.access.principal import Role
from app.models import User
from tests.conftest import opened
from tests.support.builders import an_organization
from tests.support.clients import ScimClient
from tests.support.growing import broken, grow
from tests.support.servers import Server

pytestmark = pytest.mark.long

CLIENTS = 6
HANDOVERS = 4
REQUESTS_MIN = 2000


@dataclass
class Client:
    """Creates users, one after the other, and notes how each request ended."""

    scim: ScimClient
    name: str
    #: Whether it opens a connection for each request.
    anew: bool
    created: set[str] = field(default_factory=set)
    unanswered: set[str] = field(default_factory=set)
    ends: Counter[str] = field(default_factory=Counter)

    def work_until(self, over: threading.Event) -> None:
        while not over.is_set():
            user_name = f"{self.name}-{self.ends.total()}@example.com"
            try:
                answer = self.scim.create_user(user_name, active=False)
            except requests.ConnectionError as error:
                self.unanswered.add(user_name)
                self.ends["refused" if "refused" in str(error) else "reset"] += 1
            else:
                self.ends[str(answer.status_code)] += 1
                if answer.status_code == 201:
                    self.created.add(user_name)
            if self.anew:
                self.scim.close()


@contextmanager
def working(clients: list[Client]) -> Iterator[None]:
    """Let the clients work for the length of a `with`."""
    over = threading.Event()
    threads = [threading.Thread(target=each.work_until, args=(over,)) for each in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for each in clients:
            each.scim.close()


def test_a_server_hands_over_to_the_next_and_loses_nothing(database_url, tmp_path):
    with opened(database_url):
        acme = an_organization(5)
        server = Server(database_url, tmp_path / "0.txt").start()
        secret = acme.secret(Role.SCIM)
        clients = [
            Client(ScimClient(server.url, secret), f"c{n}", n % 2 == 0) for n in range(CLIENTS)
        ]

        with working(clients):
            for number in range(1, HANDOVERS + 1):
                if number == HANDOVERS:
                    grow("scim_user", "organization", "token")
                following = Server(database_url, tmp_path / f"{number}.txt")
                following.start(server.port, "--reuse-port")
                assert server.stop() == 0
                server = following
            while sum(each.ends.total() for each in clients) < REQUESTS_MIN:
                time.sleep(0.1)
        server.stop()

        there = {name for (name,) in User.select(User.user_name).tuples()}
        assert broken() == []
    ends = sum((each.ends for each in clients), Counter())
    created = set().union(*(each.created for each in clients))
    unanswered = set().union(*(each.unanswered for each in clients))
    print(dict(ends))  # noqa: T201  # the figures of the run
    assert there & unanswered == set(), "a request reached its view and was not answered"
    assert there == created
    assert set(ends) <= {"201", "reset"}
    assert ends["reset"] <= ends.total() / 1000
