"""Resources as the JSON texts that answers hold.

A stored text is sent as it is, with id, meta and what is kept apart from it put in. Only where a
projection leaves something out is it parsed.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from peewee import Node

from app.db.columns import instant_text
from app.db.sql import instant_written
from app.json_text import json_text, read_json
from app.models import Group, User
from scim.projection import Projection, render
from scim.resource_types import ResourceType

#: With what no document begins.
_NO_SCHEMAS = "\0"


class ShownRow(NamedTuple):
    """Of a resource, what an answer is made of; instants are as the database gives them."""

    id: str
    document: str
    version: int
    created_at: datetime | str
    updated_at: datetime | str
    #: A user's groups as `memberships` reads them; None where they did not come along.
    groups: str | None = None

    @classmethod
    def of(cls, row: User | Group) -> "ShownRow":
        """Return what is shown of a row."""
        return cls(row.id, row.document, row.version, row.created_at, row.updated_at)

    @classmethod
    def columns(cls, model: type[User] | type[Group]) -> list[Node]:
        """Return the columns that a row is read from, with `raw`, but for the groups."""
        instants = map(instant_written, (model.created_at, model.updated_at))
        return [model.id, model.document, model.version, *instants]


class Renderer:
    """Renders the resources of one type for one answer."""

    def __init__(self, kind: ResourceType, base_url: str, projection: Projection) -> None:
        """Prepare what all of them have in common."""
        self._kind, self._projection = kind, projection
        self._type = f',"meta":{{"resourceType":"{kind.name}","created":"'
        self._location = f'","location":{reference_to(kind, base_url)}'

    def texts(
        self, rows: Iterable[ShownRow], name: str, elements: Mapping[str, Collection[str]]
    ) -> list[str]:
        """Return resources; `elements` are those of the attribute `name`, kept apart, by id.

        They hold what the projection shows of them, if the client named none of its attributes.
        """
        texts = []
        kind, location = self._type, self._location
        partial = self._projection.partial
        is_whole = partial is not None and partial <= {name}
        schemas, is_sent_whole = _NO_SCHEMAS, False
        for row_id, stored, version, created, modified, _ in rows:
            document = stored
            # Most begin as the one before.
            if not document.startswith(schemas):
                document = _begun_with_schemas(stored)
                schemas = document[: document.index("]") + 1]
                is_sent_whole = is_whole and _are_known(self._kind, schemas)
            if not isinstance(created, str):
                created, modified = instant_text(created), instant_text(modified)
            listed = elements.get(row_id)
            apart = f',"{name}":[{",".join(listed)}]' if listed else ""
            whole = (
                f'{schemas},"id":"{row_id}"{document[len(schemas) : -1]}{apart}{kind}{created}",'
                f'"lastModified":"{modified}{location}{row_id}",'
                f'"version":"W/\\"{version}\\""}}}}'
            )
            texts.append(whole if is_sent_whole else self._projected(whole))
        return texts

    def _projected(self, whole: str) -> str:
        return json_text(render(self._kind, read_json(whole), self._projection))


def reference_to(kind: ResourceType, base_url: str) -> str:
    """Return the JSON text of the address of a type's resources, open for an id and a quote."""
    return _reference(base_url, kind.endpoint)


@lru_cache(maxsize=64)
def _reference(base_url: str, endpoint: str) -> str:
    return json_text(f"{base_url}{endpoint}/")[:-1]


def _begun_with_schemas(document: str) -> str:
    """Return a stored document with its `schemas` first, as all are that were not put together.

    >>> _begun_with_schemas('{"userName":"a","schemas":["urn:x"]}')
    '{"schemas":["urn:x"],"userName":"a"}'
    """
    if document.startswith('{"schemas":'):
        return document
    return json_text({"schemas": [], **read_json(document)})


@lru_cache(maxsize=1024)
def _are_known(kind: ResourceType, schemas: str) -> bool:
    """Return whether a type still has every schema that a document was written with."""
    names: list[str] = read_json(schemas + "}")["schemas"]
    return set(names) <= {schema.id for schema in kind.schemas()}
