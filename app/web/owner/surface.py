"""The owner surface, and what its views share: pages of lists, and requests that happen once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema, validate

from app.access.context import Answer, Context, Key
from app.access.idempotency import Replayed
from app.errors import InvalidInput
from app.web.context import OWNER_PREFIX
from app.web.fields import Text
from app.web.openapi import Surface
from app.web.responses import json_body, json_response

Row = TypeVar("Row")


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


def once(
    schema: type[Schema],
    shape: Callable[[Context, Any], Any] = lambda _context, result: result,
    *,
    status: Callable[[Any], int] = lambda _result: HTTPStatus.CREATED,
    kept: Callable[[Any], Any] | None = None,
    shown: Callable[[Context, Any], Any] = lambda _context, body: body,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer a POST by what its use case returns, once under its Idempotency-Key.

    `shape` makes of that what the schema writes. `kept` returns the body that is stored with the
    key, in the use case's own transaction, where it is not the whole. `shown` takes out of a body
    what this caller may not see, also where another caller's request made it.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @surface.arguments(IdempotencyHeader, location="headers")
        @surface.response(HTTPStatus.CREATED, schema)
        @wraps(view)
        def answer(context: Context, *args: Any, **kwargs: Any) -> Response:
            *given, headers = args

            def whole(result: Any) -> Answer:
                return Answer(status(result), schema().dump(shape(context, result)))

            def stored(result: Any) -> Answer:
                return whole(result) if kept is None else Answer(status(result), kept(result))

            key = headers["idempotency_key"]
            asked = Key(request.path, key, _asked(), stored) if key else None
            try:
                done = whole(view(replace(context, key=asked), *given, **kwargs))
            except Replayed as replayed:
                done = replayed.answer
                replay = {"Idempotent-Replayed": "true"}
                return json_response(shown(context, done.body), done.status, headers=replay)
            return json_response(shown(context, done.body), done.status)

        return answer

    return decorate


def _asked() -> object:
    """Return what the body asks; nothing where there is none."""
    return json_body() if request.get_data() else None
