"""Reading request bodies and writing answers: media types, JSON text, entity tags."""

import json
from typing import Any, NoReturn

from flask import Response, g, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import NotAcceptable, UnsupportedMediaType

from app.errors import MalformedBody
from scim.urns import MEDIA_TYPE

JSON_TYPE = "application/json"
_CODINGS = frozenset({"", "identity"})
_READ_TYPES = frozenset({MEDIA_TYPE, JSON_TYPE, ""})


class UnreadableCoding(UnsupportedMediaType):
    """A body in a content coding, of which none is read here (RFC 9110 15.5.16)."""


def scim_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a SCIM answer, as `application/json` to a client that accepts only that."""
    accepted = _accepted()
    plain = bool(accepted) and not accepted[MEDIA_TYPE] and bool(accepted[JSON_TYPE])
    return json_response(body, status, JSON_TYPE if plain else MEDIA_TYPE, headers)


def json_response(
    body: Any,
    status: int = 200,
    content_type: str = JSON_TYPE,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return `body` as JSON; None is an empty answer."""
    text = "" if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, which a refusal may quote, becomes the escape that JSON has for it.
    response = Response(text.encode(errors="backslashreplace"), status, headers)
    if body is None:
        del response.headers["Content-Type"]
    else:
        response.headers["Content-Type"] = content_type
    return response


def check_acceptable() -> None:
    """Check that the client reads one of the types in which SCIM is answered.

    Raises:
        NotAcceptable: its Accept header leaves both out.
    """
    accepted = _accepted()
    if accepted and not (accepted[MEDIA_TYPE] or accepted[JSON_TYPE]):
        raise NotAcceptable


def json_body() -> Any:
    """Return the request's body, parsed.

    Raises:
        UnreadableCoding: it is compressed, or encoded otherwise.
        UnsupportedMediaType: it is not said to be JSON.
        RequestEntityTooLarge: it is larger than allowed.
        MalformedBody: it is not JSON.
    """
    if request.headers.get("Content-Encoding", "").strip().lower() not in _CODINGS:
        raise UnreadableCoding
    if request.mimetype not in _READ_TYPES:
        raise UnsupportedMediaType
    g.body = request.get_data()
    try:
        return json.loads(
            g.body,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_of_unique_names,
        )
    except (ValueError, RecursionError):
        raise MalformedBody(
            "The body is not JSON. Check its quotes, commas and brackets, and that it is UTF-8."
        ) from None


def _accepted() -> MIMEAccept:
    """Return the media types that the client accepts, without parameters such as a charset."""
    ranges = request.accept_mimetypes
    return MIMEAccept([(range_.partition(";")[0], quality) for range_, quality in ranges])


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _object_of_unique_names(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object that gives no name twice, since either value could be the one meant."""
    unique = dict(members)
    if len(unique) < len(members):
        raise MalformedBody("The body gives a name twice in one object. Send each name once.")
    return unique
