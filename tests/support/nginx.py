"""Debian's nginx in front of a server, with the configuration that the manual shows."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
import trustme
from requests.adapters import HTTPAdapter

from tests.support.clients import Client
from tests.support.servers import free_port

MANUAL = Path(__file__).parents[2] / "app" / "docs" / "operation.md"
NAME = "seats.example.com"
START_SECONDS_MAX = 30


@dataclass
class Front:
    """nginx, as it listens on a port for the clients of a server."""

    port: int
    authority: Path

    @contextmanager
    def connected(self, source: str = "127.0.0.1") -> Iterator[ssl.SSLSocket]:
        """Hold a connection over TLS, from one of this machine's addresses."""
        context = ssl.create_default_context(cafile=str(self.authority))
        address = ("127.0.0.1", self.port)
        with (
            socket.create_connection(address, timeout=60, source_address=(source, 0)) as line,
            context.wrap_socket(line, server_hostname=NAME) as secured,
        ):
            yield secured

    def client(self, kind: type[Client], secret: str, source: str = "127.0.0.1") -> Client:
        """Return a client that comes through nginx, from one of this machine's addresses."""
        client = kind(f"https://{NAME}:{self.port}", secret)
        client.mount("https://", _From(source))
        client.verify = str(self.authority)
        return client


class _From(HTTPAdapter):
    """Connects to this machine from one of its addresses, whatever name is meant."""

    def __init__(self, source: str) -> None:
        self.source = source
        super().__init__()

    def init_poolmanager(self, *args, **options) -> None:
        options |= {"source_address": (self.source, 0), "server_hostname": NAME}
        super().init_poolmanager(*args, assert_hostname=NAME, **options)

    def send(self, request, *args, **options) -> requests.Response:
        request.headers["Host"] = NAME
        request.url = request.url.replace(NAME, "127.0.0.1", 1)
        return super().send(request, *args, **options)


@contextmanager
def fronted(server_port: int, folder: Path) -> Iterator[Front]:
    """Run nginx in front of the server on a port, with its files in a folder."""
    program = _installed()
    authority, port = trustme.CA(), free_port()
    certificate = authority.issue_cert(NAME)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "both.pem"))
    (folder / "nginx.conf").write_text(_configured(port, server_port, folder))
    process = subprocess.Popen(  # noqa: S603  # the program that was installed for this
        [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", _kept_in(folder)]
    )
    try:
        _wait_for(port, process)
        yield Front(port, folder / "authority.pem")
    finally:
        process.terminate()
        process.wait(30)


def documented() -> str:
    """Return the configuration as the manual shows it."""
    (shown,) = re.findall(r"```nginx\n(.*?)```", MANUAL.read_text(), re.DOTALL)
    return shown


def _configured(port: int, server_port: int, folder: Path) -> str:
    """Return the documented text with what depends on the machine: ports and certificate."""
    text = documented()
    for shown, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8080": f"server 127.0.0.1:{server_port}",
        "/etc/ssl/seatgate/chain.pem": str(folder / "both.pem"),
        "/etc/ssl/seatgate/key.pem": str(folder / "both.pem"),
    }.items():
        assert text.count(shown) == 1
        text = text.replace(shown, here)
    return text


def _kept_in(folder: Path) -> str:
    return f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;"


def _installed() -> str:
    """Return the path of nginx; install it where that may be done, and fail where it may not."""
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])
    if shutil.which("nginx", path=path) is None:
        install = ["apt-get", "install", "--yes", "--no-install-recommends", "nginx-light"]
        done = subprocess.run(install, capture_output=True, text=True)  # noqa: S603  # fixed words
        assert done.returncode == 0, f"Install nginx: apt-get could not.\n{done.stderr}"
    found = shutil.which("nginx", path=path)
    assert found is not None
    return found


def _wait_for(port: int, process: subprocess.Popen) -> None:
    give_up_at = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("nginx did not start")
