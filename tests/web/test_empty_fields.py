"""Each field and parameter that the document describes may hold nothing, and is answered."""

from collections.abc import Iterator

import pytest

from app.access.principal import Role
from app.web.errors import PROBLEM_TYPE
from app.web.openapi import OPENAPI_PATH
from tests.support.clients import Client

#: What is sent for a field that is neither, by its type.
SAMPLES = {"string": "some", "integer": 1, "boolean": True, "array": [], "object": {}}
BY_FORMAT = {"date": "2026-03-01", "date-time": "2026-03-01T09:00:00Z"}
EMPTY = {"empty": "", "null": None, "an empty object": {}, "an empty list": []}


class Described:
    """What the OpenAPI document lets be sent."""

    def __init__(self, document: dict) -> None:
        self._document = document

    def bodies(self) -> Iterator[tuple[str, str, dict]]:
        """Yield (method, path, schema of the body)."""
        for path, item in self._document["paths"].items():
            for method, operation in item.items():
                if "requestBody" in operation:
                    media = operation["requestBody"]["content"]["application/json"]
                    yield method, _filled(path), media["schema"]

    def queries(self) -> Iterator[tuple[str, str, str]]:
        """Yield (method, path, name of a parameter of the query)."""
        for path, item in self._document["paths"].items():
            for method in item.keys() - {"parameters"}:
                for parameter in item[method].get("parameters", ()):
                    if parameter.get("in") == "query":
                        yield method, _filled(path), parameter["name"]

    def sample(self, schema: dict) -> object:
        """Return something that the schema lets be sent."""
        schema = self._resolved(schema)
        if choices := (*schema.get("anyOf", ()), *schema.get("allOf", ())):
            return self.sample(choices[0])
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            return self.least(schema)
        kinds = schema.get("type", "string")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        return BY_FORMAT.get(schema.get("format", ""), SAMPLES[kind])

    def least(self, schema: dict) -> dict:
        """Return a body with what is required."""
        schema = self._resolved(schema)
        return {
            name: self.sample(schema["properties"][name]) for name in schema.get("required", ())
        }

    def fields(self, schema: dict) -> dict:
        return self._resolved(schema)["properties"]

    def _resolved(self, schema: dict) -> dict:
        name = schema.get("$ref", "").rpartition("/")[2]
        return self._document["components"]["schemas"][name] if name else schema


def _filled(path: str) -> str:
    """Return a path with something in place of each variable."""
    return path.replace("{", "").replace("}", "")


@pytest.fixture
def described(service):
    return Described(service.client(Client, "").get(OPENAPI_PATH).json())


@pytest.fixture
def clients(service, acme):
    """Return a client of each surface, by the beginning of its paths."""
    return {
        "/sso": service.client(Client, acme.secret(Role.SSO)),
        "/owner": service.client(Client, acme.secret(Role.PRIMARY_OWNER)),
    }


def failures(clients, asked) -> Iterator[tuple]:
    """Yield which of (method, path, what is sent) is no answer."""
    for method, path, sent in asked:
        answer = clients[path[: path.index("/", 1)]].request(method, path, **sent)
        is_said = answer.ok or answer.headers["Content-Type"] == PROBLEM_TYPE
        if answer.status_code >= 500 or not is_said:
            yield method, path, sent, answer.status_code


@pytest.mark.parametrize("value", EMPTY.values(), ids=EMPTY)
def test_a_field_that_holds_nothing_is_answered(clients, described, value):
    asked = [
        (method, path, {"json": described.least(schema) | {name: value}})
        for method, path, schema in described.bodies()
        for name in described.fields(schema)
    ]

    assert len(asked) >= 40
    assert list(failures(clients, asked)) == []


@pytest.mark.parametrize("value", ["", "\0", "🂱"])
def test_a_parameter_that_holds_nothing_of_use_is_answered(clients, described, value):
    asked = [
        (method, path, {"params": {name: value}}) for method, path, name in described.queries()
    ]

    assert len(asked) >= 40
    assert list(failures(clients, asked)) == []
