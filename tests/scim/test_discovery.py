import json
from pathlib import Path

import pytest

from scim import urns
from scim.discovery import (
    Bulk,
    Features,
    Pagination,
    resource_type_document,
    schema_document,
    service_provider_config,
)
from scim.schemas import GROUP, USER

RFC = Path(__file__).parents[2] / "fixtures" / "rfc"
BASE = "https://example.com/v2"
SCHEMAS = {schema.id: schema for schema in (*USER.schemas(), *GROUP.schemas())}

#: Where our tables say something else than section 8.7.1, and why.
DEVIATIONS = {
    # RFC 7643 2.3.6 and 2.3.7: binary values and references are case exact.
    "profileUrl": "reference caseExact readWrite default none references: external",
    "photos.value": "reference caseExact readWrite default none references: external",
    "groups.$ref": "reference caseExact readOnly default none references: User Group",
    "members.$ref": "reference caseExact immutable default none references: User Group",
    "manager.$ref": "reference caseExact readWrite default none references: User",
    "x509Certificates.value": "binary caseExact readWrite default none",
    # RFC 7643 2.4: every multi-valued attribute has it, and the example of section 8.2 uses it.
    "addresses.primary": "boolean readWrite default none",
    # RFC 7643 4.2, erratum 5368; unique because identity providers match groups by it.
    "displayName": "string required readWrite default server",
    # RFC 7643 2.4, and the example of section 8.4.
    "members.display": "string readOnly request none",
}


def features(**changes):
    values = {
        "patch": True,
        "sort": True,
        "etag": True,
        "change_password": False,
        "filter_results_max": 1000,
        "bulk": Bulk(operations_max=1000, payload_bytes_max=16_777_216),
        "pagination": Pagination(
            cursor=True,
            index=True,
            page_size_default=100,
            page_size_max=1000,
            cursor_timeout_seconds=3600,
        ),
    }
    return Features(**values | changes)


def lines(attributes, prefix=""):
    """Each attribute's definition on one line, as in the fixture."""
    for attribute in attributes:
        words = [attribute["type"]]
        words += [name for name in ("multiValued", "required") if attribute[name]]
        words += ["caseExact"] if attribute.get("caseExact") else []
        words += [attribute[name] for name in ("mutability", "returned", "uniqueness")]
        if canonical := attribute.get("canonicalValues"):
            words += ["canonical:", *canonical]
        if references := attribute.get("referenceTypes"):
            words += ["references:", *references]
        yield prefix + attribute["name"], " ".join(words)
        yield from lines(attribute.get("subAttributes", []), f"{prefix}{attribute['name']}.")


def values(document):
    match document:
        case dict():
            for member in document.values():
                yield from values(member)
        case list():
            for element in document:
                yield from values(element)
        case _:
            yield document


@pytest.mark.parametrize("urn", SCHEMAS)
def test_a_schema_says_what_the_rfc_says(urn):
    table = json.loads((RFC / "rfc7643-8.7.1-schemas.json").read_text())["schemas"][urn]

    published = dict(lines(schema_document(SCHEMAS[urn], BASE)["attributes"]))

    deviations = {
        name: line
        for name, line in DEVIATIONS.items()
        if name in published and (name != "displayName" or urn == urns.GROUP)
    }
    if urn == urns.USER:
        del table["password"]  # It is taken and thrown away: no client shall map it.
    assert published == table | deviations


@pytest.mark.parametrize("urn", SCHEMAS)
def test_every_attribute_of_a_schema_is_described(urn):
    attributes = SCHEMAS[urn].attributes

    described = [
        *attributes,
        *(sub for attribute in attributes for sub in attribute.sub_attributes),
    ]

    assert all(attribute.description.endswith(".") for attribute in described)


def test_a_schema_says_where_it_is():
    document = schema_document(GROUP.schema, BASE)

    assert document["schemas"] == [urns.SCHEMA]
    assert document["id"] == urns.GROUP
    assert document["name"] == "Group"
    assert document["meta"] == {
        "resourceType": "Schema",
        "location": f"{BASE}/Schemas/{urns.GROUP}",
    }


def test_a_resource_type_has_the_shape_of_the_rfc():
    expected = json.loads((RFC / "rfc7643-8.6-resource-type-user.json").read_text())
    expected["schemaExtensions"][0]["required"] = False
    expected["description"] = USER.description

    assert resource_type_document(USER, BASE) == expected


def test_the_service_provider_says_what_it_supports():
    config = service_provider_config(features(), BASE)

    scheme = config.pop("authenticationSchemes")[0]
    assert scheme["type"] == "oauthbearertoken"
    assert config == {
        "schemas": [urns.SERVICE_PROVIDER_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": True, "maxOperations": 1000, "maxPayloadSize": 16_777_216},
        "filter": {"supported": True, "maxResults": 1000},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 100,
            "maxPageSize": 1000,
            "cursorTimeout": 3600,
        },
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": f"{BASE}/ServiceProviderConfig",
        },
    }


def test_a_service_provider_without_bulk_says_so():
    config = service_provider_config(features(bulk=None), BASE)

    assert config["bulk"] == {"supported": False, "maxOperations": 0, "maxPayloadSize": 0}


def test_no_discovery_document_holds_a_null():
    documents = [
        service_provider_config(features(), BASE),
        resource_type_document(GROUP, BASE),
        *(schema_document(schema, BASE) for schema in SCHEMAS.values()),
    ]

    assert None not in list(values(documents))
