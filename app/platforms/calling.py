"""Calling a platform: a signed POST, in which every step has a deadline.

The signature is the HMAC-SHA256 of the instant, the key and the body, so that none of them can be
changed, and a call that was overheard is not of use for long.
"""

import base64
import hashlib
import hmac
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from urllib.parse import urlsplit

from app.outbox.attempts import Reach, Undelivered
from app.platforms.goods import Good

#: What connecting, and each further step, may take.
STEP_SECONDS_MAX = 10

#: What all steps of one call may take together; a platform that trickles gets no more.
CALL_SECONDS_MAX = 60

UNSIGNED = (
    "Calls are not signed: name the file of the secret that you share with the platform in"
    " SEATGATE_PLATFORM_SECRET_FILE."
)

#: 4xx answers that are about the address, our signature or the moment, and not about the file.
_ABOUT_US = frozenset({401, 402, 403, 404, 405, 407, 408, 421, 425, 429})


def call(url: str, good: Good, secret: str | None, *, at: datetime) -> None:
    """Post a file below an address. Any answer of 2xx says that the platform has it.

    Raises:
        Undelivered: the platform did not take it, or it is not known whether it did.
    """
    if secret is None:
        raise Undelivered(Reach.SERVER, UNSIGNED)
    status = _posted(f"{url}/{good.topic}", good, _headers(good, secret, at))
    if 200 <= status < 300:
        return
    if 400 <= status < 500 and status not in _ABOUT_US:
        raise Undelivered(
            Reach.FINAL,
            f"The platform does not take the file {good.file_name} (HTTP {status}). Ask it why,"
            " and hand the invoice over again with `seatgate invoice hand-over`.",
        )
    raise Undelivered(Reach.SERVER, f"The platform takes no calls from us now (HTTP {status}).")


def signature(secret: str, key: str, content: bytes, *, at: datetime) -> str:
    """Return what the header `Seatgate-Signature` says of a call."""
    seconds = int(at.timestamp())
    signed = f"{seconds}.{key}.".encode() + content
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _headers(good: Good, secret: str, at: datetime) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(good.content).digest()).decode()
    return {
        "Content-Type": good.media_type,
        "Content-Disposition": f'attachment; filename="{good.file_name}"',
        "Content-Digest": f"sha-256=:{digest}:",
        "Idempotency-Key": good.key,
        "Seatgate-Signature": signature(secret, good.key, good.content, at=at),
    }


def _posted(url: str, good: Good, headers: dict[str, str]) -> int:
    """Post, and return the status of the answer, whose words are the platform's own."""
    parts = urlsplit(url)
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.connect()
        with _deadline(connection):
            connection.request("POST", parts.path, body=good.content, headers=headers)
            return connection.getresponse().status
    except ssl.SSLError:
        why = "The platform’s certificate cannot be trusted, or it does not speak TLS."
    except TimeoutError:
        why = "The platform did not answer in time."
    except (OSError, HTTPException):
        why = "The platform cannot be reached, or broke the call off."
    finally:
        connection.close()
    raise Undelivered(Reach.SERVER, why)


def _connection(scheme: str, host: str, port: int | None) -> HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, port, timeout=STEP_SECONDS_MAX, context=context)
    return HTTPConnection(host, port, timeout=STEP_SECONDS_MAX)


@contextmanager
def _deadline(connection: HTTPConnection) -> Iterator[None]:
    """End the call when its steps take too long together."""
    sock = connection.sock

    def end() -> None:
        with suppress(OSError):
            sock.shutdown(SHUT_RDWR)

    timer = threading.Timer(CALL_SECONDS_MAX, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
