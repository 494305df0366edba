"""What a request must be before any of it is believed: one host, a known scheme, UTF-8, an end.

What is no HTTP at all does not come this far: the server answers it with a bare 400 or 431.
"""

import re
from functools import cached_property, lru_cache
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import unquote_to_bytes

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: A name, an IPv4 or a bracketed IPv6 address, and perhaps a port (RFC 3986 3.2.2).
_HOST = re.compile(r"([\w.~!$&'()*+;=%-]+|\[[0-9a-fA-F:.]+\])(:[0-9]*)?", re.ASCII)
_SCHEMES = frozenset({"", "http", "https"})
#: Where a client that speaks this version names no host, it knew of none.
_OLD_VERSIONS = frozenset({"HTTP/1", "HTTP/1.0"})
#: How much is read of a body at once.
_PART_BYTES_MAX = 65_536
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]|%[89a-fA-F]")


class NoHost(BadRequest):
    """The request names no host, or no single one (RFC 9112 3.2)."""


class ForeignScheme(BadRequest):
    """A proxy, or who claims to be one, says that the request came by neither http nor https."""


class NotUtf8(BadRequest):
    """The query is not UTF-8 (RFC 3987 3.1)."""


class _Body(LimitedStream):
    """A body that ends where its length says, and not above the most that is read."""

    def __init__(self, stream: IO[bytes], length: int | None, bytes_max: int) -> None:
        # With a byte above the most that is read it is too large, whatever length it was to have.
        super().__init__(stream, bytes_max + 1, is_max=True)
        self._length = length

    def readinto(self, b: bytearray) -> int | None:  # type: ignore[override]  # as Werkzeug has it
        part = self._part(len(b))
        b[: len(part)] = part
        return len(part)

    def readall(self) -> bytes:
        parts = []
        while self._pos != self._length and (part := self._part(_PART_BYTES_MAX)):
            parts.append(part)
        return b"".join(parts)

    def _part(self, size: int) -> bytes:
        """Return up to `size` bytes, and none at the end."""
        try:
            part = self._stream.read(min(size, self.limit - self._pos))
        except (OSError, ValueError) as error:
            raise BadRequest from error
        if not part and self._length is not None and self._pos < self._length:
            raise BadRequest
        self._pos += len(part)
        if self.is_exhausted:
            raise RequestEntityTooLarge
        return part


class BoundedRequest(Request):
    """A request of whose body no more is read than is allowed, and which is refused for more.

    Werkzeug reads of a body in chunks as much as is allowed, and takes that for the whole.
    """

    #: The body, once it was read.
    _whole: bytes | None = None

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body, if it is not said to be too large."""
        body = self._bounded()
        return super().stream if body is None else cast(IO[bytes], body)

    def get_data(
        self,
        cache: bool = True,  # noqa: FBT001, FBT002  # as its parent's
        as_text: bool = False,  # noqa: FBT001, FBT002
        parse_form_data: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:
        """Return the whole body, which is read once and in one go.

        Raises:
            RequestEntityTooLarge: it is larger than allowed.
            BadRequest: it is shorter than it was said to be.
        """
        if self._whole is None:
            body = None if "stream" in self.__dict__ else self._bounded()
            if body is None:
                return super().get_data(cache, as_text, parse_form_data)  # type: ignore[call-overload]  # one of its forms
            self._whole = body.readall()
        return self._whole.decode(errors="replace") if as_text else self._whole

    def _bounded(self) -> _Body | None:
        """Return what reads the body; None where the server does not say where it ends."""
        environ, bytes_max = self.environ, self.max_content_length
        if bytes_max is None or "wsgi.input_terminated" not in environ:
            return None
        given = environ.get("CONTENT_LENGTH", "")
        length = int(given) if given.isascii() and given.isdecimal() else self.content_length
        if length is not None and length > bytes_max:
            raise RequestEntityTooLarge
        return _Body(environ["wsgi.input"], length, bytes_max)


def check(environ: "WSGIEnvironment") -> None:
    """Check a request before it has its turn.

    Raises:
        NoHost: it names no host, two, or what is none.
        ForeignScheme: X-Forwarded-Proto is neither http nor https.
        NotUtf8: its query is not UTF-8, as it came or with its escapes read. A path that is not
            leads to nothing.
    """
    host = environ.get("HTTP_HOST", "")
    if not _is_host(host) and (host or environ["SERVER_PROTOCOL"] not in _OLD_VERSIONS):
        raise NoHost
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO")
    if forwarded is not None and not _are_schemes(forwarded):
        raise ForeignScheme
    query = environ.get("QUERY_STRING", "")
    if "%" in query or not query.isascii():
        _check_utf8(query.encode("latin-1"))


@lru_cache(maxsize=256)
def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None


@lru_cache(maxsize=16)
def _are_schemes(text: str) -> bool:
    return all(each.strip().lower() in _SCHEMES for each in text.split(","))


def _check_utf8(text: bytes) -> None:
    if _BEYOND_ASCII.search(text) is None:
        return
    try:
        text.decode()
        unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise NotUtf8 from None
