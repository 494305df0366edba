"""The owner surface, and what its views share: pages of lists, and requests that happen once."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial, wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Response, request
from marshmallow import Schema, validate

from app.access.context import Context, KeptAnswer, Key
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


@dataclass(frozen=True)
class once:  # noqa: N801  # a decorator
    """KeptAnswer a POST by what its use case returns, once under its Idempotency-Key."""

    schema: type[Schema]
    #: Makes of what the use case returns what the schema writes.
    shape: Callable[[Context, Any], Any] = lambda _context, result: result
    status: Callable[[Any], int] = lambda _result: HTTPStatus.CREATED
    #: Returns the body that is stored with the key, in the use case's own transaction, where it is
    #: not the whole.
    kept: Callable[[Any], Any] | None = None
    #: Takes out of a body what this caller may not see, also where another's request made it.
    shown: Callable[[Context, Any], Any] = lambda _context, body: body

    def __call__(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Surround a view."""

        @surface.arguments(IdempotencyHeader, location="headers")
        @surface.response(HTTPStatus.CREATED, self.schema)
        @wraps(view)
        def answer(context: Context, *args: Any, **kwargs: Any) -> Response:
            *given, headers = args
            key = self._key(context, headers["idempotency_key"])
            try:
                done = self._whole(context, view(replace(context, key=key), *given, **kwargs))
            except Replayed as replayed:
                return self._response(context, replayed.answer, {"Idempotent-Replayed": "true"})
            return self._response(context, done)

        return answer

    def _key(self, context: Context, named: str | None) -> Key | None:
        if named is None:
            return None
        return Key(request.path, named, _asked(), partial(self._stored, context))

    def _whole(self, context: Context, result: Any) -> KeptAnswer:
        body = _written_by(self.schema).dump(self.shape(context, result))
        return KeptAnswer(self.status(result), body)

    def _stored(self, context: Context, result: Any) -> KeptAnswer:
        if self.kept is None:
            return self._whole(context, result)
        return KeptAnswer(self.status(result), self.kept(result))

    def _response(
        self, context: Context, done: KeptAnswer, headers: dict[str, str] | None = None
    ) -> Response:
        return json_response(self.shown(context, done.body), done.status, headers=headers)


@cache
def _written_by(schema: type[Schema]) -> Schema:
    """Return a schema that is made once, with those that are nested in it."""
    return schema()


def _asked() -> object:
    """Return what the body asks; nothing where there is none."""
    return json_body() if request.get_data() else None
