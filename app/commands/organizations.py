"""`seatgate organization` and `seatgate seller`: who buys and who sells."""

import json
from collections.abc import Callable
from functools import wraps
from typing import TypedDict, Unpack

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.commands.options import as_json, organization_argument
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.i18n.languages import languages
from app.models import Organization, Seller
from app.organizations import naming, settings, suspending
from app.organizations.parties import Particulars
from app.organizations.settings import (
    SEAT_REFUSAL_STATUSES,
    WHEN_FULL,
    OrganizationChanges,
    SellerChanges,
)

#: The members of a party that both sides have, and those of the seller's bank.
_PARTICULARS = {
    "legal_name": "The name on invoices.",
    "address_lines": "A line of the address; give the option once for each.",
    "postal_code": "The postal code.",
    "city": "The city.",
    "country": "The ISO 3166 code, such as FR.",
    "vat_id": "The VAT number with its country prefix.",
    "registration": "The number in the register of companies.",
    "email": "Where questions about invoices go.",
}
_BANK = {"bank": "The bank's name.", "iban": "The account's IBAN.", "bic": "The bank's BIC."}


class _Settings(TypedDict):
    """The options of `organization set` besides the particulars."""

    name: str | None
    external_id: str | None
    language: str | None
    seat_refusal_status: int | None
    tax_rate: str | None
    reverse_charge: bool | None
    when_full: str | None
    reserve_for_denied: bool | None
    strict: bool | None
    login_help: str | None
    login_by_email: bool | None


class _SellerSettings(TypedDict):
    """The options of `seller set` besides the particulars."""

    series: str | None
    credit_note_series: str | None
    time_zone: str | None


def _takes_party(members: dict[str, str]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each of a party's `members`; it gets those given as `party`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**options: object) -> None:
            given = {member: options.pop(member) for member in members}
            party = {member: value for member, value in given.items() if value not in (None, ())}
            command(**options, party=party)

        for member, text in reversed(members.items()):
            several = member == "address_lines"
            flag = "--address-line" if several else "--" + member.replace("_", "-")
            click.option(flag, member, multiple=several, help=text)(run)
        return run

    return decorate


@click.group()
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
@click.option("--name", help="What the organization is called here.")
@click.option("--external-id", metavar="NUMBER", help='Your customer number; "" takes it away.')
@click.option(
    "--language",
    type=click.Choice(languages()),
    help="The language of its invoices.",
)
@click.option("--tax-rate", metavar="PERCENT", help="The tax on its purchases, such as 20 or 5.5.")
@click.option(
    "--reverse-charge/--no-reverse-charge",
    default=None,
    help="Whether the organization accounts for the tax itself; the rate is then 0.",
)
@click.option(
    "--seat-refusal-status",
    type=click.Choice(SEAT_REFUSAL_STATUSES),
    help="What SCIM answers when no seat is free.",
)
@click.option(
    "--when-full",
    type=click.Choice(WHEN_FULL),
    help="Whether people are refused when no seat is free, or wait for one.",
)
@click.option(
    "--reserve-for-denied/--no-reserve-for-denied",
    default=None,
    help="Whether bought seats are kept for those who had been refused.",
)
@click.option(
    "--strict/--no-strict",
    default=None,
    help="Whether SCIM is taken by the letter, without tolerances towards identity providers.",
)
@click.option("--login-help", help='Where people find help who cannot log in, as after "Ask".')
@click.option(
    "--login-by-email/--no-login-by-email",
    default=None,
    help="Whether a login under a user's e-mail address is that user's.",
)
@_takes_party(_PARTICULARS)
@as_json
def set_organization(
    organization_id: str, *, as_json: bool, party: Particulars, **given: Unpack[_Settings]
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
@_takes_party(_PARTICULARS | _BANK)
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
        "external_id": row.external_id,
        "name": row.name,
        "language": row.language,
        "seat_refusal_status": row.seat_refusal_status,
        "tax_rate_basis_points": row.tax_rate_basis_points,
        "reverse_charge": row.reverse_charge,
        "when_full": row.when_full,
        "reserve_for_denied": row.reserve_for_denied,
        "strict": row.strict,
        "login_help": row.login_help,
        "login_by_email": row.login_by_email,
        "billing_contacts": json.loads(row.billing_contacts),
        "alert_thresholds": json.loads(row.alert_thresholds),
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
