"""Reading request bodies and writing answers: media types, JSON text, entity tags."""

import json
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn, cast

from flask import Response
from typing_extensions import override
from werkzeug.datastructures import Headers, MIMEAccept
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType
from werkzeug.http import parse_accept_header

from app.errors import MalformedBody
from app.json_text import json_bytes
from app.web.current import current_request
from scim.urns import MEDIA_TYPE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON_TYPE = "application/json"
_CODINGS = frozenset({"", "identity"})
_BODILESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})
_READ_TYPES = frozenset({MEDIA_TYPE, JSON_TYPE, ""})


class UnreadableCoding(UnsupportedMediaType):
    """A body in a content coding, of which none is read here (RFC 9110 15.5.16)."""


class WholeAnswer(Response):
    """An answer with a body that goes out in one piece, and headers that are as they are sent.

    Its addresses are written in full and in ASCII; werkzeug would look at each header again.
    """

    default_mimetype = None

    def __init__(
        self,
        text: str | bytes,
        status: int,
        content_type: str | None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer with a text in UTF-8, or with none where there is no type."""
        body = text if isinstance(text, bytes) else text.encode()
        sent = Headers()
        if content_type is not None:
            sent.add("Content-Type", content_type)
            sent.add("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            sent.add(name, value)
        super().__init__([body], status, sent)

    @override
    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        return super().get_wsgi_headers(environ) if self.status_code in _BODILESS else self.headers

    @override
    def get_app_iter(self, environ: "WSGIEnvironment") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().get_app_iter(environ)
        # The server sends a list as it is. Of anything else it asks for piece after piece.
        return [] if self.status_code in _BODILESS else cast(list[bytes], self.response)


def scim_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a SCIM answer, as `application/json` to a client that accepts only that."""
    return json_response(body, status, _scim_type(), headers)


def scim_text(text: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a SCIM answer that is JSON text already. As `scim_response`."""
    return WholeAnswer(text, status, _scim_type(), headers)


def _scim_type() -> str:
    return _answered(current_request().environ.get("HTTP_ACCEPT", "")) or MEDIA_TYPE


def json_response(
    body: Any,
    status: int = 200,
    content_type: str = JSON_TYPE,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return `body` as JSON; None is an empty answer."""
    if body is None:
        return WholeAnswer(b"", status, None, headers)
    return WholeAnswer(json_bytes(body), status, content_type, headers)


def check_acceptable() -> None:
    """Check that the client reads one of the types in which SCIM is answered.

    Raises:
        NotAcceptable: its Accept header leaves both out.
    """
    if _answered(current_request().environ.get("HTTP_ACCEPT", "")) is None:
        raise NotAcceptable


def json_body() -> Any:
    """Return the request's body, parsed.

    Raises:
        UnreadableCoding: it is compressed, or encoded otherwise.
        UnsupportedMediaType: it is not said to be JSON.
        RequestEntityTooLarge: it is larger than allowed.
        MalformedBody: it is not JSON.
    """
    sent = current_request()
    if sent.environ.get("HTTP_CONTENT_ENCODING", "").strip().lower() not in _CODINGS:
        raise UnreadableCoding
    given = sent.environ.get("CONTENT_TYPE", "")
    if given not in _READ_TYPES and sent.mimetype not in _READ_TYPES:
        raise UnsupportedMediaType
    body = sent.body = sent.get_data()
    try:
        return _READER.decode(body.decode(json.detect_encoding(body), "surrogatepass"))
    except (ValueError, RecursionError):
        raise MalformedBody(
            "The body is not JSON. Check its quotes, commas and brackets, and that it is UTF-8."
        ) from None


@lru_cache(maxsize=256)
def _answered(accept: str) -> str | None:
    """Return in which type SCIM is answered to a client with this Accept header, or None.

    Parameters of a type, such as a charset, are not looked at.
    """
    ranges = parse_accept_header(accept, MIMEAccept)
    accepted = MIMEAccept([(range_.partition(";")[0], quality) for range_, quality in ranges])
    if not accepted or accepted[MEDIA_TYPE]:
        return MEDIA_TYPE
    return JSON_TYPE if accepted[JSON_TYPE] else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _object_of_unique_names(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object that gives no name twice, since either value could be the one meant."""
    unique = dict(members)
    if len(unique) < len(members):
        raise MalformedBody("The body gives a name twice in one object. Send each name once.")
    return unique


#: Made once; `json.loads` would make one for each body.
_READER = json.JSONDecoder(
    parse_constant=_refuse_constant, object_pairs_hook=_object_of_unique_names
)
