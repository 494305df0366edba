"""`seatgate owner`: the people who look after an organization's seats."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict, Unpack

import click

from app.access.context import Context, acting
from app.access.principal import OWNER_ROLES, operator_for
from app.commands.options import Command, as_json, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import public_url, session
from app.i18n.languages import languages
from app.models import Owner
from app.owners import handing_over, links, membership, roster
from app.owners.handing_over import Successor
from app.owners.links import MadeLink, Purpose
from app.owners.membership import NewOwner, OwnerChanges


class _New(TypedDict):
    """The options of `owner add`: the members of `NewOwner`."""

    address: str
    name: str
    role: str
    language: str | None
    user_id: str | None


class _Changes(TypedDict):
    """The options of `owner set`: the members of `OwnerChanges`."""

    name: str | None
    role: str | None
    language: str | None
    user_id: str | None


_owner_argument = click.argument("owner", metavar="OWNER")

_base_url_option = click.option(
    "--base-url", help="Where the server is reached, where SEATGATE_PUBLIC_URL does not say so."
)


def _describing(*, new: bool) -> Callable[[Command], Command]:
    """Let a command say what an owner is like."""
    roles, spoken = click.Choice([role.value for role in OWNER_ROLES]), click.Choice(languages())

    def decorate(command: Command) -> Command:
        for option in (
            click.option("--user", "user_id", metavar="ID", help="The SCIM user that they are."),
            click.option("--language", type=spoken, help="The language that they chose."),
            click.option("--role", type=roles, required=new, help="What they may do."),
            click.option("--name", required=new, help="What they are called."),
        ):
            command = option(command)
        return command

    return decorate


@click.group()
def owner() -> None:
    """Keep the owners, who look after an organization's seats."""


@owner.command("add")
@click.argument("address")
@organization_option
@_describing(new=True)
@as_json
def add_owner(organization_id: str, *, as_json: bool, **given: Unpack[_New]) -> None:
    """Make the person with the e-mail address ADDRESS an owner."""
    with session() as at:
        context = acting(operator_for(organization_id), at=at)
        added = membership.add_owner(context, NewOwner(**given))
    show(_facts(added), as_json=as_json)


@owner.command("list")
@organization_option
@as_json
def list_owners(organization_id: str, *, as_json: bool) -> None:
    """List the owners, in the order in which they were added."""
    with session():
        found = roster.owners_of(organization_id)
    show_all("owners", [_facts(row) for row in found], as_json=as_json)


@owner.command("set")
@_owner_argument
@organization_option
@_describing(new=False)
@as_json
def set_owner(
    organization_id: str, owner: str, *, as_json: bool, **given: Unpack[_Changes]
) -> None:
    """Change OWNER, given by id or address. --user "" lets them name no user."""
    with session() as at:
        context, found = _found(organization_id, owner, at=at)
        changed = membership.change_owner(context, found.id, OwnerChanges(**given))
    show(_facts(changed), as_json=as_json)


@owner.command("remove")
@_owner_argument
@organization_option
def remove_owner(organization_id: str, owner: str) -> None:
    """Remove OWNER, given by id or address, and end their sessions and links at once."""
    with session() as at:
        context, found = _found(organization_id, owner, at=at)
        membership.remove_owner(context, found.id)
    click.echo(f"{found.address} is no owner any more.")


@owner.command("transfer")
@_owner_argument
@organization_option
@click.option("--to", "address", required=True, metavar="ADDRESS", help="Who shall have it.")
@click.option("--name", help="What they are called, where they are no owner yet.")
@_base_url_option
@as_json
def transfer_ownership(
    organization_id: str, owner: str, *, base_url: str | None, as_json: bool, **successor: str
) -> None:
    """Hand the ownership of OWNER over to a person, who accepts by the link that is printed."""
    with session() as at:
        context, found = _found(organization_id, owner, at=at)
        offer = handing_over.offer_ownership(context, found.id, Successor(**successor))
        made = links.make_link(context, offer.to_owner_id, Purpose.ACCEPT_OWNERSHIP)
        facts = _link_facts(made, base_url)
    show(facts, as_json=as_json)


@owner.command("withdraw")
@_owner_argument
@organization_option
def withdraw_ownership(organization_id: str, owner: str) -> None:
    """Withdraw the offer of the ownership of OWNER, given by id or address."""
    with session() as at:
        context, found = _found(organization_id, owner, at=at)
        handing_over.withdraw_ownership(context, found.id)
    click.echo(f"The ownership of {found.address} is offered to no other person any more.")


@owner.command("invite")
@_owner_argument
@organization_option
@_base_url_option
@as_json
def invite_owner(organization_id: str, owner: str, *, base_url: str | None, as_json: bool) -> None:
    """Print a link that lets OWNER, given by id or address, in once."""
    with session() as at:
        context, found = _found(organization_id, owner, at=at)
        made = links.make_link(context, found.id)
        facts = _link_facts(made, base_url)
    show(facts, as_json=as_json)


def _found(organization_id: str, named: str, *, at: datetime) -> tuple[Context, Owner]:
    """Return the operator's context in an organization, and the owner of an id or address."""
    context = acting(operator_for(organization_id), at=at)
    return context, roster.owner_named(organization_id, named)


def _facts(row: Owner) -> Facts:
    return {
        "id": row.id,
        "address": row.address,
        "name": row.name,
        "role": row.role,
        "language": row.language,
        "user_id": row.user_id,
        "shut_out": row.shut_out,
        "added_at": row.added_at,
    }


def _link_facts(made: MadeLink, base_url: str | None) -> Facts:
    """Return what is said of a link; its address begins where the server is reached."""
    return {
        "link": (base_url or public_url()).rstrip("/") + made.path,
        "code": made.code,
        "purpose": made.purpose.value,
        "address": made.owner.address,
        "expires_at": made.expires_at,
    }
