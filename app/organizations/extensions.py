"""Extension schemas of an organization's own: registered by an operator, without touching code.

An extension that is registered is validated, stored, filtered, sorted, patched and discovered like
the standard's. What is stored under it stays readable: it can grow, but not change its meaning.
"""

import json
from collections.abc import Iterator, Sequence

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.profiles import entry_of
from app.access.trail import Change
from app.db.sql import locked
from app.directory.search import json_sql
from app.errors import InvalidInput, NotFound
from app.models import Group, Organization, User
from scim.attributes import Attribute, Document, Schema, Uniqueness
from scim.errors import ScimError
from scim.extensions import parse_schema
from scim.schemas import GROUP, USER


@use_case()
def register_extension(context: Context, resource_type: str, document: Document) -> Schema:
    """Let the organization's users or groups carry the attributes of one more schema.

    Registering a URN again replaces its schema.

    Raises:
        NotFound: there is no such organization.
        InvalidInput: the document is no extension schema, or would change what is stored.
    """
    if resource_type not in {USER.name, GROUP.name}:
        raise InvalidInput("resource_type", f"An extension is of {USER.name} or of {GROUP.name}.")
    schema = _parse(document)
    organization = _lock(context)
    entries = json.loads(organization.extensions)
    others = [entry for entry in entries if entry["schema"]["id"].lower() != schema.id.lower()]
    for entry in entries:
        if entry not in others:
            _check_compatible(organization, entry, resource_type, schema)
    stored = [*others, entry_of(resource_type, {**document, "id": schema.id})]
    if len(stored) > EXTENSIONS_MAX:
        raise InvalidInput("schema", f"An organization has at most {EXTENSIONS_MAX} extensions.")
    if stored[-1] not in entries:
        organization.extensions = json.dumps(stored, ensure_ascii=False)
        organization.save()
        trail.record(context, _registered(resource_type, schema))
    return schema


@use_case()
def remove_extension(context: Context, urn: str) -> None:
    """Take an extension away from the organization, as long as nothing is stored under it.

    Raises:
        NotFound: the organization has none of this URN.
        InvalidInput: a resource still has data under it.
    """
    organization = _lock(context)
    entries = json.loads(organization.extensions)
    kept = [entry for entry in entries if entry["schema"]["id"].lower() != urn.lower()]
    if len(kept) == len(entries):
        raise NotFound(f"The organization has no extension {urn}.")
    for entry in entries:
        if entry not in kept and _has_data(organization, entry):
            raise InvalidInput(
                "urn", f"Resources have data under {urn}. Remove it from them first."
            )
    organization.extensions = json.dumps(kept, ensure_ascii=False)
    organization.save()
    trail.record(context, Change("extension.removed", urn))


def extensions_of(organization_id: str) -> list[Document]:
    """Return the organization's extensions, each with its resource type and its schema.

    Raises:
        NotFound: there is no such organization.
    """
    organization = Organization.find(organization_id)
    if organization is None:
        raise NotFound(f"There is no organization {organization_id}.")
    entries: list[Document] = json.loads(organization.extensions)
    return entries


#: Every answer about a resource walks through all of them.
EXTENSIONS_MAX = 20


def _registered(resource_type: str, schema: Schema) -> Change:
    names = [attribute.name for attribute in schema.attributes]
    after = {"resource_type": resource_type, "attributes": names}
    return Change("extension.registered", schema.id, after=after)


def _lock(context: Context) -> Organization:
    query = Organization.of(context.organization_id)
    organization: Organization | None = locked(query).first()
    if organization is None:
        raise NotFound(f"There is no organization {context.organization_id}.")
    return organization


def _parse(document: Document) -> Schema:
    try:
        schema = parse_schema(document)
    except ScimError as error:
        raise InvalidInput("schema", error.detail) from None
    for attribute in schema.attributes:
        if attribute.uniqueness is not Uniqueness.NONE:
            raise InvalidInput(
                "schema",
                f"{attribute.name}: only userName and displayName are kept unique here. "
                "Give uniqueness as none.",
            )
    return schema


def _check_compatible(
    organization: Organization, entry: Document, resource_type: str, schema: Schema
) -> None:
    """Refuse a schema under which what is stored would mean something else."""
    if not _has_data(organization, entry):
        return
    known = parse_schema(entry["schema"])
    changed = [old.name for old in known.attributes if not _keeps(old, schema.attribute(old.name))]
    if demanded := [*_demanded(known.attributes, schema.attributes)]:
        raise InvalidInput(
            "schema",
            f"Resources have data under {schema.id} and lack {demanded[0]}, so it cannot be "
            "required. Add it without that.",
        )
    if changed or entry["resource_type"] != resource_type:
        what = changed[0] if changed else "the resource type"
        raise InvalidInput(
            "schema",
            f"Resources have data under {schema.id}, so {what} must stay as it is. "
            "Add attributes, or register another URN.",
        )


def _demanded(known: Sequence[Attribute], wanted: Sequence[Attribute]) -> Iterator[str]:
    """Yield what is new and required, at the top or in what is known."""
    by_key = {attribute.name.lower(): attribute for attribute in known}
    for attribute in wanted:
        old = by_key.get(attribute.name.lower())
        if old is not None:
            yield from _demanded(old.sub_attributes, attribute.sub_attributes)
        elif attribute.required:
            yield attribute.name


def _keeps(old: Attribute, new: Attribute | None) -> bool:
    """Return whether values of an attribute as it was are values of it as it shall be."""
    return (
        new is not None
        and (old.name, old.type, old.multi_valued, old.case_exact)
        == (new.name, new.type, new.multi_valued, new.case_exact)
        and (old.required or not new.required)
        and all(_keeps(inner, new.sub_attribute(inner.name)) for inner in old.sub_attributes)
    )


def _has_data(organization: Organization, entry: Document) -> bool:
    model = User if entry["resource_type"] == USER.name else Group
    under = json_sql.exists_at(model.folded, [entry["schema"]["id"]])
    return bool(model.of(organization.id, under).exists())
