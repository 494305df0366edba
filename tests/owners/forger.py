"""An identity provider that answers as a test wants it to: rightly, or wrongly in one thing."""

import json
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Forger:
    """What the provider answers; a test changes it."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    metadata: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    user_info: dict[str, Any] = field(default_factory=dict)
    sign: Callable[["Forger"], str] | None = None
    #: The forms that came to the token endpoint.
    forms: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any]:
        if path.endswith("/openid-configuration"):
            said = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
            }
            return said | self.metadata
        if path == "/keys":
            return {"keys": [{**KEY.as_dict(private=False), "use": "sig"}]}
        if path == "/userinfo":
            return self.user_info
        token = self.sign(self) if self.sign else jwt.encode(self.header, self.claims, KEY)
        return {"access_token": "access", "token_type": "Bearer", "id_token": token} | self.tokens


@contextmanager
def a_forger():
    """Serve on a port of this machine."""
    forger = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps(forger.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            forger.forms.append(dict(parse_qsl(form)))
            self.do_GET()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forger.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield forger
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
