"""What the server says about itself (RFC 7644 4)."""

from collections.abc import Mapping
from functools import lru_cache

from flask import Blueprint, Response

from app.access.profiles import ScimProfile
from app.errors import NotFound, NotPermitted
from app.json_text import json_text
from app.web.context import public_url, scim_url, seatgate
from app.web.current import current_request
from app.web.documents import DOCS_PREFIX
from app.web.responses import scim_response, scim_text
from app.web.scim.bulk import OPERATIONS_MAX
from scim import discovery
from scim.attributes import Document
from scim.cursors import CURSOR_TIMEOUT_SECONDS
from scim.messages import PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, list_response

#: The profiles whose documents are kept: few organizations have schemas of their own.
_PROFILES_MAX = 128


def register(blueprint: Blueprint) -> None:
    """Give the SCIM blueprint its discovery endpoints."""
    blueprint.before_request(_refuse_filter)
    blueprint.add_url_rule("/ServiceProviderConfig", view_func=service_provider_config)
    blueprint.add_url_rule("/ResourceTypes", view_func=resource_types)
    blueprint.add_url_rule("/ResourceTypes/<name>", view_func=resource_type)
    blueprint.add_url_rule("/Schemas", view_func=schemas)
    blueprint.add_url_rule("/Schemas/<urn>", view_func=schema)


def service_provider_config() -> Response:
    """Say what this server supports."""
    return scim_response(discovery.service_provider_config(_features(), scim_url()))


def resource_types() -> Response:
    """List the resource types."""
    return _all(_resource_types())


def resource_type(name: str) -> Response:
    """Describe one resource type."""
    return _one(_resource_types(), name)


def schemas() -> Response:
    """List the schemas."""
    return _all(_schemas())


def schema(urn: str) -> Response:
    """Describe one schema."""
    return _one(_schemas(), urn)


def _features() -> discovery.Features:
    return discovery.Features(
        patch=True,
        sort=True,
        etag=True,
        change_password=False,
        filter_results_max=PAGE_SIZE_MAX,
        bulk=discovery.Bulk(OPERATIONS_MAX, seatgate().config.body_bytes_max),
        pagination=discovery.Pagination(
            cursor=True,
            index=True,
            page_size_default=PAGE_SIZE_DEFAULT,
            page_size_max=PAGE_SIZE_MAX,
            cursor_timeout_seconds=CURSOR_TIMEOUT_SECONDS,
        ),
        documentation_url=public_url() + DOCS_PREFIX,
    )


def _resource_types() -> dict[str, Document]:
    return _types_of(current_request().principal.profile, scim_url())


def _schemas() -> dict[str, Document]:
    return _schemas_of(current_request().principal.profile, scim_url())


@lru_cache(maxsize=_PROFILES_MAX)
def _types_of(profile: ScimProfile, base_url: str) -> dict[str, Document]:
    types = (profile.user, profile.group)
    return {kind.name: discovery.resource_type_document(kind, base_url) for kind in types}


@lru_cache(maxsize=_PROFILES_MAX)
def _schemas_of(profile: ScimProfile, base_url: str) -> dict[str, Document]:
    return {
        urn: discovery.schema_document(schema, base_url)
        for urn, schema in profile.schemas().items()
    }


def _all(documents: Mapping[str, Document]) -> Response:
    """List everything: what is discovered has no pages."""
    texts = [json_text(document) for document in documents.values()]
    return scim_text(list_response(texts, len(texts), 1))


def _one(documents: Mapping[str, Document], name: str) -> Response:
    by_key = {key.lower(): document for key, document in documents.items()}
    document = by_key.get(name.lower())
    if document is None:
        raise NotFound(f"There is no {name} here; {', '.join(documents)} are.")
    return scim_response(document)


def _refuse_filter() -> None:
    """Refuse a filter on what is discovered, as RFC 7644 section 4 demands."""
    sent = current_request()
    if sent.endpoint in _FILTERLESS and "filter" in sent.args:
        raise NotPermitted("The discovery endpoints take no filter. Leave it out.")


_FILTERLESS = frozenset(
    f"scim.{view.__name__}"
    for view in (service_provider_config, resource_types, resource_type, schemas, schema)
)
