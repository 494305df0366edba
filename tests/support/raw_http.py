"""HTTP as bytes over a socket, for requests that no client library would send."""

import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """An answer as it came: its status, its headers, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @classmethod
    def read(cls, line: socket.socket, method: str = "GET") -> "Answer":
        """Read the answer to a request of a method.

        Raises:
            ConnectionError: it ends before any of it came.
        """
        with suppress(ConnectionResetError), line.makefile("rb") as file:
            status = 100
            while status == 100:
                first = file.readline()
                if not first:
                    break
                status = int(first.split()[1])
                head = b"".join(iter(file.readline, b"\r\n"))
            else:
                parsed = BytesHeaderParser().parsebytes(head)
                headers = {name.title(): value for name, value in parsed.items()}
                length = 0 if method == "HEAD" else int(headers.get("Content-Length", 0))
                return cls(status, headers, file.read(length))
        raise ConnectionError("the connection ended without an answer")


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """Hold a connection to a server on this machine."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS) as line:
        yield line


def ask(port: int, *parts: bytes, method: str = "GET") -> Answer:
    """Send the bytes of a request and return its answer."""
    with connected(port) as line:
        with suppress(BrokenPipeError, ConnectionResetError):
            for part in parts:
                line.sendall(part)
        return Answer.read(line, method)


def head(method: str, path: str, *headers: str, host: str = "127.0.0.1") -> bytes:
    """Return the first line and the headers of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a body's parts as chunks, without the one that would end it."""
    for part in parts:
        yield b"%x\r\n%s\r\n" % (len(part), part)
