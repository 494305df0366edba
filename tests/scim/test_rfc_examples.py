import json
from pathlib import Path

import pytest

from scim import urns
from scim.bulk import BulkRequest
from scim.documents import parse
from scim.messages import SearchRequest, error, list_response
from scim.projection import Projection, render
from scim.schemas import GROUP, USER

RFC = Path(__file__).parents[2] / "fixtures" / "rfc"
EXAMPLES = {path.stem: json.loads(path.read_text()) for path in sorted(RFC.glob("*.json"))}
RESOURCE_TYPES = {urns.USER: USER, urns.GROUP: GROUP}
RESOURCES = {
    name: example
    for name, example in EXAMPLES.items()
    if RESOURCE_TYPES.keys() & set(example.get("schemas", []))
    and isinstance(example["schemas"], list)
}


def kept(example):
    """The example without what a service provider derives or forgets inside of values."""
    document = {name: value for name, value in example.items() if name != "password"}
    if "members" in document:
        document["members"] = [
            {name: value for name, value in member.items() if name != "display"}
            for member in document["members"]
        ]
    if extension := document.get(urns.ENTERPRISE_USER):
        manager = {n: v for n, v in extension["manager"].items() if n != "displayName"}
        document[urns.ENTERPRISE_USER] = extension | {"manager": manager}
    return document


def test_there_are_examples():
    assert len(RESOURCES) == 5


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_is_parsed_and_rendered_back(name):
    example = RESOURCES[name]
    resource_type = RESOURCE_TYPES[example["schemas"][0]]
    derived = {part: example[part] for part in ("id", "meta", "groups") if part in example}

    document = parse(resource_type, example) | derived

    assert render(resource_type, document, Projection.parse(resource_type)) == kept(example)


def test_the_list_response_is_built():
    example = EXAMPLES["rfc7644-3.4.2-list-response"]

    texts = [json.dumps(resource) for resource in example["Resources"]]

    assert json.loads(list_response(texts, 2, 1)) == example


def test_the_search_request_is_read():
    assert SearchRequest.parse(EXAMPLES["rfc7644-3.4.3-search-request"]) == SearchRequest(
        attributes=("displayName", "userName"),
        filter='displayName sw "smith"',
        start_index=1,
        count=10,
    )


def test_the_error_is_built():
    example = EXAMPLES["rfc7644-3.12-error"]

    assert error(400, "Attribute 'id' is readOnly", "mutability") == example


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "bulk" in name])
def test_the_bulk_requests_are_read(name):
    example = EXAMPLES[name]

    parsed = BulkRequest.parse(example, operations_max=1000)

    assert [operation.data for operation in parsed.operations] == [
        operation.get("data") for operation in example["Operations"]
    ]
