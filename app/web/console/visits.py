"""Who visits the console: the session's context, and what the head of each page says of it."""

from dataclasses import dataclass, replace

from flask import g

from app.access.context import Context, acting
from app.errors import NotAuthenticated
from app.owners.presence import Presence
from app.owners.sessions import find_visitor
from app.web.browsers import session_secret
from app.web.context import instant, request_id
from app.web.current import current_request


@dataclass(frozen=True)
class Visit:
    """A person who is signed in, and their organization."""

    context: Context
    presence: Presence


def visit() -> Visit:
    """Return who is signed in. It is looked up once for a request.

    Raises:
        NotAuthenticated: the browser has no session, or it has ended.
    """
    if "visit" not in g:
        g.visit = _find()
    found: Visit | None = g.visit
    if found is None:
        raise NotAuthenticated("Sign in first.")
    return found


def visit_or_none() -> Visit | None:
    """Return who is signed in, or None."""
    try:
        return visit()
    except NotAuthenticated:
        return None


def _find() -> Visit | None:
    secret = session_secret()
    if secret is None:
        return None
    try:
        visitor = find_visitor(secret, at=instant())
    except NotAuthenticated:
        return None
    context = acting(replace(visitor.principal, request_id=request_id()), at=instant())
    current_request().principal = context
    return Visit(context, visitor.presence)
