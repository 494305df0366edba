"""Turn a request's body into a canonical document, and compare documents (RFC 7643 2, 3).

A canonical document spells every attribute as its schema does, keeps extensions under their URN,
holds no unassigned attribute, and lists in `schemas` exactly what it has data of.
"""

from collections.abc import Mapping
from typing import Any

from scim.attributes import Attribute, Document, Mutability, Schema, Type
from scim.completeness import completed
from scim.errors import InvalidSyntax, InvalidValue
from scim.errors import Mutability as MutabilityError
from scim.faults import REFUSE, Faults
from scim.folding import fold
from scim.known import check_attribute, check_unknown, place_of
from scim.resource_types import AttributePath, ResourceType
from scim.timestamps import utc_text
from scim.values import check_required, parse_member, parse_members


def parse(resource_type: ResourceType, body: object, *, strict: bool = False) -> Document:
    """Return the canonical document of a resource sent by POST, which has all that is required.

    Raises:
        InvalidSyntax: the body is not a resource, or in strict mode names what no schema defines.
        InvalidPath: a member begins with a URN of ours and leads nowhere.
        InvalidValue: a value is not of its attribute's type, or a required one is missing.

    RFC 7644 section 3.3.
    """
    return completed(resource_type, {}, read(resource_type, body, strict=strict))


def read(
    resource_type: ResourceType, body: object, faults: Faults = REFUSE, *, strict: bool = False
) -> Document:
    """Return the canonical document of a resource's body, in which extensions may be incomplete.

    `schemas` is computed, not believed: identity providers leave URNs out of it, add unknown ones
    and misspell them, and the data says which schemas are meant. What a PUT may leave out depends
    on what is stored, so `replaced` judges that.

    Raises:
        ScimError: as `parse` does, of what `faults` does not note.

    RFC 7644 sections 3.3 and 3.5.1.
    """
    if not isinstance(body, dict):
        raise InvalidSyntax(
            f"The body must be a JSON object that describes a {resource_type.name}."
        )
    document: Document = {}
    for key, value in body.items():
        place = place_of(resource_type, key)
        attribute = None if place is None else place.attribute
        with faults.part(place or key, place):
            if attribute is None:
                check_unknown(resource_type, key, value, strict=strict)
                parsed = _extension_members(resource_type, key, value)
            else:
                check_attribute(resource_type, attribute, value, strict=strict)
                parsed = _attribute_member(attribute, value)
            if document.keys() & parsed.keys():
                raise InvalidValue(f"{place} is given more than once; send it once.")
            document |= parsed
    for attribute in resource_type.schema.required:
        with faults.part(attribute.name, resource_type.places_by_key[attribute.name.lower()]):
            check_required((attribute,), document, "")
    return with_schemas(resource_type, document)


def _attribute_member(attribute: Attribute, value: object) -> Document:
    """Return what a common or core attribute adds to the document: nothing if it is not kept."""
    if attribute.name == "schemas":
        _check_schemas(value)
        return {}
    return parse_member(attribute, value, attribute.name)


def _extension_members(resource_type: ResourceType, key: str, value: object) -> Document:
    """Return what an extension adds to the document; what is none adds nothing."""
    extension = resource_type.extension(key)
    if extension is None or value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidSyntax(f"{extension.id} must be an object with the extension's attributes.")
    members = parse_members(extension.attributes_by_key, value, f"{extension.id}:")
    return {extension.id: members} if members else {}


def with_schemas(resource_type: ResourceType, document: Document) -> Document:
    """Return the document with `schemas` listing the core schema and each extension with data.

    RFC 7643 section 3.
    """
    extensions = [schema.id for schema in resource_type.extensions if document.get(schema.id)]
    # The first member keeps the first place, which is where people look for it.
    return {"schemas": [], **document} | {"schemas": [resource_type.schema.id, *extensions]}


def replaced(
    resource_type: ResourceType, stored: Document, parsed: Document, faults: Faults = REFUSE
) -> Document:
    """Return what PUT makes of a stored document: the parsed one, with immutable values kept.

    The place of each fault stays as it is stored. What was missing before may stay missing.

    Raises:
        MutabilityError: an immutable attribute is set and the parsed value differs.
        InvalidValue: a required attribute would be missing that was there, or that belongs to what
            was not there.

    RFC 7644 section 3.5.1.
    """
    document = _keep_immutable(
        resource_type.schema, stored, faults.undone(stored, parsed), None, faults
    )
    for extension in resource_type.extensions:
        before, after = stored.get(extension.id, {}), document.get(extension.id, {})
        kept = _keep_immutable(extension, before, after, extension, faults)
        if kept:
            document[extension.id] = kept
    return with_schemas(resource_type, completed(resource_type, stored, document, faults))


def folded(resource_type: ResourceType, document: Document) -> Document:
    """Return the form of a document on which filters compare.

    Texts that compare without case are folded, and dateTimes are in UTC; nothing else changes.
    """
    form = _folded_members(resource_type.attributes_by_key, document)
    for extension in resource_type.extensions:
        if extension.id in document:
            form[extension.id] = _folded_members(
                extension.attributes_by_key, document[extension.id]
            )
    return form


def folded_value(attribute: Attribute, value: object) -> object:
    """Return the form of one value, or of one element, on which filters compare."""
    return _folded(attribute, value)


def _check_schemas(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(urn, str) for urn in value):
        raise InvalidSyntax("schemas must be an array of schema URNs, each a string.")


def _keep_immutable(
    schema: Schema,
    stored: Document,
    parsed: Document,
    extension: Schema | None,
    faults: Faults,
) -> Document:
    document = dict(parsed)
    for attribute in schema.holding_immutable:
        before, after = stored.get(attribute.name), parsed.get(attribute.name)
        if before is None:
            continue
        place = AttributePath(extension, attribute)
        with faults.part(place, place):
            kept = _kept(attribute, before, after, str(place))
            if kept is not None:
                document[attribute.name] = kept
    return document


def _kept(attribute: Attribute, before: Any, after: Any, name: str) -> Any:
    """Return the value after, with what is immutable in it as it was before."""
    if attribute.mutability is Mutability.IMMUTABLE:
        if after is not None and _folded(attribute, after) != _folded(attribute, before):
            raise MutabilityError(f"{name} cannot be changed once it is set; send it as it is.")
        return before
    if attribute.type is not Type.COMPLEX or attribute.multi_valued:
        return after
    members = dict(after or {})
    for sub_attribute in attribute.sub_attributes:
        held = before.get(sub_attribute.name)
        if held is not None:
            value = members.get(sub_attribute.name)
            kept = _kept(sub_attribute, held, value, f"{name}.{sub_attribute.name}")
            members |= {sub_attribute.name: kept} if kept is not None else {}
    return members or None


def _folded_members(attributes_by_key: Mapping[str, Attribute], document: Document) -> Document:
    return {
        name: _folded(attribute, value)
        for name, value in document.items()
        if (attribute := attributes_by_key.get(name.lower()))
    }


def _folded(attribute: Attribute, value: object) -> object:
    # The commonest first: this is asked of each value of each document.
    if isinstance(value, str):
        if attribute.type is Type.DATE_TIME:
            return utc_text(value)
        return value if attribute.case_exact else fold(value)
    if isinstance(value, dict):
        return _folded_members(attribute.sub_attributes_by_key, value)
    if isinstance(value, list):
        return [_folded(attribute, element) for element in value]
    return value
