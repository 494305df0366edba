"""The OpenAPI document: complete, well formed, and true of what the server answers."""

import re
from collections.abc import Iterator
from functools import reduce

import pytest

from app.web.openapi import OPENAPI_PATH
from tests.support.builders import a_user, an_organization, buy, deactivate, fill
from tests.support.clients import Client
from tests.support.routes import QUERIES

METHODS = {"get", "post", "put", "patch", "delete"}

#: The words of JSON Schema that the document uses; another would go unchecked below.
KEYWORDS = {
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "description",
    "enum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minLength",
    "minimum",
    "properties",
    "readOnly",
    "required",
    "type",
    "writeOnly",
}
TYPES = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


@pytest.fixture
def document(service):
    return service.client(Client, "").get(OPENAPI_PATH).json()


def operations(document) -> Iterator[tuple[str, str, dict]]:
    """Yield (method, path, operation)."""
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield method, path, item[method]


def parts(value) -> Iterator[dict]:
    """Yield every object in a piece of JSON."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from parts(inner)


def resolved(document, part):
    """Return what a part refers to, or the part itself."""
    if "$ref" not in part:
        return part
    return reduce(lambda whole, key: whole[key], part["$ref"].split("/")[1:], document)


def mismatches(document, schema, value, at="answer") -> Iterator[str]:
    """Yield what is wrong with a value, by the words of its schema."""
    schema = resolved(document, schema)
    assert set(schema) <= KEYWORDS
    if choices := schema.get("anyOf"):
        tried = [list(mismatches(document, choice, value, at)) for choice in choices]
        yield from min(tried, key=len)
        return
    kinds = schema.get("type", list(TYPES))
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if type(value) not in {TYPES[kind] for kind in kinds}:
        yield f"{at} is {value!r}, not {kinds}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} is {value!r}, none of {schema['enum']}"
    yield from _inner_mismatches(document, schema, value, at)


def _inner_mismatches(document, schema, value, at) -> Iterator[str]:
    match value:
        case dict() if known := schema.get("properties"):
            for name, member in value.items():
                if name in known:
                    yield from mismatches(document, known[name], member, f"{at}.{name}")
                else:
                    yield f"{at}.{name} is not described"
        case list() if "items" in schema:
            for index, element in enumerate(value):
                yield from mismatches(document, schema["items"], element, f"{at}[{index}]")


def schema_of(document, method, path, response):
    """Return the schema that the document gives for an answer."""
    responses = document["paths"][path][method]["responses"]
    described = resolved(document, responses.get(str(response.status_code), responses["default"]))
    return described["content"][response.headers["Content-Type"]]["schema"]


def test_the_document_is_openapi_3_1(document):
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"] == "Seatgate"
    assert document["info"]["version"]
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"] == {
        "type": "http",
        "scheme": "bearer",
    }


def test_every_reference_leads_somewhere(document):
    references = [part["$ref"] for part in parts(document) if isinstance(part.get("$ref"), str)]

    assert references
    for reference in references:
        assert resolved(document, {"$ref": reference})


def test_every_route_of_the_owner_and_sso_surfaces_is_described(service, document):
    routes = {
        (method.lower(), re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule))
        for rule in service.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(("/owner/", "/sso/"))
    }

    assert {(method, path) for method, path, _ in operations(document)} == routes


def test_every_operation_says_what_it_does_and_what_it_answers(document):
    for method, path, operation in operations(document):
        name = f"{method} {path}"
        assert operation["summary"].endswith("."), name
        assert operation["tags"], name
        successes = {status for status in operation["responses"] if status.startswith("2")}
        assert successes, name
        for status, response in operation["responses"].items():
            described = resolved(document, response)
            assert described["description"], name
            assert ("content" in described) is (status != "204"), name


def test_every_variable_of_a_path_is_a_required_parameter(document):
    for path, item in document["paths"].items():
        declared = {
            parameter["name"]
            for parameter in item.get("parameters", [])
            if parameter["in"] == "path" and parameter["required"]
        }
        assert declared == set(re.findall(r"{(\w+)}", path))


def test_every_request_body_has_a_schema(document):
    bodies = [
        operation["requestBody"]
        for *_, operation in operations(document)
        if "requestBody" in operation
    ]

    assert len(bodies) >= 7
    for body in bodies:
        assert all(media["schema"] for media in body["content"].values())


def test_every_failure_is_problem_details(document):
    for method, path, operation in operations(document):
        for status in {"422", "default"} & set(operation["responses"]):
            failure = resolved(document, operation["responses"][status])
            schema = failure["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, (method, path)


@pytest.fixture
def busy(service):
    """Return an organization with something in every list."""
    acme = an_organization(5)
    first, *_ = fill(acme)
    service.scim(acme).create_user("late@example.com")
    buy(acme, 5)
    deactivate(acme, first)
    return acme


def shown(document):
    """Return the paths without variables that answer a GET with JSON."""
    return [
        path
        for method, path, operation in operations(document)
        if method == "get" and "{" not in path
        if "application/json" in operation["responses"]["200"]["content"]
    ]


def test_what_is_shown_is_as_described(service, document, busy):
    owner = service.owner(busy)

    for path in shown(document):
        answer = owner.get(path.removeprefix("/owner/v1") + QUERIES.get(f"GET {path}", ""))
        schema = schema_of(document, "get", path, answer)
        assert list(mismatches(document, schema, answer.json(), path)) == []


#: Requests whose answers are compared with the document, with the status that they get.
REQUESTS = [
    ("post", "/quotes", {"quantity": 5}, 201),
    ("post", "/tokens", {"role": "scim"}, 201),
    ("post", "/preflight", {"user_names": ["late@example.com", "new@example.com"]}, 200),
    ("patch", "/settings", {"language": "fr", "billing_contacts": ["bills@example.com"]}, 200),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: " ".join(request[:2]))
def test_what_is_done_is_answered_as_described(service, document, busy, request_):
    method, path, body, status = request_

    answer = service.owner(busy).request(method, path, json=body)

    assert answer.status_code == status
    schema = schema_of(document, method, f"/owner/v1{path}", answer)
    assert list(mismatches(document, schema, answer.json())) == []


def test_a_purchase_is_answered_as_described(service, document, busy):
    owner = service.owner(busy)
    quote = owner.quote(5).json()
    path = "/owner/v1/quotes/{quote_id}/confirmation"

    for answer in (owner.confirm(quote), owner.confirm(quote)):
        schema = schema_of(document, "post", path, answer)
        assert list(mismatches(document, schema, answer.json())) == []


def test_a_seat_that_moves_is_answered_as_described(service, document, acme):
    owner, alice, bob = service.owner(acme), a_user(acme), a_user(acme)
    moves = [
        ("/owner/v1/reassignments", {"from_user_id": alice.id, "to": {"user_name": "carol"}}),
        ("/owner/v1/releases", {"user_id": bob.id}),
    ]

    for path, body in moves:
        answer = owner.post(path.removeprefix("/owner/v1"), json=body)
        schema = schema_of(document, "post", path, answer)
        assert list(mismatches(document, schema, answer.json())) == []


@pytest.mark.parametrize("login", [{}, {"mode": "check", "hold": True}], ids=repr)
def test_a_decision_is_answered_as_described(hook, document, login):
    answer = hook.decide("new@example.com", **login)

    schema = schema_of(document, "post", "/sso/v1/decisions", answer)
    assert list(mismatches(document, schema, answer.json())) == []


def test_a_problem_has_the_members_that_are_described_and_the_facts(buyer, document):
    problem = buyer.quote(0)

    schema = resolved(document, schema_of(document, "post", "/owner/v1/quotes", problem))
    assert set(schema["properties"]) == {"type", "title", "status", "code", "detail"}
    assert set(problem.json()) >= set(schema["properties"])
