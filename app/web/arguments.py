"""What views are given of a request: read by a schema, or refused in our own words."""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError
from marshmallow.types import UnknownOption

from app.errors import InvalidInput
from app.web.current import current_request
from app.web.responses import json_body

View = Callable[..., Any]


def reads(
    schema: Schema, given: Callable[[], Any], *, unknown: UnknownOption = RAISE
) -> Callable[[View], View]:
    """Let a view have what `schema` makes of what is `given`, behind its other arguments.

    The schema is made once, not for each request. `unknown` says what becomes of what it does not
    know.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def reading(*args: Any, **kwargs: Any) -> Any:
            try:
                read = schema.load(given(), unknown=unknown)
            except ValidationError as error:
                raise _refusal(error.messages) from None
            return view(*args, read, **kwargs)

        return reading

    return decorate


def reads_body(schema: Schema) -> Callable[[View], View]:
    """Let a view have the body, which is JSON. A name that is not known is refused."""
    return reads(schema, json_body)


def reads_query(schema: Schema) -> Callable[[View], View]:
    """Let a view have the query of the address; `requires` has refused what is not known."""
    return reads(schema, lambda: current_request().args, unknown=EXCLUDE)


def reads_headers(schema: Schema) -> Callable[[View], View]:
    """Let a view have headers."""
    return reads(schema, lambda: dict(current_request().headers), unknown=EXCLUDE)


def _refusal(messages: Mapping[str, Any] | list[str]) -> InvalidInput:
    """Refuse with the first field that is wrong, and with all of them as facts."""
    wrong = list(_flattened(messages))
    field, message = wrong[0]
    refusal = InvalidInput(field, message)
    refusal.facts["errors"] = [{"field": name, "message": text} for name, text in wrong]
    return refusal


def _flattened(
    messages: Mapping[str, Any] | list[str], name: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) of everything that is wrong."""
    if not isinstance(messages, Mapping):
        yield name, str(messages[0])
        return
    for key, inner in messages.items():
        yield from _flattened(inner, f"{name}.{key}" if name else str(key))
