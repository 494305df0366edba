"""What the service provider says about itself (RFC 7644 4, RFC 7643 5 to 7, RFC 9865 4)."""

from dataclasses import dataclass

from scim import urns
from scim.attributes import Attribute, Document, Schema, Type
from scim.resource_types import ResourceType

_CASED = frozenset({Type.STRING, Type.REFERENCE, Type.BINARY})


@dataclass(frozen=True)
class Features:
    """What the service provider supports, and how much of it.

    A bulk request, or a page by cursor, is supported where there is a limit for it.
    """

    patch: bool
    sort: bool
    etag: bool
    change_password: bool
    filter_results_max: int
    bulk: "Bulk | None"
    pagination: "Pagination"
    documentation_url: str | None = None


@dataclass(frozen=True)
class Bulk:
    """How much one bulk request may hold."""

    operations_max: int
    payload_bytes_max: int


@dataclass(frozen=True)
class Pagination:
    """How results are divided into pages (RFC 9865 4)."""

    cursor: bool
    index: bool
    page_size_default: int
    page_size_max: int
    cursor_timeout_seconds: int


def service_provider_config(features: Features, base_url: str) -> Document:
    """Return the ServiceProviderConfig resource.

    RFC 7643 section 5.
    """
    documentation = features.documentation_url
    return {
        "schemas": [urns.SERVICE_PROVIDER_CONFIG],
        **({"documentationUri": documentation} if documentation else {}),
        "patch": {"supported": features.patch},
        "bulk": _bulk(features.bulk),
        "filter": {"supported": True, "maxResults": features.filter_results_max},
        "changePassword": {"supported": features.change_password},
        "sort": {"supported": features.sort},
        "etag": {"supported": features.etag},
        "pagination": _pagination(features.pagination),
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "A token issued by the service provider, in the header "
                '"Authorization: Bearer …".',
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": _meta("ServiceProviderConfig", f"{base_url}/ServiceProviderConfig"),
    }


def resource_type_document(resource_type: ResourceType, base_url: str) -> Document:
    """Return the ResourceType resource that describes a resource type.

    RFC 7643 section 6.
    """
    return {
        "schemas": [urns.RESOURCE_TYPE],
        "id": resource_type.name,
        "name": resource_type.name,
        "description": resource_type.description,
        "endpoint": resource_type.endpoint,
        "schema": resource_type.schema.id,
        "schemaExtensions": [
            {"schema": schema.id, "required": False} for schema in resource_type.extensions
        ],
        "meta": _meta("ResourceType", f"{base_url}/ResourceTypes/{resource_type.name}"),
    }


def schema_document(schema: Schema, base_url: str) -> Document:
    """Return the Schema resource that describes a schema.

    RFC 7643 section 7.
    """
    return {
        "schemas": [urns.SCHEMA],
        "id": schema.id,
        "name": schema.name,
        "description": schema.description,
        "attributes": [
            _attribute_document(attribute) for attribute in schema.attributes if attribute.published
        ],
        "meta": _meta("Schema", f"{base_url}/Schemas/{schema.id}"),
    }


def _attribute_document(attribute: Attribute) -> Document:
    document: Document = {
        "name": attribute.name,
        "type": attribute.type.value,
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "mutability": attribute.mutability.value,
        "returned": attribute.returned.value,
        "uniqueness": attribute.uniqueness.value,
    }
    if attribute.type in _CASED:
        document["caseExact"] = attribute.case_exact
    if attribute.canonical_values:
        document["canonicalValues"] = list(attribute.canonical_values)
    if attribute.reference_types:
        document["referenceTypes"] = list(attribute.reference_types)
    if attribute.sub_attributes:
        document["subAttributes"] = [_attribute_document(sub) for sub in attribute.sub_attributes]
    return document


def _bulk(bulk: Bulk | None) -> Document:
    return {
        "supported": bulk is not None,
        "maxOperations": bulk.operations_max if bulk else 0,
        "maxPayloadSize": bulk.payload_bytes_max if bulk else 0,
    }


def _pagination(pagination: Pagination) -> Document:
    document: Document = {
        "cursor": pagination.cursor,
        "index": pagination.index,
        "defaultPaginationMethod": "index" if pagination.index else "cursor",
        "defaultPageSize": pagination.page_size_default,
        "maxPageSize": pagination.page_size_max,
    }
    if pagination.cursor:
        document["cursorTimeout"] = pagination.cursor_timeout_seconds
    return document


def _meta(resource_type: str, location: str) -> Document:
    return {"resourceType": resource_type, "location": location}
