"""What users and groups have in common as rows: a stored document, and what is derived from it."""

from datetime import datetime

from app.directory.lookups import check_lookup
from app.json_text import json_text, read_json
from app.models import Group, User
from scim.attributes import Document
from scim.documents import folded
from scim.resource_types import ResourceType


def set_document(
    row: User | Group, kind: ResourceType, document: Document, *, at: datetime
) -> None:
    """Give a row a new document, with what follows from it for every kind, and a new version.

    Raises:
        scim.errors.InvalidValue: the externalId is too long.
    """
    check_lookup("externalId", document.get("externalId"))
    row.document = json_text(document)
    row.parsed = row.document, document
    row.folded = folded(kind, document)
    row.change(external_id=document.get("externalId"))
    row.version += 1
    row.updated_at = at


def stored_document(row: User | Group) -> Document:
    """Return the document as it was written, without what is kept apart or derived.

    It is parsed once for each text, and is not to be changed.
    """
    if row.parsed is None or row.parsed[0] is not row.document:
        row.parsed = row.document, read_json(row.document)
    return row.parsed[1]
