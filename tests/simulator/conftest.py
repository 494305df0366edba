import threading

import pytest

from tests.simulator.stub import Stub


@pytest.fixture
def stub(serve):
    """Return what starts a server that gives these answers in turn."""
    return lambda *answers: serve(Stub(*answers))


@pytest.fixture
def serve():
    """Return what starts a server."""
    running = []

    def start(server: Stub) -> Stub:
        running.append(server)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()
