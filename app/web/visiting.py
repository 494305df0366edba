"""Callers who may be people: a browser with a session reads what a token may read."""

from dataclasses import replace

from flask import request

from app.access.principal import Permission, Principal
from app.errors import NotAuthenticated
from app.owners.sessions import find_session
from app.web.admission import admit, count_stranger
from app.web.browsers import session_secret
from app.web.context import caller, instant, request_id
from app.web.current import current_request
from app.web.security import Misdirected, is_misdirected


def reader(*permissions: Permission) -> Principal:
    """Return who is calling, by a token or by the session of a browser.

    Use it for reading only: a session proves nothing about which site made the request.

    Raises:
        Misdirected: the browser was led here under another host.
        NotAuthenticated: there is neither, or it is not valid.
        NotPermitted: the role lacks a permission.
        TooManyRequests: the caller sent too many. As `admit`.
        Busy: it did not become the caller's turn in time.
    """
    secret = session_secret()
    if secret is None or "Authorization" in request.headers:
        return caller(*permissions)
    if is_misdirected():
        raise Misdirected
    try:
        principal = replace(find_session(secret, at=instant()), request_id=request_id())
    except NotAuthenticated:
        count_stranger()
        raise
    current_request().principal = principal
    admit(principal.organization_id)
    for permission in permissions:
        principal.require(permission)
    return principal
