"""`seatgate organization` and `seatgate seller`: who buys and who sells."""

from typing import TypedDict, Unpack

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.commands.lazily import Elsewhere, LazyGroup
from app.commands.options import as_json, organization_argument
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.commands.setting_options import takes_party, takes_settings
from app.models import Organization, Seller
from app.organizations import naming, settings, suspending
from app.organizations.parties import BUYER_PARTICULARS, PARTICULARS, Particulars
from app.organizations.setting import SETTINGS
from app.organizations.settings import OrganizationChanges, SellerChanges


class _SellerSettings(TypedDict):
    """The options of `seller set` besides the particulars."""

    series: str | None
    credit_note_series: str | None
    time_zone: str | None


#: Commands of `organization` that stand in modules of their own.
_ELSEWHERE = {
    "oidc": Elsewhere(
        "app.commands.openid:oidc",
        "Let owners sign in at their organization's identity provider (OpenID Connect).",
    ),
}


@click.group(cls=LazyGroup, elsewhere=_ELSEWHERE)
def organization() -> None:
    """Keep the organizations that buy seats."""


@organization.command("create")
@click.argument("name")
@click.option("--external-id", metavar="NUMBER", help="Your customer number, by which to name it.")
@as_json
def create_organization(name: str, *, external_id: str | None, as_json: bool) -> None:
    """Make an organization called NAME."""
    with session() as at:
        made = settings.create_organization(name, external_id=external_id, at=at)
        _show_named(made, as_json=as_json)


@organization.command("show")
@organization_argument
@as_json
def show_organization(organization_id: str, *, as_json: bool) -> None:
    """Show the organization ID with its settings."""
    with session():
        found = settings.find_organization(organization_id)
    show(_organization_facts(found), as_json=as_json)


@organization.command("list")
@as_json
def list_organizations(*, as_json: bool) -> None:
    """List every organization, oldest first."""
    with session():
        found = settings.all_organizations()
    rows = [
        {
            "id": row.id,
            "external_id": row.external_id,
            "name": row.name,
            "created_at": row.created_at,
        }
        for row in found
    ]
    show_all("organizations", rows, as_json=as_json)


@organization.command("suspend")
@organization_argument
def suspend_organization(organization_id: str) -> None:
    """Shut the organization ID out: nobody logs in or takes a seat until it is resumed."""
    with session() as at:
        suspending.suspend_organization(acting(operator_for(organization_id), at=at))
    click.echo(f"Organization {organization_id} is suspended.")


@organization.command("resume")
@organization_argument
def resume_organization(organization_id: str) -> None:
    """Let the organization ID in again."""
    with session() as at:
        suspending.resume_organization(acting(operator_for(organization_id), at=at))
    click.echo(f"Organization {organization_id} is let in again.")


@organization.command("set")
@organization_argument
@takes_settings(SETTINGS.values())
@takes_party(BUYER_PARTICULARS)
@as_json
def set_organization(
    organization_id: str, *, as_json: bool, party: Particulars, **given: object
) -> None:
    """Change the organization ID. Particulars given as "" are taken away."""
    changes = OrganizationChanges(**given, party=party)
    with session() as at:
        principal = operator_for(organization_id)
        changed = settings.set_organization(acting(principal, at=at), changes)
        _show_named(changed, as_json=as_json)


@click.group()
def seller() -> None:
    """Keep the particulars of the vendor, who sells seats."""


@seller.command("set")
@click.option("--series", help="What invoice numbers begin with, such as INV.")
@click.option("--credit-note-series", help="What credit-note numbers begin with, such as CN.")
@click.option("--time-zone", metavar="NAME", help="Where the day on invoices is read off.")
@takes_party(PARTICULARS.values())
@as_json
def set_seller(*, as_json: bool, party: Particulars, **given: Unpack[_SellerSettings]) -> None:
    """Change what invoices say of the vendor. Particulars given as "" are taken away."""
    changes = SellerChanges(**given, party=party)
    with session() as at:
        changed = settings.set_seller(changes, at=at)
    show(_seller_facts(changed), as_json=as_json)


@seller.command("show")
@as_json
def show_seller(*, as_json: bool) -> None:
    """Show what invoices say of the vendor."""
    with session():
        found = settings.the_seller()
    show(_seller_facts(found), as_json=as_json)


def _show_named(row: Organization, *, as_json: bool) -> None:
    """Show an organization that was named just now, and warn of others of the same name."""
    others = ", ".join(other.id for other in naming.namesakes(row))
    warning = f"Other organizations are called {row.name}, too: {others}." if others else None
    if as_json:
        show({**_organization_facts(row), "warning": warning}, as_json=True)
        return
    show(_organization_facts(row), as_json=False)
    if warning:
        click.echo(f"Warning: {warning}", err=True)


def _organization_facts(row: Organization) -> Facts:
    return {
        "id": row.id,
        **{setting.column: setting.shown(row) for setting in SETTINGS.values()},
        "party": row.party,
        "created_at": row.created_at,
    }


def _seller_facts(row: Seller) -> Facts:
    return {
        "series": row.series,
        "credit_note_series": row.credit_note_series,
        "time_zone": row.time_zone,
        "party": row.party,
    }
