"""Every failure as an answer: one table of statuses, and a form for each surface.

SCIM answers with the Error message of RFC 7644 3.12, the owner and SSO surfaces with
`application/problem+json` (RFC 9457) and a stable `code`. No traceback and no library's words
reach a client.
"""

import logging
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from app import errors
from app.db import failures
from app.errors import DomainError, SeatLimitReached, SeatRefusal
from app.limits.refusals import TooManyRequests
from app.log_lines import Repeated
from app.owners import refusals
from app.web.context import SCIM_PREFIX, public_url
from app.web.current import current_request
from app.web.responses import (
    JSON_TYPE,
    UnreadableCoding,
    json_response,
    scim_response,
)
from app.web.security import ForeignForm, Misdirected
from app.web.wellformed import ForeignScheme, NoHost, NotUtf8
from scim import messages
from scim.errors import InvalidVersion, ScimError

log = logging.getLogger(__name__)
trouble = Repeated(log, "the database did not serve a request")

RETRY_AFTER_SECONDS = 5
PROBLEM_TYPE = "application/problem+json"
#: So that a refusal is one line of at most 300 characters, its reference included.
_NAME_LENGTH_MAX = 60

#: The status of each refusal; the nearest class that is listed counts.
STATUSES: dict[type[DomainError], HTTPStatus] = {
    errors.MalformedBody: HTTPStatus.BAD_REQUEST,
    errors.InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.AlreadyExists: HTTPStatus.CONFLICT,
    errors.VersionMismatch: HTTPStatus.PRECONDITION_FAILED,
    errors.SeatRefusal: HTTPStatus.FORBIDDEN,
    errors.NoSeatToMove: HTTPStatus.CONFLICT,
    errors.AlreadyHoldsSeat: HTTPStatus.CONFLICT,
    errors.PersonActive: HTTPStatus.CONFLICT,
    refusals.LastPrimaryOwner: HTTPStatus.CONFLICT,
    refusals.LinkEnded: HTTPStatus.GONE,
    refusals.SignInOff: HTTPStatus.CONFLICT,
    refusals.SignInRefused: HTTPStatus.FORBIDDEN,
    errors.PlanNotEligible: HTTPStatus.FORBIDDEN,
    errors.TotalMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NothingToChange: HTTPStatus.CONFLICT,
    errors.BillingError: HTTPStatus.CONFLICT,
    errors.IdempotencyKeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.ClockJumped: HTTPStatus.SERVICE_UNAVAILABLE,
    TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Busy: HTTPStatus.SERVICE_UNAVAILABLE,
}

#: The `scimType` of the few refusals for which RFC 7644 3.12 has one.
SCIM_TYPES: dict[type[DomainError], str] = {
    errors.MalformedBody: "invalidSyntax",
    errors.AlreadyExists: "uniqueness",
}

#: What HTTP itself refuses, in our words.
_HTTP_DETAILS: dict[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        "bad_request",
        "The request cannot be read. Check its address, headers and body.",
    ),
    HTTPStatus.NOT_FOUND: (
        "not_found",
        "There is nothing at this address. Check the base URL and the path.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        "This address does not take this method.",
    ),
    HTTPStatus.NOT_ACCEPTABLE: (
        "not_acceptable",
        "The answer is JSON. Accept it, or leave the Accept header out.",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "body_too_large",
        "The body is too large. Send the request in parts.",
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "unsupported_media_type",
        "Send JSON, with a Content-Type that says so.",
    ),
}

#: What this server refuses by a class of its own.
_OWN_DETAILS: dict[type[HTTPException], tuple[str, str]] = {
    NoHost: (
        "bad_request",
        "Name the host that is meant, once and with nothing else, in the header Host.",
    ),
    ForeignScheme: (
        "bad_request",
        "X-Forwarded-Proto must be http or https. Correct the proxy that sets it.",
    ),
    NotUtf8: (
        "bad_request",
        "The query is not UTF-8. Write each value as UTF-8, then percent-encode it.",
    ),
    UnreadableCoding: (
        "unsupported_coding",
        "Send the body as it is, without Content-Encoding.",
    ),
    ForeignForm: (
        "form_expired",
        "The form does not belong to this session, so nothing was done. Reload it and try again.",
    ),
    Misdirected: (
        "misdirected",
        "The console is not served under this host. Use its public address.",
    ),
}


#: Addresses of SCIM, whatever the version, and those of another version than ours.
_SCIM = re.compile(r"/scim(/|$)")
_OTHER_VERSION = re.compile(r"/scim/v(?!2(/|$))[0-9.]+(/|$)")


@dataclass(frozen=True)
class Problem:
    """A failure, before it takes the form of its surface."""

    status: int
    code: str
    detail: str
    facts: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    scim_type: str | None = None


def register(app: Flask, page: Callable[[Problem], Response]) -> None:
    """Let `app` answer every failure here; `page` shows one to a browser."""
    app.register_error_handler(Exception, partial(answer, page=page))


def answer(error: Exception, *, page: Callable[[Problem], Response]) -> Response:
    """Return the answer to a request that failed, in the form of its surface.

    Browsers get a page and programs get problem details; SCIM has its own form for both.
    """
    if isinstance(error, NotFound) and _OTHER_VERSION.match(request.path):
        error = InvalidVersion(f"This server speaks SCIM 2.0: its base URL ends in {SCIM_PREFIX}.")
    problem = current_request().problem = problem_of(error)
    if _SCIM.match(request.path):
        response = scim_response(
            messages.error(problem.status, problem.detail, problem.scim_type), problem.status
        )
    elif _is_browser():
        response = page(problem)
    else:
        response = problem_response(problem)
    response.headers.update(problem.headers)
    return response


def _is_browser() -> bool:
    """Return whether the client would rather have a page than JSON."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > accepted[JSON_TYPE]


def problem_response(problem: Problem) -> Response:
    """Return a failure as problem details (RFC 9457)."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        **problem.facts,
    }
    return json_response(body, problem.status, PROBLEM_TYPE)


def problem_of(error: Exception) -> Problem:  # noqa: PLR0911  # one return for each kind
    """Return what a request that failed is answered with."""
    match error:
        case SeatRefusal():
            return _seat_refusal(error)
        case DomainError():
            return _domain_problem(error)
        case ScimError():
            return Problem(
                error.status, error.scim_type or "invalid", error.detail, scim_type=error.scim_type
            )
        case HTTPException():
            return _http_problem(error)
        case _ if failures.is_unavailable(error):
            trouble.warn(failures.cause(error))
            return _domain_problem(failures.refusal(error))
        case _:
            return _our_fault()


def _domain_problem(error: DomainError) -> Problem:
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    headers = {}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="Seatgate"'
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, TooManyRequests):
        headers |= retry_headers(error)
    scim_type = next((SCIM_TYPES[kind] for kind in type(error).__mro__ if kind in SCIM_TYPES), None)
    return Problem(status, error.code, error.message, error.facts, headers, scim_type)


def retry_headers(refusal: TooManyRequests) -> dict[str, str]:
    """Return when to try again, and the quota that is used up.

    RFC 9110 10.2.3, draft-ietf-httpapi-ratelimit-headers-10.
    """
    after, quota = refusal.retry_after_seconds, refusal.quota
    headers = {"Retry-After": str(after)}
    if quota is not None:
        headers["RateLimit-Policy"] = f'"{quota.name}";q={quota.requests};w={quota.window_seconds}'
        headers["RateLimit"] = f'"{quota.name}";r=0;t={after}'
    return headers


def _seat_refusal(refusal: SeatRefusal) -> Problem:
    """Return a refusal that opens with the seats, names who was refused, and says what to do."""
    headers = {"Seatgate-Code": refusal.code}
    sentences = [refusal.message]
    if refusal.user_name:
        sentences.append(f"{_shortened(refusal.user_name)} was not provisioned.")
    if refusal.remark:
        sentences.append(refusal.remark)
    if isinstance(refusal, SeatLimitReached):
        headers["Seatgate-Seats-Purchased"] = str(refusal.purchased)
        headers["Seatgate-Seats-In-Use"] = str(refusal.in_use)
        sentences.append(f"A primary owner can add seats at {_seats_page()}, then retry.")
    if denial := refusal.facts.get("denial"):
        headers["Seatgate-Denial"] = str(denial)
        sentences.append(f"Reference {denial}")
    scim = _SCIM.match(request.path)
    status = (
        current_request().principal.profile.seat_refusal_status if scim else HTTPStatus.FORBIDDEN
    )
    return Problem(status, refusal.code, " ".join(sentences), refusal.facts, headers)


def _seats_page() -> str:
    return f"{public_url()}/console/{current_request().principal.organization_id}/seats"


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH_MAX else f"{name[: _NAME_LENGTH_MAX - 1]}…"


def _http_problem(error: HTTPException) -> Problem:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code, detail = _HTTP_DETAILS.get(status, ("http_error", f"{HTTPStatus(status).phrase}."))
    code, detail = _OWN_DETAILS.get(type(error), (code, detail))
    headers = {}
    if isinstance(error, UnreadableCoding):
        headers["Accept-Encoding"] = "identity"
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return Problem(status, code, detail, headers=headers)


def _our_fault() -> Problem:
    """Log the error under a reference and answer with that alone."""
    reference = secrets.token_hex(8)
    log.exception("unexpected error %s", reference)
    detail = f"Seatgate failed, and changed nothing. Tell the vendor the reference {reference}."
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail, {"reference": reference}
    )
