"""What an identity provider asked and was answered, handed over to be recorded.

Writes are recorded, and whatever is refused. Of the rest it is noted that it came.
"""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Request, Response
from flask.ctx import _AppCtxGlobals

from app.access.principal import Principal
from app.exchanges.asked import Asked, Body, Refusal
from app.web.context import instant, seatgate
from app.web.current import current_request, notes
from app.web.errors import Problem

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RECORDED = _WRITES | {"GET"}
_SEARCH = "/.search"


def note_speaker(principal: Principal) -> None:
    """Note who asks, with the identity provider that the request shows."""
    notes().speaker = principal


def note_operations(numbers: Sequence[int]) -> None:
    """Note which operations of a Bulk are answered, in the order of their answers."""
    notes().operations = tuple(numbers)


def note_refused(number: int, problem: Problem) -> None:
    """Note why an operation of a Bulk, counted from 0, was refused."""
    noted = notes()
    noted.refused = {**noted.get("refused", {}), number: refusal_of(problem)}


def refusal_of(problem: Problem) -> Refusal:
    """Return what is recorded of a failure beside its answer."""
    figures = problem.facts.get("purchased"), problem.facts.get("in_use")
    purchased, in_use = (value if isinstance(value, int) else None for value in figures)
    return Refusal(problem.code, purchased, in_use)


def record(response: Response) -> Response:
    """Hand the exchange over, or note that the token last asked; answer as before."""
    sent, noted = current_request(), notes()
    speaker = noted.get("speaker") or noted.get("principal")
    if speaker is None:
        return response
    recorder = seatgate().recorder
    if _matters(sent, response):
        recorder.record(_asked(speaker, sent, noted, response))
    else:
        recorder.note_contact(speaker, instant())
    return response


def _matters(sent: Request, response: Response) -> bool:
    """Return whether an exchange is recorded: not one that would push out those that tell more."""
    if sent.method not in _RECORDED or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return False
    reads = sent.method not in _WRITES or sent.path.rstrip("/").endswith(_SEARCH)
    return response.status_code >= HTTPStatus.BAD_REQUEST or not reads


def _asked(speaker: Principal, sent: Request, noted: _AppCtxGlobals, response: Response) -> Asked:
    problem: Problem | None = noted.get("problem")
    return Asked(
        principal=speaker,
        at=instant(),
        method=sent.method,
        path=sent.path,
        request=Body.of(noted.get("body", b"")),
        status=response.status_code,
        answer=Body.of(response.get_data()),
        refusal=None if problem is None else refusal_of(problem),
        operations=noted.get("operations", ()),
        refusals=noted.get("refused", {}),
    )
