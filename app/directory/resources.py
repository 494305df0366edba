"""What users and groups have in common as rows: a stored document, and what is derived from it."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache

from app.db.columns import instant_text
from app.directory.lookups import check_lookup
from app.json_text import json_text
from app.models import Group, User
from scim.attributes import Document, ResourceType
from scim.documents import folded
from scim.projection import Projection, render
from scim.versions import entity_tag


def set_document(
    row: User | Group, kind: ResourceType, document: Document, *, at: datetime
) -> None:
    """Give a row a new document, with what follows from it for every kind, and a new version.

    Raises:
        scim.errors.InvalidValue: the externalId is too long.
    """
    check_lookup("externalId", document.get("externalId"))
    row.document = json_text(document)
    row.folded = folded(kind, document)
    row.external_id = document.get("externalId")
    row.version += 1
    row.updated_at = at


def stored_document(row: User | Group) -> Document:
    """Return the document as it was written, without what is kept apart or derived."""
    document: Document = json.loads(row.document)
    return document


def location_of(row: User | Group, kind: ResourceType, base_url: str) -> str:
    """Return the address of a resource."""
    return f"{base_url}{kind.endpoint}/{row.id}"


def shown(
    row: User | Group,
    kind: ResourceType,
    apart: Mapping[str, Collection[str]],
    base_url: str,
    projection: Projection,
) -> str:
    """Return the JSON text of a resource with those of its attributes that a projection shows.

    `apart` are the multi-valued attributes that are kept apart from the document: the JSON text of
    each of their elements. Where everything is shown, the stored text is sent as it is, with id,
    meta and what is kept apart put in.
    """
    schemas, rest = _split(row.document)
    lists = [f'"{name}":[{",".join(texts)}]' for name, texts in apart.items() if texts]
    members = [schemas, f'"id":"{row.id}"', *rest, *lists, _meta(row, kind, base_url)]
    whole = "{" + ",".join(members) + "}"
    if projection.is_whole and _are_known(kind, schemas):
        return whole
    return json_text(render(kind, json.loads(whole), projection))


def _split(document: str) -> tuple[str, list[str]]:
    """Return the member `schemas` of a stored document, which is its first, and the others.

    >>> _split('{"schemas":["urn:x"],"userName":"a"}')
    ('"schemas":["urn:x"]', ['"userName":"a"'])
    """
    if not document.startswith('{"schemas":'):  # it was put together of parts
        document = json_text({"schemas": [], **json.loads(document)})
    end = document.index("]") + 1
    rest = document[end + 1 : -1]
    return document[1:end], [rest] if rest else []


def _meta(row: User | Group, kind: ResourceType, base_url: str) -> str:
    created, modified = instant_text(row.created_at), instant_text(row.updated_at)
    return (
        f'"meta":{{"resourceType":"{kind.name}","created":"{created}","lastModified":"{modified}",'
        f'"location":{json_text(location_of(row, kind, base_url))},'
        f'"version":{json_text(entity_tag(row.version))}}}'
    )


@lru_cache(maxsize=1024)
def _are_known(kind: ResourceType, schemas: str) -> bool:
    """Return whether a type still has every schema that a document was written with."""
    names: list[str] = json.loads("{" + schemas + "}")["schemas"]
    return set(names) <= {schema.id for schema in kind.schemas()}
