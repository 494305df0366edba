"""The owner and SSO surfaces describe themselves.

The schemas that check a request are the ones in the OpenAPI document.
"""

from collections.abc import Callable
from functools import wraps

from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import INCLUDE, Schema

from app.web.arguments import View, reads_body, reads_headers, reads_query
from app.web.errors import PROBLEM_TYPE
from app.web.fields import Integer, Text
from app.web.parameters import expect_query

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


#: What reads arguments from where they are.
_READING = {"json": reads_body, "query": reads_query, "headers": reads_headers}

#: The failures that every operation, and every one with arguments, may be answered with.
_FAILURES = {
    "DEFAULT_ERROR": "The request was refused; `code` says why, `detail` what to do.",
    "UNPROCESSABLE_ENTITY": "A value cannot be used; `field` says which one.",
}


class Surface(Blueprint):  # type: ignore[misc]  # flask-smorest has no types
    """A blueprint of views that declare what they read and what they answer."""

    def arguments(self, schema: type[Schema], *, location: str = "json") -> Callable[[View], View]:
        """Declare what a view reads, which comes behind its other arguments.

        The parameters of its query are noted for `requires`.
        """
        made = schema()
        declare, read = super().arguments(made, location=location), _READING[location](made)

        def decorate(view: View) -> View:
            reading: View = wraps(declare(view))(read(view))
            if location == "query":
                expect_query(reading, (each.data_key or name for name, each in made.fields.items()))
            return reading

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
