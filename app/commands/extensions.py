"""`seatgate extension`: the SCIM schemas that an organization adds to the standard's."""

import json
from typing import IO

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.commands.options import as_json, organization_option
from app.commands.output import show, show_all
from app.commands.session import session
from app.errors import InvalidInput
from app.organizations import extensions
from scim.attributes import Document
from scim.schemas import GROUP, USER


@click.group()
def extension() -> None:
    """Register extension schemas, list them, remove them."""


@extension.command("register")
@click.argument("file", type=click.File(encoding="utf-8"))
@organization_option
@click.option(
    "--resource-type",
    type=click.Choice((USER.name, GROUP.name), case_sensitive=False),
    default=USER.name,
    help="What it extends.",
)
@as_json
def register_extension(
    file: IO[str], organization_id: str, resource_type: str, *, as_json: bool
) -> None:
    """Register the schema in FILE, a JSON document as RFC 7643 section 7 describes it."""
    with session() as at:
        principal = operator_for(organization_id)
        schema = extensions.register_extension(
            acting(principal, at=at), resource_type, _document(file)
        )
    names = ", ".join(attribute.name for attribute in schema.attributes)
    show({"id": schema.id, "resource_type": resource_type, "attributes": names}, as_json=as_json)


@extension.command("list")
@organization_option
@as_json
def list_extensions(organization_id: str, *, as_json: bool) -> None:
    """List an organization's extension schemas."""
    with session():
        entries = extensions.extensions_of(organization_id)
    rows = [
        {
            "id": entry["schema"]["id"],
            "resource_type": entry["resource_type"],
            "name": entry["schema"]["name"],
        }
        for entry in entries
    ]
    show_all("extensions", rows, as_json=as_json)


@extension.command("remove")
@click.argument("urn")
@organization_option
def remove_extension(urn: str, organization_id: str) -> None:
    """Remove the schema URN, as long as no resource has data under it."""
    with session() as at:
        extensions.remove_extension(acting(operator_for(organization_id), at=at), urn)
    click.echo(f"Extension {urn} is removed.")


def _document(file: IO[str]) -> Document:
    try:
        document = json.load(file)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise InvalidInput("file", "The file must hold one JSON object, a schema.")
    return document
