"""The owner surface, and what its views share: pages of lists, and requests that happen once."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema, validate

from app.access.idempotency import Answer, Once, Replayed
from app.errors import InvalidInput
from app.web.context import OWNER_PREFIX, instant
from app.web.fields import Text
from app.web.openapi import Surface
from app.web.responses import json_body, json_response

Row = TypeVar("Row")
Result = TypeVar("Result")


surface = Surface(
    "owner",
    __name__,
    url_prefix=OWNER_PREFIX,
    description="Seats, contract, purchases and invoices",
)


def page(
    name: str, rows: Sequence[Row], limit: int, cursor_of: Callable[[Row], object]
) -> dict[str, Any]:
    """Return a page of a list that was read with one row more than `limit`.

    That row shows whether there is another page.
    """
    shown = rows[:limit]
    more = len(rows) > limit
    return {name: shown, "next_cursor": str(cursor_of(shown[-1])) if more else None}


def id_of(prefix: str, cursor: str | None) -> str | None:
    """Return the id that a cursor is.

    Raises:
        InvalidInput: it is none of this kind, so no page gave it.
    """
    if cursor is not None and not re.fullmatch(f"{prefix}_[0-9a-f]{{32}}", cursor):
        raise InvalidInput("cursor", "Send the next_cursor of the page before, as it was.")
    return cursor


class IdempotencyHeader(Schema):
    """The key under which a request happens once."""

    idempotency_key = Text(
        data_key="Idempotency-Key",
        load_default=None,
        validate=validate.Length(min=1, error="Give a key of your choice, or leave it out."),
        metadata={"description": "Any text of your choice, new for each request."},
    )


def answered(
    headers: dict[str, Any],
    answer: Callable[[Result], Answer],
    use_case: Callable[[Once | None], Result],
    *,
    kept: Callable[[Result], Answer] | None = None,
    shown: Callable[[Any], Any] = lambda body: body,
) -> Response:
    """Return the answer of a POST; a repetition under the same key gets the answer of the first.

    `answer` says how the use case's result is answered, and `kept` what of that is stored with the
    key, in the use case's own transaction, where it is not all of it. `shown` takes out of a body
    what this caller may not see, also where another caller's request made it.
    """
    key: str | None = headers["idempotency_key"]
    once = Once(request.path, key, _asked(), kept or answer, instant()) if key else None
    try:
        given = answer(use_case(once))
    except Replayed as replayed:
        given = replayed.answer
        replay = {"Idempotent-Replayed": "true"}
        return json_response(shown(given.body), given.status, headers=replay)
    return json_response(shown(given.body), given.status)


def _asked() -> object:
    """Return what the body asks; nothing where there is none."""
    return json_body() if request.get_data() else None
