"""Cursors: where the next page of a query begins, sealed so that only this server can make one.

A cursor holds no secret, but it reaches the database, so it is believed only with its seal
(RFC 9865 5.2). It is bound to one query and to one page size, and it expires.
"""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from scim.errors import ExpiredCursor, InvalidCount, InvalidCursor

CURSOR_TIMEOUT_SECONDS: Final = 3_600
_SEAL_LENGTH: Final = 32

#: What the key also seals cannot be passed off as a cursor, nor a cursor of an older form as new.
_PURPOSE: Final = b"scim cursor 1\n"

_WRITER: Final = json.JSONEncoder(separators=(",", ":"))

#: The sort key of a page's last resource, its id in the end.
LastKey = tuple[str | int | float | bool | None, ...]


@dataclass(frozen=True)
class Claims:
    """What a cursor says: the query it belongs to, its page size, and the last key seen."""

    fingerprint: str
    count: int
    last_key: LastKey

    def check(self, fingerprint: str, count: int | None) -> None:
        """Refuse to go on with another query, or with another count if the client gives one.

        Raises:
            InvalidCursor: the cursor belongs to another query.
            InvalidCount: the count differs from the first page's.
        """
        if fingerprint != self.fingerprint:
            raise InvalidCursor(
                "The cursor belongs to another query; repeat the query that returned it, "
                "or start again with an empty cursor."
            )
        if count not in (None, self.count):
            raise InvalidCount(
                f"The cursor was returned for pages of {self.count}; keep count at {self.count}."
            )


def fingerprint(*parts: str | None) -> str:
    """Return a short text that stands for everything that makes a query what it is.

    >>> fingerprint("/Users", None) == fingerprint("/Users", "")
    False
    """
    return _encoded(sha256(json.dumps(parts).encode()).digest()[:12])


def issue(key: bytes, claims: Claims, at: datetime) -> str:
    """Return the sealed cursor of these claims, to be used within the hour."""
    expires_at = at + timedelta(seconds=CURSOR_TIMEOUT_SECONDS)
    content = [claims.fingerprint, claims.count, claims.last_key, int(expires_at.timestamp())]
    payload = _WRITER.encode(content).encode()
    return _encoded(_seal(key, payload) + payload)


def read(key: bytes, text: str, at: datetime) -> Claims:
    """Return the claims of a cursor that this server issued.

    Raises:
        InvalidCursor: this server did not issue it.
        ExpiredCursor: it was issued too long ago.
    """
    sealed = _decoded(text)
    seal, payload = sealed[:_SEAL_LENGTH], sealed[_SEAL_LENGTH:]
    if not hmac.compare_digest(seal, _seal(key, payload)):
        raise InvalidCursor(
            "The cursor was not issued by this server; start again with an empty cursor."
        )
    query, count, last_key, expires = json.loads(payload)
    if at.timestamp() >= expires:
        raise ExpiredCursor("The cursor has expired; start again with an empty cursor.")
    return Claims(query, count, tuple(last_key))


def _seal(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, _PURPOSE + payload, sha256)


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Return the bytes of a cursor, none if it is not even base64."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
