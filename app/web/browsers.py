"""What a browser keeps for us: the secret of its session, and a secret of its own.

Both are HttpOnly, SameSite=Lax, and Secure behind TLS, where their names bind them to this host
(`__Host-`). The browser's own secret lives until the browser is closed. Form tokens and notes for
the next page are sealed with it, so that neither can be made elsewhere.
"""

import hashlib
import hmac
import secrets
from datetime import datetime

from flask import Flask, Response, request

from app.web.context import instant
from app.web.current import current_request
from app.web.security import is_secure

_SESSION = "seatgate_session"
_BROWSER = "seatgate_browser"

_SECRET_BYTES = 32


def session_secret() -> str | None:
    """Return the secret of the browser's session, if it sent one."""
    return request.cookies.get(_named(_SESSION)) or None


def keep_session(response: Response, secret: str, *, until: datetime) -> None:
    """Let the browser keep the secret of a session until an instant."""
    seconds = max(int((until - instant()).total_seconds()), 0)
    _set(response, _SESSION, secret, max_age=seconds)


def forget_session(response: Response) -> None:
    """Let the browser forget its session."""
    _set(response, _SESSION, "", max_age=0)


def browser_secret() -> str:
    """Return the browser's own secret, which is made at its first request that needs one."""
    sent = current_request()
    if sent.browser_secret is None:
        sent.browser_secret = request.cookies.get(_named(_BROWSER)) or None
    if sent.browser_secret is None:
        sent.browser_secret = secrets.token_urlsafe(_SECRET_BYTES)
        sent.has_new_browser_secret = True
    return sent.browser_secret


def seal(purpose: str, text: str) -> str:
    """Return the seal of a text for a purpose; only this browser's requests can have it."""
    message = f"{purpose}:{text}".encode()
    return hmac.new(browser_secret().encode(), message, hashlib.sha256).hexdigest()


def is_sealed(purpose: str, text: str, given: str) -> bool:
    """Return whether a seal is the one of a text for a purpose."""
    return hmac.compare_digest(seal(purpose, text).encode(), given.encode())


def register(app: Flask) -> None:
    """Let the browser keep a secret that was made for it."""
    app.after_request(_keep_browser_secret)


def set_cookie(response: Response, name: str, value: str) -> None:
    """Let the browser keep a value until it is closed."""
    _set(response, name, value, max_age=None)


def drop_cookie(response: Response, name: str) -> None:
    """Let the browser forget a value."""
    _set(response, name, "", max_age=0)


def cookie(name: str) -> str | None:
    """Return a value that the browser keeps."""
    return request.cookies.get(_named(name))


def _keep_browser_secret(response: Response) -> Response:
    if current_request().has_new_browser_secret:
        _set(response, _BROWSER, browser_secret(), max_age=None)
    return response


def _named(name: str) -> str:
    return f"__Host-{name}" if is_secure() else name


def _set(response: Response, name: str, value: str, *, max_age: int | None) -> None:
    response.set_cookie(
        _named(name),
        value,
        max_age=max_age,
        path="/",
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
    )
