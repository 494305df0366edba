"""Paths: what a PATCH operation works on (RFC 7644 3.5.2, figure 7, as erratum 7122 reads it)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from scim.attributes import Attribute, Schema
from scim.errors import InvalidPath
from scim.filters import Filter, parse_value_filter
from scim.resource_types import AttributePath, ResourceType

TEXT_LENGTH_MAX: Final = 4_096


@dataclass(frozen=True)
class Path:
    """An attribute, perhaps only the elements that match a filter, perhaps a sub-attribute.

    `schema` is the extension that holds the attribute, or None when it is a core or common one.
    """

    schema: Schema | None
    attribute: Attribute
    filter: Filter | None = None
    sub_attribute: Attribute | None = None

    @property
    def target(self) -> Attribute:
        """The attribute that a value at this path is a value of."""
        return self.sub_attribute or self.attribute

    @property
    def several(self) -> bool:
        """Whether a value at this path is a list: behind a filter it is for one element."""
        if self.filter and not self.sub_attribute:
            return False
        return self.target.multi_valued

    @property
    def name(self) -> str:
        """What the path is called in messages; filters are left out.

        >>> from scim.schemas import USER
        >>> parse(USER, 'EMAILS[type eq "work"].value').name
        'emails.value'
        """
        prefix = f"{self.schema.id}:" if self.schema else ""
        suffix = f".{self.sub_attribute.name}" if self.sub_attribute else ""
        return f"{prefix}{self.attribute.name}{suffix}"


@lru_cache(maxsize=256)
def parse(resource_type: ResourceType, text: str) -> Path | Schema:
    """Parse `attribute`, `attribute.sub` or `attribute[filter].sub`, with or without URN.

    The bare URN of an extension stands for all its attributes, and gives the extension itself.

    Raises:
        InvalidPath: the path is malformed or names an unknown attribute.
        InvalidFilter: what stands in the brackets is not a filter over the attribute.
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise InvalidPath(f"A path can be at most {TEXT_LENGTH_MAX:,} characters long.")
    head, bracket, rest = text.partition("[")
    found = resource_type.resolve(head)
    if found is None:
        raise InvalidPath(
            f"The path {text!r} names no attribute of a {resource_type.name}; "
            "check its spelling against /Schemas."
        )
    if bracket:
        return _parse_filtered(found, text, rest)
    if found.attribute is None:
        assert found.schema is not None  # noqa: S101  # nosec B101  # a bare URN was an extension's
        return found.schema
    return Path(found.schema, found.attribute, None, found.sub_attribute)


def _parse_filtered(found: AttributePath, text: str, rest: str) -> Path:
    attribute = found.attribute
    if attribute is None or found.sub_attribute or not attribute.multi_valued:
        raise InvalidPath(f"The path {text!r} filters what has no several values; drop the filter.")
    # A filter may hold brackets inside quotes, a sub-attribute cannot: so the last one closes.
    inner, bracket, tail = rest.rpartition("]")
    if not bracket:
        raise InvalidPath(f'The path {text!r} lacks a closing "]".')
    value_filter = parse_value_filter(found, inner)
    if not tail:
        return Path(found.schema, attribute, value_filter)
    sub_attribute = attribute.sub_attribute(tail[1:]) if tail.startswith(".") else None
    if sub_attribute is None:
        raise InvalidPath(f"The path {text!r} goes on with {tail!r}, which is no sub-attribute.")
    return Path(found.schema, attribute, value_filter, sub_attribute)
