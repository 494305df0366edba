"""A server whose requests may take two seconds."""

from collections.abc import Iterator

import pytest

from tests.support.servers import Server

#: How long a request may take here, how long it waits for one lock, and what a slow machine adds.
SECONDS = 2
LOCK_SECONDS = SECONDS * 2 / 3
SLACK_SECONDS = 4

HASTY = {"SEATGATE_DEADLINE_SECONDS": str(SECONDS)}


@pytest.fixture(scope="module")
def server_process(fresh_database, tmp_path_factory) -> Iterator[Server]:
    """Run a hasty server for the tests of a module."""
    with fresh_database() as url:
        log = tmp_path_factory.mktemp("server") / "stderr.txt"
        server = Server(url, log, settings=HASTY).start()
        yield server
        server.stop()
