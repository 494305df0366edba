"""What users and groups have in common as rows: a stored document, and what is derived from it."""

import json
from collections.abc import Mapping
from datetime import datetime

from app.db.columns import instant_text
from app.directory.lookups import check_lookup
from app.models import Group, User
from scim.attributes import Document, ResourceType
from scim.documents import folded
from scim.versions import entity_tag


def set_document(
    row: User | Group, kind: ResourceType, document: Document, *, at: datetime
) -> None:
    """Give a row a new document, with what follows from it for every kind, and a new version.

    Raises:
        scim.errors.InvalidValue: the externalId is too long.
    """
    check_lookup("externalId", document.get("externalId"))
    row.document = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    row.folded = folded(kind, document)
    row.external_id = document.get("externalId")
    row.version += 1
    row.updated_at = at


def stored_document(row: User | Group) -> Document:
    """Return the document as it was written, without what is kept apart or derived."""
    document: Document = json.loads(row.document)
    return document


def representation(
    row: User | Group, kind: ResourceType, apart: Mapping[str, list[Document]], base_url: str
) -> Document:
    """Return the whole resource: the document, what is kept `apart` from it, id and meta."""
    stored = stored_document(row)
    listed = {name: elements for name, elements in apart.items() if elements}
    meta = {
        "resourceType": kind.name,
        "created": instant_text(row.created_at),
        "lastModified": instant_text(row.updated_at),
        "location": f"{base_url}{kind.endpoint}/{row.id}",
        "version": entity_tag(row.version),
    }
    return {"schemas": stored["schemas"], "id": row.id, **stored, **listed, "meta": meta}
