"""The request that this thread answers, what is noted of it, and the application that answers.

Flask's `request`, `g` and `current_app` look them up anew at each use, which takes a microsecond.
Where every request passes, they are looked up once.
"""

from typing import cast

from flask import Flask, Request, current_app, g, request
from flask.ctx import _AppCtxGlobals


def current_request() -> Request:
    """Return the request."""
    return cast(Request, request._get_current_object())  # type: ignore[attr-defined]  # stubs hide the proxy


def notes() -> _AppCtxGlobals:
    """Return what is noted of the request while it is answered."""
    return cast(_AppCtxGlobals, g._get_current_object())


def current_application() -> Flask:
    """Return the application."""
    return cast(Flask, current_app._get_current_object())  # type: ignore[attr-defined]  # as above
