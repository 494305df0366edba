"""`seatgate token`: the bearer tokens of an organization, and the vendor's for all of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import wraps
from typing import TypedDict, Unpack

import click

from app.access import tokens, vendor_tokens
from app.access.context import acting
from app.access.principal import ISSUABLE, Role, operator_for
from app.access.tokens import TokenRequest
from app.commands.options import INSTANT, Command, as_json, naming_organization
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.models import Token, VendorToken
from scim.quirks import PROVIDERS


class _Given(TypedDict):
    """The options of `token issue`: the members of `TokenRequest`."""

    role: Role
    label: str | None
    provider: str | None
    expires_at: datetime | None


def _takes_scope(command: Command) -> Command:
    """Give a command the organization that its tokens are of, None for all organizations."""
    named = naming_organization(command)

    @wraps(command)
    def run(*, organization_id: str | None, all_organizations: bool, **options: object) -> None:
        if (organization_id is None) is not all_organizations:
            raise click.UsageError("Give either --organization ID or --all-organizations.")
        named(organization_id=organization_id, **options)

    every = click.option(
        "--all-organizations", is_flag=True, help="The vendor's own, for every organization."
    )
    one = click.option(
        "--organization",
        "organization_id",
        metavar="ID",
        help="The organization's id or customer number.",
    )
    return one(every(run))


@click.group()
def token() -> None:
    """Issue tokens, list them, revoke them."""


@token.command("issue")
@_takes_scope
@click.option(
    "--role",
    type=click.Choice(ISSUABLE, case_sensitive=False),
    required=True,
    help="What it may do.",
)
@click.option("--label", help="What people call it.")
@click.option(
    "--provider",
    type=click.Choice(PROVIDERS, case_sensitive=False),
    help="The identity provider that will use it.",
)
@click.option("--expires-at", type=INSTANT, help="When it ends; a day means its start in UTC.")
@as_json
def issue_token(*, organization_id: str | None, as_json: bool, **given: Unpack[_Given]) -> None:
    """Issue a token. Its secret is shown this once."""
    wanted = TokenRequest(**given)
    with session() as at:
        if organization_id is None:
            issued = vendor_tokens.issue_vendor_token(wanted, at=at)
        else:
            issued = tokens.issue_token(acting(operator_for(organization_id), at=at), wanted)
    show({"token": issued.secret, **_facts(issued.token)}, as_json=as_json)


@token.command("list")
@_takes_scope
@as_json
def list_tokens(*, organization_id: str | None, as_json: bool) -> None:
    """List the tokens, oldest first, without their secrets."""
    found: Sequence[Token | VendorToken]
    with session():
        if organization_id is None:
            found = vendor_tokens.vendor_tokens()
        else:
            found = tokens.tokens_of(operator_for(organization_id))
    show_all("tokens", [_facts(row) for row in found], as_json=as_json)


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@_takes_scope
def revoke_token(*, token_id: str, organization_id: str | None) -> None:
    """End the token ID at once."""
    with session() as at:
        if organization_id is None:
            vendor_tokens.revoke_vendor_token(token_id, at=at)
        else:
            tokens.revoke_token(acting(operator_for(organization_id), at=at), token_id)
    click.echo(f"Token {token_id} is revoked.")


def _facts(row: Token | VendorToken) -> Facts:
    return {
        "id": row.id,
        "role": row.role,
        "prefix": row.prefix,
        "label": row.label,
        "provider": row.provider,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "revoked_at": row.revoked_at,
        "last_used_at": row.last_used_at,
    }
