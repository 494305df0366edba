"""What an identity provider asked and was answered, handed over to be recorded.

Writes are recorded, and whatever is refused. Of the rest it is noted that it came.
"""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response

from app.access.principal import Principal
from app.exchanges.asked import Asked, Body, Refusal
from app.web.context import instant, seatgate
from app.web.current import CurrentRequest, current_request
from app.web.errors import Problem

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_RECORDED = _WRITES | {"GET"}
_SEARCH = "/.search"


def note_speaker(principal: Principal) -> None:
    """Note who asks, with the identity provider that the request shows."""
    current_request().speaker = principal


def note_operations(numbers: Sequence[int]) -> None:
    """Note which operations of a Bulk are answered, in the order of their answers."""
    current_request().operations = tuple(numbers)


def note_refused(number: int, problem: Problem) -> None:
    """Note why an operation of a Bulk, counted from 0, was refused."""
    sent = current_request()
    sent.refused = {**sent.refused, number: refusal_of(problem)}


def refusal_of(problem: Problem) -> Refusal:
    """Return what is recorded of a failure beside its answer."""
    figures = problem.facts.get("purchased"), problem.facts.get("in_use")
    purchased, in_use = (value if isinstance(value, int) else None for value in figures)
    return Refusal(problem.code, purchased, in_use)


def record(response: Response) -> Response:
    """Hand the exchange over, or note that the token last asked; answer as before."""
    sent = current_request()
    speaker = sent.speaker
    if speaker is None:
        return response
    recorder = seatgate().recorder
    if _matters(sent, response):
        recorder.record(_asked(speaker, sent, response))
    else:
        recorder.note_contact(speaker, instant())
    return response


def _matters(sent: CurrentRequest, response: Response) -> bool:
    """Return whether an exchange is recorded: not one that would push out those that tell more."""
    if sent.method not in _RECORDED or response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return False
    reads = sent.method not in _WRITES or sent.path.rstrip("/").endswith(_SEARCH)
    return response.status_code >= HTTPStatus.BAD_REQUEST or not reads


def _asked(speaker: Principal, sent: CurrentRequest, response: Response) -> Asked:
    problem = sent.problem
    return Asked(
        principal=speaker,
        at=instant(),
        method=sent.method,
        path=sent.path,
        request=Body.of(sent.body),
        status=response.status_code,
        answer=Body.of(response.get_data()),
        refusal=None if problem is None else refusal_of(problem),
        operations=sent.operations,
        refusals=sent.refused,
    )
