"""What an attribute and a schema are (RFC 7643 sections 2 and 7).

The tables in `schemas.py` are made of these values; parsing, projection, filters, PATCH and
discovery all read them, so that an attribute is described in one place.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

#: A SCIM document in canonical form: attribute names spelt as in the schema, extensions under their
#: URN, unassigned attributes absent. The one `Any` of the package.
Document = dict[str, Any]


class Type(StrEnum):
    """Attribute data types (RFC 7643 2.3)."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"

    #: Tables by type are looked up in for every value; the one of Enum is written in Python.
    __hash__ = str.__hash__


class Mutability(StrEnum):
    """When an attribute may be written (RFC 7643 7)."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """When an attribute is returned (RFC 7643 7)."""

    ALWAYS = "always"
    NEVER = "never"
    DEFAULT = "default"
    REQUEST = "request"


class Uniqueness(StrEnum):
    """How widely a value must be unique (RFC 7643 7)."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


@dataclass(frozen=True)
class Attribute:
    """One attribute definition: a row of a schema's table (RFC 7643 7)."""

    name: str
    type: Type = Type.STRING
    description: str = ""
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple["Attribute", ...] = ()
    #: Whether `/Schemas` lists it: not what is taken and thrown away.
    published: bool = True

    def __hash__(self) -> int:
        """Return the hash of the name: tables of attributes are looked up by in every request."""
        return hash(self.name)

    @cached_property
    def sub_attributes_by_key(self) -> dict[str, "Attribute"]:
        """Sub-attributes by their lower-cased name: names compare without case (RFC 7643 2.1)."""
        return {attribute.name.lower(): attribute for attribute in self.sub_attributes}

    @cached_property
    def required_sub_attributes(self) -> tuple["Attribute", ...]:
        """The sub-attributes without which a client's value is incomplete."""
        return tuple(attribute for attribute in self.sub_attributes if attribute.is_demanded)

    @property
    def is_demanded(self) -> bool:
        """Whether a document must hold the attribute: required, and neither dropped nor hidden."""
        kept = self.mutability in (Mutability.READ_WRITE, Mutability.IMMUTABLE)
        return self.required and kept

    @cached_property
    def comes_or_goes(self) -> bool:
        """Whether its values cannot change, only come and go: a group's members (RFC 7643 4.2)."""
        value = self.sub_attribute("value")
        return value is not None and value.mutability is Mutability.IMMUTABLE

    @property
    def holds_immutable(self) -> bool:
        """Whether it, or a sub-attribute of its one value, cannot be changed once it is set."""
        parts = () if self.multi_valued else self.sub_attributes
        return any(part.mutability is Mutability.IMMUTABLE for part in (self, *parts))

    @cached_property
    def is_returned_whole(self) -> bool:
        """Whether every sub-attribute is returned unless a client says otherwise."""
        return all(
            attribute.returned in (Returned.ALWAYS, Returned.DEFAULT)
            for attribute in self.sub_attributes
        )

    def sub_attribute(self, name: str) -> "Attribute | None":
        """Return the sub-attribute of this name in any case, or None."""
        return self.sub_attributes_by_key.get(name.lower())


def _read_only(
    name: str, description: str, kind: Type = Type.STRING, references: tuple[str, ...] = ()
) -> Attribute:
    return Attribute(
        name,
        kind,
        description,
        case_exact=True,
        mutability=Mutability.READ_ONLY,
        reference_types=references,
    )


@dataclass(frozen=True)
class Schema:
    """A named table of attributes (RFC 7643 7)."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]

    def __hash__(self) -> int:
        """Return the hash of the URN, as of an attribute's name."""
        return hash(self.id)

    @cached_property
    def attributes_by_key(self) -> dict[str, Attribute]:
        """Attributes by their lower-cased name."""
        return {attribute.name.lower(): attribute for attribute in self.attributes}

    @cached_property
    def required(self) -> tuple[Attribute, ...]:
        """The attributes without which a client's resource is incomplete."""
        return tuple(attribute for attribute in self.attributes if attribute.is_demanded)

    @cached_property
    def holding_immutable(self) -> tuple[Attribute, ...]:
        """The attributes in which something cannot be changed once it is set."""
        return tuple(part for part in self.attributes if part.holds_immutable)

    @cached_property
    def requiring(self) -> tuple[Attribute, ...]:
        """The attributes of which a value is incomplete without some sub-attribute."""
        return tuple(part for part in self.attributes if part.required_sub_attributes)

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute of this name in any case, or None."""
        return self.attributes_by_key.get(name.lower())


#: The attributes that every resource has, whatever its schema (RFC 7643 3 and 3.1). `schemas` is
#: read-only here because it is computed from the data; URNs compare without case (RFC 8141).
COMMON: Final = (
    Attribute(
        "schemas",
        Type.REFERENCE,
        "The URNs of the schemas that define the attributes present in the resource.",
        multi_valued=True,
        mutability=Mutability.READ_ONLY,
        returned=Returned.ALWAYS,
        reference_types=("uri",),
    ),
    Attribute(
        "id",
        description="A unique identifier for the resource, assigned by the service provider.",
        case_exact=True,
        mutability=Mutability.READ_ONLY,
        returned=Returned.ALWAYS,
        uniqueness=Uniqueness.SERVER,
    ),
    Attribute(
        "externalId",
        description="An identifier for the resource, assigned by the provisioning client.",
        case_exact=True,
    ),
    Attribute(
        "meta",
        Type.COMPLEX,
        "What the service provider knows about the resource.",
        mutability=Mutability.READ_ONLY,
        sub_attributes=(
            _read_only("resourceType", "The name of the resource type."),
            _read_only("created", "When the resource was created.", Type.DATE_TIME),
            _read_only("lastModified", "When the resource was last changed.", Type.DATE_TIME),
            _read_only("location", "The URI of the resource.", Type.REFERENCE, ("uri",)),
            _read_only("version", "The version of the resource, equal to its entity tag."),
        ),
    ),
)
