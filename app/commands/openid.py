"""`seatgate organization oidc`: the identity provider that an organization's owners sign in at."""

from pathlib import Path
from typing import TypedDict, Unpack

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.commands.options import as_json, organization_argument
from app.commands.output import Facts, show
from app.commands.session import sealer, session
from app.errors import NotFound
from app.models import OpenidProvider
from app.owners import openid_providers
from app.owners.openid_providers import ProviderSettings


class _Given(TypedDict):
    """The options of `organization oidc set` besides the client's secret."""

    issuer: str
    client_id: str
    allowed_hosts: tuple[str, ...]


@click.group()
def oidc() -> None:
    """Let owners sign in at their organization's identity provider (OpenID Connect)."""


@oidc.command("set")
@organization_argument
@click.option("--issuer", required=True, metavar="URL", help="As the provider writes it.")
@click.option("--client-id", required=True, help="What the provider knows Seatgate as.")
@click.option(
    "--client-secret-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    required=True,
    help="The file that holds the client's secret; - reads it from standard input.",
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="HOST",
    help="A host, with a port if need be, that may be fetched from though it is not public.",
)
@as_json
def set_provider(
    organization_id: str, *, client_secret_file: Path, as_json: bool, **given: Unpack[_Given]
) -> None:
    """Set the identity provider of the organization ID."""
    with click.open_file(str(client_secret_file), encoding="utf-8") as file:
        secret = file.read().strip()
    settings = ProviderSettings(**given, client_secret=secret)
    with session() as at:
        context = acting(operator_for(organization_id), at=at)
        row = openid_providers.set_provider(context, settings, sealer=sealer())
    show(_facts(row), as_json=as_json)


@oidc.command("show")
@organization_argument
@as_json
def show_provider(organization_id: str, *, as_json: bool) -> None:
    """Show the identity provider of the organization ID, without the client's secret."""
    with session():
        row = openid_providers.provider_of(organization_id)
    if row is None:
        raise NotFound("The organization has no identity provider for its owners.")
    show(_facts(row), as_json=as_json)


@oidc.command("remove")
@organization_argument
def remove_provider(organization_id: str) -> None:
    """Let the owners of the organization ID no longer sign in at an identity provider."""
    with session() as at:
        openid_providers.remove_provider(acting(operator_for(organization_id), at=at))
    click.echo("Owners no longer sign in at an identity provider.")


def _facts(row: OpenidProvider) -> Facts:
    return {
        "issuer": row.issuer,
        "client_id": row.client_id,
        "allowed_hosts": sorted(openid_providers.hosts_of(row)),
        "set_at": row.set_at,
    }
