"""What every view may ask of its request: the instant, the caller, the addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import request

from app.access.authentication import authenticate
from app.access.context import Context, acting
from app.access.principal import Permission, Principal
from app.access.tokens import TokenUses
from app.clock import Watch
from app.config import Config
from app.errors import InvalidInput, NotAuthenticated, NotFound
from app.exchanges.queue import Recorder
from app.identifiers import new_id
from app.web.addresses import UNSTORABLE, holds_unstorable, unstorable_parameter
from app.web.admission import admit_token, count_stranger
from app.web.current import current_request
from app.web.parameters import check_query, expected_query

P = ParamSpec("P")
R = TypeVar("R")

SCIM_PREFIX = "/scim/v2"
OWNER_PREFIX = "/owner/v1"
SSO_PREFIX = "/sso/v1"

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

REQUEST_ID_HEADER = "X-Request-Id"
_REQUEST_ID_VARIABLE = "HTTP_X_REQUEST_ID"
REQUEST_ID_LENGTH_MAX = 128


@dataclass(frozen=True)
class Seatgate:
    """What one process of the application shares between requests."""

    config: Config
    token_uses: TokenUses
    #: Judges the clock; where it jumped, instants go by the time that passed.
    watch: Watch
    #: Takes what identity providers ask and are answered.
    recorder: Recorder


def seatgate() -> Seatgate:
    """Return what this process shares."""
    shared: Seatgate = current_request().app.extensions["seatgate"]
    return shared


def instant() -> datetime:
    """Return the one instant at which this request happens."""
    sent = current_request()
    if sent.at is None:
        sent.at = seatgate().watch.trusted_now()
    return sent.at


def request_id() -> str:
    """Return what this request is called: the client's X-Request-Id if it can be kept, else ours.

    Ours is made once for the request, so that audit events and the answer carry the same.
    """
    sent = current_request()
    if sent.request_id is None:
        given = sent.environ.get(_REQUEST_ID_VARIABLE, "")
        usable = given.isascii() and given.isprintable() and len(given) <= REQUEST_ID_LENGTH_MAX
        sent.request_id = given if given and usable else new_id("req", instant())
    return sent.request_id


def caller(*permissions: Permission) -> Principal:
    """Return who is calling, once it is known that they may.

    The header is `Authorization: Bearer <token>`; the bare token, which some identity providers
    send, is read too.

    Raises:
        NotAuthenticated: there is no valid token.
        NotPermitted: its role lacks one of the permissions.
        TooManyRequests: the caller sent too many. As `admit`.
        Busy: it did not become the caller's turn in time.
    """
    sent = current_request()
    given = sent.environ.get("HTTP_AUTHORIZATION", "").strip()
    scheme, _, rest = given.partition(" ")
    secret = rest.strip() if scheme.lower() == "bearer" else given
    if not secret:
        raise NotAuthenticated("Send a token in the header Authorization: Bearer <token>.")
    at = instant()
    try:
        principal = authenticate(secret, request_id=request_id(), at=at)
    except NotAuthenticated:
        count_stranger()
        raise
    sent.principal = sent.speaker = principal
    admit_token(principal.organization_id)
    seatgate().token_uses.note(principal, at)
    for permission in permissions:
        principal.require(permission)
    return principal


def requires(
    *permissions: Permission, who: Callable[..., Principal] = caller
) -> Callable[[Callable[Concatenate[Context, P], R]], Callable[P, R]]:
    """Let only callers with all `permissions` reach a view, which gets the context first.

    `who` is given them, and returns the caller or raises. Nothing of the request is read before
    that. Then a query that the view does not read is refused.
    """

    def decorate(view: Callable[Concatenate[Context, P], R]) -> Callable[P, R]:
        expected = expected_query(view)

        @wraps(view)
        def admitted(*args: P.args, **kwargs: P.kwargs) -> R:
            context = acting(who(*permissions), at=instant())
            sent = current_request()
            if holds_unstorable(sent.path):
                raise NotFound(f"There is nothing here. {UNSTORABLE}")
            if sent.query_string:
                if (name := unstorable_parameter(sent.args)) is not None:
                    raise InvalidInput(name.replace("\0", ""), UNSTORABLE)
                check_query(sent.args, expected)
            return view(context, *args, **kwargs)

        return admitted

    return decorate


def public_url() -> str:
    """Return the address that links begin with: the configured one, else the request's own."""
    return seatgate().config.public_url or request.url_root.rstrip("/")


def sign_in_url() -> str | None:
    """Return the address to which a sign-in elsewhere may lead back, or None.

    It is the configured one, else that of this machine alone: another that a request names could be
    anybody's.
    """
    configured = seatgate().config.public_url
    is_here = urlsplit(request.url_root).hostname in _LOOPBACK
    return configured or (public_url() if is_here else None)


def scim_url() -> str:
    """Return the SCIM base URL."""
    return public_url() + SCIM_PREFIX
