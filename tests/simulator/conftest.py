import threading

import pytest

from tests.simulator.stub import Stub


@pytest.fixture
def stub():
    """Return what starts a server that gives these answers in turn."""
    running = []

    def start(*answers) -> Stub:
        server = Stub(*answers)
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
