"""What an organization may send is one number for all workers, whichever a connection leads to."""

import time

import pytest

from app.access.principal import Role
from tests.conftest import opened
from tests.support.builders import an_organization
from tests.support.raw_http import ask, head
from tests.support.servers import Server

# What a caller may send is counted beside the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

RATE, BURST = 25, 250


@pytest.fixture
def limited(database_url, tmp_path):
    settings = {"SEATGATE_RATE_LIMIT": str(RATE)}
    server = Server(database_url, tmp_path / "stderr.txt", settings=settings).start()
    with opened(database_url):
        yield server
    server.stop()


def test_workers_count_together(limited):
    token = f"Authorization: Bearer {an_organization().secret(Role.SCIM)}"
    request = head("GET", "/scim/v2/ServiceProviderConfig", token, "Connection: close")
    begun_at = time.monotonic()

    statuses = [ask(limited.port, request).status for _ in range(BURST + 200)]

    through = statuses.count(200)
    assert set(statuses) == {200, 429}
    assert BURST <= through <= BURST + RATE * (time.monotonic() - begun_at) + 5
