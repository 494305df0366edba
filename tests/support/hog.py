"""A customer at full tilt: `python -m tests.support.hog KIND PORT`, with its token as input.

It sends on many connections at once, waits for nothing that it is asked to wait for, and goes on
until it is ended. Once something was answered, it says so on standard output.
"""

import http.client
import json
import os
import sys
import threading
from collections.abc import Callable
from itertools import count

from scim import urns

CONNECTIONS = 16
TIMEOUT_SECONDS = 120

_numbers = count()
_answered = threading.Event()


def _user() -> dict:
    name = f"{os.getpid()}-{next(_numbers)}@hog.example"
    return {"schemas": [urns.USER], "userName": name, "emails": [{"value": name}], "active": True}


def _create() -> tuple[str, str, object]:
    return "POST", "/Users", _user()


def _search() -> tuple[str, str, object]:
    clauses = " or ".join(f'displayName co "{number}x"' for number in range(40))
    return "POST", "/Users/.search", {"schemas": [urns.SEARCH_REQUEST], "filter": clauses}


def _bulk() -> tuple[str, str, object]:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": str(number), "data": _user()}
        for number in range(1000)
    ]
    return "POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": operations}


KINDS: dict[str, Callable[[], tuple[str, str, object]]] = {
    "creates": _create,
    "filters": _search,
    "bulk": _bulk,
}


def main(kind: str, port: str) -> None:
    """Send requests of a kind until the process is ended."""
    # What it does itself belongs to another machine.
    os.nice(19)
    headers = {
        "Authorization": f"Bearer {sys.stdin.readline().strip()}",
        "Content-Type": "application/scim+json",
    }
    send = (KINDS[kind], int(port), headers)
    threads = [threading.Thread(target=_send, args=send) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _send(request: Callable[[], tuple[str, str, object]], port: int, headers: dict) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    while True:
        method, path, body = request()
        connection.request(method, f"/scim/v2{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        if not _answered.is_set():
            _answered.set()
            print(answer.status, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
