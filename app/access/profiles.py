"""How each organization speaks SCIM: its own extension schemas, strictness, refusals."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus
from typing import Protocol

from scim.attributes import Document, Schema
from scim.extensions import parse_schema
from scim.resource_types import ResourceType
from scim.schemas import GROUP, USER


@dataclass(frozen=True)
class ScimProfile:
    """The resource types of one organization."""

    user: ResourceType = USER
    group: ResourceType = GROUP
    #: Whether every deviation from the RFCs is refused.
    strict: bool = False
    #: With which status a refusal of a seat is answered over SCIM.
    seat_refusal_status: int = HTTPStatus.FORBIDDEN

    def schemas(self) -> dict[str, Schema]:
        """Return every schema by its URN, each once."""
        return {schema.id: schema for kind in (self.user, self.group) for schema in kind.schemas()}


STANDARD = ScimProfile()


class Speaking(Protocol):
    """What is stored of how an organization speaks SCIM."""

    @property
    def extensions(self) -> str:
        """A JSON array of objects with the `resource_type` that is extended, and the `schema`.

        The schema is in the form of RFC 7643 section 7.
        """

    @property
    def strict(self) -> bool:
        """Whether every deviation from the RFCs is refused."""

    @property
    def seat_refusal_status(self) -> int:
        """With which status a refusal of a seat is answered."""


def profile_of(stored: Speaking) -> ScimProfile:
    """Return the profile of an organization. Its extensions are parsed once, not once a request."""
    return _profile(stored.extensions, stored.strict, stored.seat_refusal_status)


@lru_cache(maxsize=1024)
def _profile(extensions: str, strict: bool, seat_refusal_status: int) -> ScimProfile:  # noqa: FBT001
    profile = replace(STANDARD, strict=strict, seat_refusal_status=seat_refusal_status)
    for entry in json.loads(extensions):
        profile = extended(profile, entry["resource_type"], parse_schema(entry["schema"]))
    return profile


def extended(profile: ScimProfile, resource_type: str, schema: Schema) -> ScimProfile:
    """Return the profile with one more extension; one of the same URN is replaced."""
    if resource_type == USER.name:
        return replace(profile, user=_with(profile.user, schema))
    return replace(profile, group=_with(profile.group, schema))


def _with(kind: ResourceType, schema: Schema) -> ResourceType:
    others = tuple(known for known in kind.extensions if known.id != schema.id)
    return replace(kind, extensions=(*others, schema))


def entry_of(resource_type: str, document: Document) -> Document:
    """Return an extension as it is stored."""
    return {"resource_type": resource_type, "schema": document}
