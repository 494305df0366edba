"""What a document lacks that is required of it (RFC 7643 7).

A request is judged by what it changes: what was missing before may stay missing.
"""

from collections.abc import Iterator
from typing import Any

from scim.attributes import Attribute, Document, Schema
from scim.faults import REFUSE, Faults
from scim.resource_types import AttributePath, ResourceType
from scim.values import is_assigned, lacking


def completed(
    resource_type: ResourceType, before: Document, after: Document, faults: Faults = REFUSE
) -> Document:
    """Return the document after, where each part that newly lacks something is as it was before.

    Raises:
        InvalidValue: a required attribute is missing, if `faults` refuses.
    """
    for place, name in _newly_missing(resource_type, before, after):
        with faults.part(name, place):
            raise lacking(name)
    return faults.undone(before, after)


def _newly_missing(
    resource_type: ResourceType, before: Document, after: Document
) -> Iterator[tuple[AttributePath, str]]:
    yield from _missing_in(resource_type.schema, None, before, after)
    for extension in resource_type.extensions:
        if members := after.get(extension.id):
            yield from _missing_in(extension, extension, before.get(extension.id, {}), members)


def _missing_in(
    schema: Schema, extension: Schema | None, before: Document, after: Document
) -> Iterator[tuple[AttributePath, str]]:
    for attribute in schema.required:
        if _lacks(attribute, after) and not (before and _lacks(attribute, before)):
            # An extension is whole or as it was: half of it would lack the same.
            place = AttributePath(extension, None if extension else attribute)
            yield place, str(AttributePath(extension, attribute))
    for attribute in schema.requiring:
        held, given = before.get(attribute.name), after.get(attribute.name)
        for sub_attribute in attribute.required_sub_attributes:
            if _lacking(sub_attribute, given) > _lacking(sub_attribute, held):
                place = AttributePath(extension, attribute)
                yield place, f"{place}.{sub_attribute.name}"


def _lacks(attribute: Attribute, document: Document) -> bool:
    return not is_assigned(document.get(attribute.name))


def _lacking(sub_attribute: Attribute, value: Any) -> int:
    """Return how many elements of a value, or whether the one that it is, lack a sub-attribute."""
    elements = value if isinstance(value, list) else [value] if value else []
    return sum(_lacks(sub_attribute, element) for element in elements)
