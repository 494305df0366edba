"""What an identity provider asked and was answered, handed over to be recorded.

Writes are recorded, and whatever is refused. Of the rest it is noted that it came.
"""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, g, request

from app.access.principal import Principal
from app.exchanges.asked import Asked, Body, Refusal
from app.web.context import instant, seatgate
from app.web.errors import Problem

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RECORDED = _WRITES | {"GET"}
_SEARCH = "/.search"


def note_speaker(principal: Principal) -> None:
    """Note who asks, with the identity provider that the request shows."""
    g.speaker = principal


def note_operations(numbers: Sequence[int]) -> None:
    """Note which operations of a Bulk are answered, in the order of their answers."""
    g.operations = tuple(numbers)


def note_refused(number: int, problem: Problem) -> None:
    """Note why an operation of a Bulk, counted from 0, was refused."""
    g.refused = {**g.get("refused", {}), number: refusal_of(problem)}


def refusal_of(problem: Problem) -> Refusal:
    """Return what is recorded of a failure beside its answer."""
    figures = problem.facts.get("purchased"), problem.facts.get("in_use")
    purchased, in_use = (value if isinstance(value, int) else None for value in figures)
    return Refusal(problem.code, purchased, in_use)


def record(response: Response) -> Response:
    """Hand the exchange over, or note that the token last asked; answer as before."""
    speaker = g.get("speaker") or g.get("principal")
    if speaker is None:
        return response
    recorder = seatgate().recorder
    if _matters(response):
        recorder.record(_asked(speaker, response))
    else:
        recorder.note_contact(speaker, instant())
    return response


def _matters(response: Response) -> bool:
    """Return whether an exchange is recorded: not one that would push out those that tell more."""
    if request.method not in _RECORDED or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return False
    reads = request.method not in _WRITES or request.path.rstrip("/").endswith(_SEARCH)
    return response.status_code >= HTTPStatus.BAD_REQUEST or not reads


def _asked(speaker: Principal, response: Response) -> Asked:
    problem: Problem | None = g.get("problem")
    return Asked(
        principal=speaker,
        at=instant(),
        method=request.method,
        path=request.path,
        request=Body.of(g.get("body", b"")),
        status=response.status_code,
        answer=Body.of(response.get_data()),
        refusal=None if problem is None else refusal_of(problem),
        operations=g.get("operations", ()),
        refusals=g.get("refused", {}),
    )
