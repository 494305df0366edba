"""A small server that answers as it is told, and keeps what it hears."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOBODY = (200, {}, {"totalResults": 0, "Resources": []})
SLOW_DOWN = (429, {"Retry-After": "1"}, {})


class Stub(ThreadingHTTPServer):
    """Gives its answers, (status, headers, body), in turn, and keeps what it was sent."""

    def __init__(self, *answers) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.heard = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/scim/v2"

    def answer(self, _method, _path, _body):
        return self.answers.pop(0)


class Idle(Stub):
    """Keeps what is created, acknowledges every change and deletion, and does nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self.created = {}

    def answer(self, method, path, body):
        if method == "POST":
            document = {**json.loads(body), "id": str(len(self.created) + 1)}
            self.created[f"{path}/{document['id']}"] = document
            return 201, {}, document
        if method != "GET":
            return 204, {}, None
        if "?" in path:
            return NOBODY
        if path.endswith("/ServiceProviderConfig"):
            return 200, {}, {"patch": {"supported": True}}
        found = self.created.get(path)
        return (200, {}, found) if found else (404, {}, {})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the name that the standard library looks for
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append((self.path, dict(self.headers), body))
        status, headers, answer = self.server.answer(self.command, self.path, body)
        text = b"" if status == 204 else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815  # the same

    def log_message(self, *_) -> None:
        """Say nothing."""
