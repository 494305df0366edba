"""The owner and SSO surfaces describe themselves.

The schemas that check a request are the ones in the OpenAPI document.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NoReturn

from flask import Flask, Request
from flask_smorest import Api, Blueprint
from marshmallow import INCLUDE, Schema, ValidationError
from marshmallow.fields import Field
from webargs.flaskparser import FlaskParser

from app.errors import InvalidInput
from app.web.errors import PROBLEM_TYPE
from app.web.fields import Integer, Text
from app.web.parameters import expect_query
from app.web.responses import json_body

OPENAPI_PATH = "/openapi.json"


class ProblemSchema(Schema):
    """Problem details (RFC 9457); further members are facts of the refusal."""

    class Meta:
        unknown = INCLUDE

    type = Text()
    title = Text()
    status = Integer()
    code = Text(metadata={"description": "What went wrong: stable, for programs to switch on."})
    detail = Text(metadata={"description": "What went wrong and what to do, for people."})


class Reader(FlaskParser):
    """Reads arguments with our own JSON reader, and says in our own words what is wrong."""

    def load_json(self, _req: Request, _schema: Schema) -> Any:
        """Return the parsed body."""
        return json_body()

    def handle_error(
        self,
        error: ValidationError,
        req: Request,  # noqa: ARG002  # webargs' interface
        schema: Schema,  # noqa: ARG002  # webargs' interface
        *,
        error_status_code: int | None,  # noqa: ARG002  # webargs' interface
        error_headers: Mapping[str, str] | None,  # noqa: ARG002  # webargs' interface
    ) -> NoReturn:
        """Refuse with the first field that is wrong, and with all of them as facts."""
        wrong = list(_flattened(error.messages))
        field, message = wrong[0]
        refusal = InvalidInput(field, message)
        refusal.facts["errors"] = [{"field": name, "message": text} for name, text in wrong]
        raise refusal from None


#: The failures that every operation, and every one with arguments, may be answered with.
_FAILURES = {
    "DEFAULT_ERROR": "The request was refused; `code` says why, `detail` what to do.",
    "UNPROCESSABLE_ENTITY": "A value cannot be used; `field` says which one.",
}


class Surface(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A blueprint of views that declare what they read and what they answer."""

    ARGUMENTS_PARSER = Reader()

    def arguments(
        self, schema: type[Schema], *, location: str = "json", **options: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare what a view reads; the parameters of its query are noted for `requires`."""
        # One that is made here is not made again for each request.
        declare = super().arguments(schema(), location=location, **options)

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            declared: Callable[..., Any] = declare(view)
            if location == "query":
                expect_query(declared, (each.data_key or name for name, each in _fields(schema)))
            return declared

        return decorate


class DescribedApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """The OpenAPI document; failures are answered by `app.web.errors` like all others."""

    ERROR_SCHEMA = ProblemSchema

    def _register_responses(self) -> None:
        """Describe failures, by the names under which the operations refer to them."""
        for name, description in _FAILURES.items():
            content = {PROBLEM_TYPE: {"schema": ProblemSchema}}
            response = {"description": description, "content": content}
            self.spec.components.response(name, response, lazy=True)

    def _register_error_handlers(self) -> None:
        """Leave them alone."""


def describe(app: Flask, *surfaces: Blueprint) -> None:
    """Serve the surfaces, and one OpenAPI document of them all."""
    app.config |= {
        "API_TITLE": "Seatgate",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": OPENAPI_PATH.removeprefix("/"),
        "API_SPEC_OPTIONS": {
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    }
    api = DescribedApi(app)
    for surface in surfaces:
        api.register_blueprint(surface)


def _fields(schema: type[Schema]) -> Iterable[tuple[str, Field[Any]]]:
    return schema().fields.items()


def _flattened(
    messages: Mapping[str, Any] | list[str], name: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield (field, sentence) of everything that is wrong.

    The outermost key says where the field stood, such as `json`, and is left out.
    """
    if not isinstance(messages, Mapping):
        yield name, str(messages[0])
        return
    for key, inner in messages.items():
        outermost = key in {"json", "query", "headers"} and not name
        nested = f"{name}.{key}" if name else str(key)
        yield from _flattened(inner, "" if outermost else nested)
