"""What a type of resource is, and what a name means in it (RFC 7643 6, RFC 7644 3.10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scim.attributes import COMMON, Attribute, Schema


@dataclass(frozen=True)
class AttributePath:
    """What a name in a filter, a path or a projection stands for (RFC 7644 3.10).

    `schema` is the extension that holds the attribute, or None when it is a core or common one.
    `attribute` is None when the name is the URN of the extension itself.
    """

    schema: Schema | None
    attribute: Attribute | None
    sub_attribute: Attribute | None = None

    @property
    def is_false_unless_set(self) -> bool:
        """Whether a value that was left out counts as false: `primary` does (RFC 7643 2.4)."""
        multi_valued = self.attribute is not None and self.attribute.multi_valued
        part = self.sub_attribute
        return multi_valued and part is not None and part.name == "primary"

    def __str__(self) -> str:
        """Return the name in its canonical spelling, qualified only where it must be."""
        return self._text

    @cached_property
    def _text(self) -> str:
        names = ".".join(part.name for part in (self.attribute, self.sub_attribute) if part)
        return ":".join(part for part in (self.schema.id if self.schema else "", names) if part)


@dataclass(frozen=True)
class ResourceType:
    """A kind of resource: its endpoint, its core schema and its extensions (RFC 7643 6)."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: tuple[Schema, ...] = ()

    def __hash__(self) -> int:
        """Return the hash of the name, as of an attribute's."""
        return hash(self.name)

    @cached_property
    def extensions_by_key(self) -> dict[str, Schema]:
        """Extension schemas by their lower-cased URN: URNs compare without case (RFC 8141)."""
        return {schema.id.lower(): schema for schema in self.extensions}

    def extension(self, urn: str) -> Schema | None:
        """Return the extension schema of this URN in any case, or None."""
        return self.extensions_by_key.get(urn.lower())

    def schemas(self) -> Iterator[Schema]:
        """Yield the core schema, then the extensions."""
        yield self.schema
        yield from self.extensions

    @cached_property
    def attributes_by_key(self) -> dict[str, Attribute]:
        """Common and core attributes by their lower-cased name."""
        common = {attribute.name.lower(): attribute for attribute in COMMON}
        return common | self.schema.attributes_by_key

    @cached_property
    def places_by_key(self) -> dict[str, "AttributePath"]:
        """What the lower-cased names of common and core attributes stand for."""
        return {key: AttributePath(None, part) for key, part in self.attributes_by_key.items()}

    @cached_property
    def attribute_names(self) -> frozenset[str]:
        """The names of common and core attributes in their canonical spelling."""
        return frozenset(attribute.name for attribute in self.attributes_by_key.values())

    @cached_property
    def member_names(self) -> frozenset[str]:
        """The names that the members of a resource have in their canonical spelling."""
        return self.attribute_names | {schema.id for schema in self.extensions}

    def attribute(self, name: str) -> Attribute | None:
        """Return the common or core attribute of this unqualified name in any case, or None."""
        return self.attributes_by_key.get(name.lower())

    def resolve(self, text: str) -> AttributePath | None:
        """Return what a name, qualified by a schema's URN or not, stands for, or None.

        RFC 7644 3.10.
        """
        key = text.lower()
        if place := self.places_by_key.get(key):
            return place
        if extension := self.extension(key):
            return AttributePath(extension, None)
        # The last colon ends the URN: no attribute name holds one.
        urn, colon, name = key.rpartition(":")
        if not colon or urn == self.schema.id.lower():
            return _resolve_in(None, self.attributes_by_key, name)
        schema = self.extension(urn)
        return _resolve_in(schema, schema.attributes_by_key, name) if schema else None


def _resolve_in(
    schema: Schema | None, attributes_by_key: dict[str, Attribute], key: str
) -> AttributePath | None:
    name, dot, sub_name = key.partition(".")
    attribute = attributes_by_key.get(name)
    if attribute is None:
        return None
    if not dot:
        return AttributePath(schema, attribute)
    sub_attribute = attribute.sub_attributes_by_key.get(sub_name)
    return AttributePath(schema, attribute, sub_attribute) if sub_attribute else None
