"""Which attributes of a resource an answer holds (RFC 7644 3.9, RFC 7643 7 `returned`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from scim.attributes import Attribute, Document, Mutability, Returned
from scim.documents import with_schemas
from scim.errors import InvalidValue
from scim.resource_types import ResourceType

#: The members of an object that are returned, each with the members of its own value that are,
#: or None where the whole value is.
Shape = Mapping[str, "Shape | None"]

Names = tuple[str, ...]


@dataclass(frozen=True)
class Projection:
    """The attributes that an answer holds.

    `requested` says whether the client named the ones it wants. Where it named none, `partial` are
    the attributes of which an answer leaves out something that may be stored; else it is None.
    """

    requested: bool
    shape: Shape
    partial: frozenset[str] | None = None

    @classmethod
    def parse(
        cls,
        resource_type: ResourceType,
        attributes: str | Iterable[str] | None = None,
        excluded: str | Iterable[str] | None = None,
    ) -> "Projection":
        """Return the projection that `attributes` or `excludedAttributes` asks for.

        Names that stand for nothing are ignored: a client may ask every service provider for the
        same list.

        Raises:
            InvalidValue: both are given.
        """
        if attributes is not None and excluded is not None:
            raise InvalidValue(
                "attributes and excludedAttributes exclude each other; send one of them."
            )
        return _projection(resource_type, _listed(attributes), _listed(excluded))

    def includes(self, name: str) -> bool:
        """Return whether the answer holds the core attribute of this name, or a part of it.

        >>> from scim.schemas import GROUP
        >>> Projection.parse(GROUP, ["members.value"]).includes("members.display")
        False
        """
        name, _, part = name.partition(".")
        inner = self.shape.get(name, {})
        return name in self.shape and (not part or inner is None or part in inner)


def render(resource_type: ResourceType, document: Document, projection: Projection) -> Document:
    """Return what an answer shows of a document that holds everything there is to show."""
    return with_schemas(resource_type, _projected(document, projection.shape))


@lru_cache(maxsize=1024)
def _projection(
    resource_type: ResourceType, attributes: Names | None, excluded: Names | None
) -> Projection:
    requested = attributes is not None
    names = _Names(_resolved(resource_type, attributes), _resolved(resource_type, excluded))
    core = resource_type.attributes_by_key.values()
    shape = names.shape(core, "", by_default=not requested)
    for schema in resource_type.extensions:
        default = schema.id in names.wanted if requested else schema.id not in names.excluded
        if inner := names.shape(schema.attributes, f"{schema.id}:", by_default=default):
            shape[schema.id] = inner
    named = names.wanted or names.excluded or requested
    return Projection(requested, shape, None if named else _partial(resource_type))


def _partial(resource_type: ResourceType) -> frozenset[str]:
    """Return the attributes that are not returned by default, or not with all their parts."""
    extensions = (schema.attributes for schema in resource_type.extensions)
    attributes = chain(resource_type.attributes_by_key.values(), *extensions)
    return frozenset(
        attribute.name
        for attribute in attributes
        if attribute.mutability is not Mutability.WRITE_ONLY  # which is never stored
        and not (
            attribute.returned in (Returned.ALWAYS, Returned.DEFAULT)
            and attribute.is_returned_whole
        )
    )


@dataclass(frozen=True)
class _Names:
    """The canonical names that a client wants, and those that it excludes."""

    wanted: frozenset[str]
    excluded: frozenset[str]

    def shape(
        self, attributes: Iterable[Attribute], prefix: str, *, by_default: bool
    ) -> dict[str, Shape | None]:
        """Return the shape of an object with members returned by default, or only if named."""
        return {
            attribute.name: self._inner(attribute, prefix + attribute.name)
            for attribute in attributes
            if self._returns(attribute, prefix + attribute.name, by_default=by_default)
        }

    @cached_property
    def wholes(self) -> frozenset[str]:
        """The attributes of which a client names a part, wanted or excluded."""
        return frozenset(name.rpartition(".")[0] for name in self.wanted | self.excluded)

    def _returns(self, attribute: Attribute, name: str, *, by_default: bool) -> bool:
        if attribute.returned is Returned.NEVER:
            return False
        if attribute.returned is Returned.ALWAYS:
            return True
        if name in self.excluded:
            return False
        if name in self.wanted or self._wants_part_of(name):
            return True
        return by_default and attribute.returned is Returned.DEFAULT

    def _inner(self, attribute: Attribute, name: str) -> Shape | None:
        if name not in self.wholes and attribute.is_returned_whole:
            return None
        by_default = name in self.wanted or not self._wants_part_of(name)
        inner = self.shape(attribute.sub_attributes, f"{name}.", by_default=by_default)
        return None if len(inner) == len(attribute.sub_attributes) else inner

    def _wants_part_of(self, name: str) -> bool:
        return name in self.wholes and any(part.startswith(f"{name}.") for part in self.wanted)


def _listed(names: str | Iterable[str] | None) -> Names | None:
    """Return the names in a list, however it was given; None is no list."""
    return None if names is None else tuple(names.split(",") if isinstance(names, str) else names)


def _resolved(resource_type: ResourceType, names: Names | None) -> frozenset[str]:
    """Return the canonical spelling of each name that stands for something."""
    paths = (resource_type.resolve(name.strip()) for name in names or ())
    return frozenset(str(path) for path in paths if path)


def _projected(document: Document, shape: Shape) -> Document:
    projected = {}
    for name, value in document.items():
        if name not in shape:
            continue
        inner = shape[name]
        shown = value if inner is None else _projected_value(value, inner)
        if shown not in ({}, []):
            projected[name] = shown
    return projected


def _projected_value(value: object, shape: Shape) -> object:
    match value:
        case list():
            return [shown for element in value if (shown := _projected_value(element, shape))]
        case dict():
            return _projected(value, shape)
        case _:
            return value
