"""`seatgate token`: the bearer tokens of an organization."""

from datetime import datetime
from typing import TypedDict, Unpack

import click

from app import tokens
from app.access import ISSUABLE, Role, operator_for
from app.commands.options import INSTANT, as_json, organization_option
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.models import Token
from app.organizations import find_organization
from app.tokens import TokenRequest
from scim.quirks import PROVIDERS


class _Given(TypedDict):
    """The options of `token issue`: the members of `TokenRequest`."""

    role: Role
    label: str | None
    provider: str | None
    expires_at: datetime | None


@click.group()
def token() -> None:
    """Issue tokens, list them, revoke them."""


@token.command("issue")
@organization_option
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
def issue_token(organization_id: str, *, as_json: bool, **given: Unpack[_Given]) -> None:
    """Issue a token. Its secret is shown this once."""
    with session() as at:
        issued = tokens.issue_token(operator_for(organization_id), TokenRequest(**given), at=at)
    show({"token": issued.secret, **_facts(issued.token)}, as_json=as_json)


@token.command("list")
@organization_option
@as_json
def list_tokens(organization_id: str, *, as_json: bool) -> None:
    """List an organization's tokens, oldest first, without their secrets."""
    with session():
        find_organization(organization_id)
        found = tokens.tokens_of(organization_id)
    show_all("tokens", [_facts(row) for row in found], as_json=as_json)


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@organization_option
def revoke_token(token_id: str, organization_id: str) -> None:
    """End the token ID at once."""
    with session() as at:
        tokens.revoke_token(operator_for(organization_id), token_id, at=at)
    click.echo(f"Token {token_id} is revoked.")


def _facts(row: Token) -> Facts:
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
