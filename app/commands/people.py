"""`seatgate person`: what is known of a person."""

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.commands.options import organization_option
from app.commands.session import session
from app.organizations.settings import find_organization
from app.people.erasure import erase_person


@click.group()
def person() -> None:
    """Take away what is known of people who have left."""


@person.command("erase")
@organization_option
@click.option("--user-name", required=True, help="The person's userName, or an owner's address.")
@click.confirmation_option(prompt="Nothing brings an erased person back. Erase them?")
def erase(organization_id: str, user_name: str) -> None:
    """Erase a person who has left: name, addresses, memberships; ids stay in the ledger."""
    with session() as at:
        find_organization(organization_id)
        erased = erase_person(acting(operator_for(organization_id), at=at), user_name)
    click.echo(f"Erased. What remains is {', '.join(erased)}.")
