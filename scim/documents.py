"""Turn a request's body into a canonical document, and compare documents (RFC 7643 2, 3).

A canonical document spells every attribute as its schema does, keeps extensions under their URN,
holds no unassigned attribute, and lists in `schemas` exactly what it has data of.
"""

from collections.abc import Mapping

from scim.attributes import Attribute, Document, Mutability, ResourceType, Type
from scim.errors import InvalidSyntax
from scim.errors import Mutability as MutabilityError
from scim.folding import fold
from scim.timestamps import utc_text
from scim.values import check_required, parse_members


def parse(resource_type: ResourceType, body: object) -> Document:
    """Return the canonical document of a resource sent by POST or PUT.

    `schemas` is computed, not believed: identity providers leave URNs out of it, add unknown ones
    and misspell them, and the data says which schemas are meant.

    Raises:
        InvalidSyntax: the body is not a resource.
        InvalidValue: a value is not of its attribute's type, or a required one is missing.

    RFC 7644 sections 3.3 and 3.5.1.
    """
    if not isinstance(body, dict):
        raise InvalidSyntax(
            f"The body must be a JSON object that describes a {resource_type.name}."
        )
    _check_schemas(body)
    document = parse_members(resource_type.attributes_by_key, body, "")
    check_required(resource_type.schema.required, document, "")
    for key, value in body.items():
        extension = resource_type.extension(key)
        if extension is None or value is None:
            continue
        if not isinstance(value, dict):
            raise InvalidSyntax(
                f"{extension.id} must be an object with the extension's attributes."
            )
        prefix = f"{extension.id}:"
        if members := parse_members(extension.attributes_by_key, value, prefix):
            check_required(extension.required, members, prefix)
            document[extension.id] = members
    return with_schemas(resource_type, document)


def with_schemas(resource_type: ResourceType, document: Document) -> Document:
    """Return the document with `schemas` listing the core schema and each extension with data.

    RFC 7643 section 3.
    """
    extensions = [schema.id for schema in resource_type.extensions if document.get(schema.id)]
    # The first member keeps the first place, which is where people look for it.
    return {"schemas": [], **document} | {"schemas": [resource_type.schema.id, *extensions]}


def replaced(resource_type: ResourceType, stored: Document, parsed: Document) -> Document:
    """Return what PUT makes of a stored document: the parsed one, with immutable values kept.

    Raises:
        MutabilityError: an immutable attribute is set and the parsed value differs.

    RFC 7644 section 3.5.1.
    """
    document = _keep_immutable(resource_type.schema.attributes, stored, parsed, "")
    for extension in resource_type.extensions:
        before, after = stored.get(extension.id, {}), parsed.get(extension.id, {})
        kept = _keep_immutable(extension.attributes, before, after, f"{extension.id}:")
        if kept:
            document[extension.id] = kept
    return with_schemas(resource_type, document)


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


def _check_schemas(body: Mapping[str, object]) -> None:
    for key, value in body.items():
        if key.lower() != "schemas":
            continue
        if not isinstance(value, list) or not all(isinstance(urn, str) for urn in value):
            raise InvalidSyntax("schemas must be an array of schema URNs, each a string.")


def _keep_immutable(
    attributes: tuple[Attribute, ...], stored: Document, parsed: Document, prefix: str
) -> Document:
    document = dict(parsed)
    for attribute in attributes:
        before, after = stored.get(attribute.name), parsed.get(attribute.name)
        if before is None:
            continue
        name = prefix + attribute.name
        if attribute.mutability is Mutability.IMMUTABLE:
            if after is not None and _folded(attribute, after) != _folded(attribute, before):
                raise MutabilityError(f"{name} cannot be changed once it is set; send it as it is.")
            document[attribute.name] = before
        elif attribute.type is Type.COMPLEX and not attribute.multi_valued:
            kept = _keep_immutable(attribute.sub_attributes, before, after or {}, f"{name}.")
            if kept:
                document[attribute.name] = kept
    return document


def _folded_members(attributes_by_key: Mapping[str, Attribute], document: Document) -> Document:
    return {
        name: _folded(attribute, value)
        for name, value in document.items()
        if (attribute := attributes_by_key.get(name.lower()))
    }


def _folded(attribute: Attribute, value: object) -> object:
    match value:
        case list():
            return [_folded(attribute, element) for element in value]
        case dict():
            return _folded_members(attribute.sub_attributes_by_key, value)
        case str() if attribute.type is Type.DATE_TIME:
            return utc_text(value)
        case str() if not attribute.case_exact:
            return fold(value)
        case _:
            return value
