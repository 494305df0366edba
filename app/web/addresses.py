"""Addresses as they were meant: slashes too many are read past, and nothing is ever redirected.

A base URL is pasted with the slash at its end, and `//Users` is what a provider then asks for. A
redirect would lose it: providers do not repeat a POST elsewhere.
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Request, Response
from flask.ctx import RequestContext
from flask.sessions import NullSession, SessionInterface
from werkzeug.datastructures import MultiDict
from werkzeug.routing import MapAdapter

from app.web import current
from scim.storable import NOT_STORABLE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

UNSTORABLE = "The address holds a NUL or half a surrogate pair, which no value here can have."
_SLASHES = re.compile("//+")
#: Routes are the same under every host, and no address is built with one.
_NO_HOST = "localhost"


class NoSessions(SessionInterface):
    """Flask's own sessions, of which there are none: those of the console are in the database."""

    _none = NullSession()

    def open_session(self, app: Flask, request: Request) -> NullSession:  # noqa: ARG002  # Flask's interface
        """Return the one session that holds nothing."""
        return self._none

    def is_null_session(self, obj: object) -> bool:
        """Say that there is nothing to save."""
        return obj is self._none


class Application(Flask):
    """Flask, which answers OPTIONS with the methods alone and never redirects."""

    session_interface = NoSessions()
    request_class = current.CurrentRequest

    def __init__(self, name: str) -> None:
        """Serve no files, and route each address as it is after `PlainSlashes`."""
        super().__init__(name, static_folder=None)
        self.url_map.strict_slashes = False
        self.url_map.merge_slashes = False
        self.url_map.redirect_defaults = False
        self.wsgi_app = PlainSlashes(self.wsgi_app)  # type: ignore[method-assign]  # as Flask documents it

    def request_context(self, environ: "WSGIEnvironment") -> RequestContext:
        """Return the context of a request, which is the current one from here on."""
        context = super().request_context(environ)
        current.begin(cast(current.CurrentRequest, context.request), self)
        return context

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the view of a request: by its path and method, under any host."""
        if request is None:
            return super().create_url_adapter(request)
        return self.url_map.bind(
            _NO_HOST,
            request.root_path,
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path,
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view as it is: none is a coroutine, which Flask asks of each at each call."""
        return func

    def make_default_options_response(self) -> Response:
        """Say which methods the address takes, as 204 without a body (RFC 9110 9.3.7)."""
        response: Response = super().make_default_options_response()
        response.status_code = HTTPStatus.NO_CONTENT
        del response.headers["Content-Type"]
        return response


class PlainSlashes:
    """WSGI middleware that writes each run of slashes as one, and drops those at the end."""

    def __init__(
        self, application: "Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]"
    ) -> None:
        """Stand before an application."""
        self._application = application

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer the request for the address that was meant."""
        environ["PATH_INFO"] = plain_path(environ.get("PATH_INFO", ""))
        return self._application(environ, start_response)


def plain_path(path: str) -> str:
    """Return a path without slashes too many.

    >>> plain_path("/scim/v2//Users/"), plain_path("//")
    ('/scim/v2/Users', '/')
    """
    if "//" in path:
        path = _SLASHES.sub("/", path)
    return path.rstrip("/") or "/"


def holds_unstorable(text: str) -> bool:
    r"""Return whether a text holds a NUL or half a surrogate pair, which no database keeps.

    >>> holds_unstorable("a\0b"), holds_unstorable("\ud800"), holds_unstorable("Zoë")
    (True, True, False)
    """
    return NOT_STORABLE.search(text) is not None


def unstorable_parameter(parameters: "MultiDict[str, str]") -> str | None:
    """Return the first parameter of a query that holds what no database keeps, or None."""
    pairs = parameters.items(multi=True)
    return next((name for name, value in pairs if holds_unstorable(name + value)), None)
