"""`seatgate organization` and `seatgate seller`: who buys and who sells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict, Unpack

import click

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.bookkeeping.accounts import ACCOUNT_HINT
from app.billing.grounds import TAX_HINT
from app.billing.invoices.labels import missing_text
from app.billing.invoices.parcel import Form
from app.billing.invoices.particulars import Particular
from app.commands.lazily import Elsewhere, LazyGroup
from app.commands.options import DAY, as_json, organization_argument
from app.commands.output import Facts, show, show_all
from app.commands.session import session
from app.commands.session import settings as read_settings
from app.commands.setting_options import takes_party, takes_settings
from app.i18n.languages import ENGLISH
from app.models import Organization, Seller
from app.organizations import naming, settings, suspending
from app.organizations.lacking import lacking_of_buyer, lacking_of_seller, lacking_of_tax
from app.organizations.parties import BUYER_PARTICULARS, SELLER_PARTICULARS, Particulars
from app.organizations.setting import SETTINGS
from app.organizations.settings import OrganizationChanges, SellerChanges
from app.organizations.vat_checks import Consultation, record_vat_check, vat_warning
from app.platforms.calling import UNSIGNED


class _SellerSettings(TypedDict):
    """The options of `seller set` besides the particulars."""

    series: str | None
    credit_note_series: str | None
    time_zone: str | None
    default_tax: str | None
    notify: str | None
    accounts: Sequence[str]
    platform: str | None
    platform_form: str | None


#: What an organization can need, and how that is known.
_NEEDS: Mapping[str, Callable[[Organization, Seller, date], object]] = {
    "tax": lacking_of_tax,
    "particulars": lacking_of_buyer,
    "vat_check": lambda row, _seller, on: vat_warning(row, on),
}


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
        _show_named(made, at=at, as_json=as_json)


@organization.command("show")
@organization_argument
@as_json
def show_organization(organization_id: str, *, as_json: bool) -> None:
    """Show the organization ID with its settings."""
    with session() as at:
        facts = _organization_facts(settings.find_organization(organization_id), at=at)
    show(facts, as_json=as_json)


@organization.command("list")
@click.option(
    "--needs",
    type=click.Choice(list(_NEEDS)),
    help="Only those whose invoices need it: a ground of tax, particulars, a check in VIES.",
)
@as_json
def list_organizations(*, needs: str | None, as_json: bool) -> None:
    """List every organization, oldest first."""
    with session() as at:
        found = settings.all_organizations()
        if needs is not None:
            seller, need = settings.the_seller(), _NEEDS[needs]
            found = [row for row in found if need(row, seller, at.date())]
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
        _show_named(changed, at=at, as_json=as_json)


@organization.command("check-vat")
@organization_argument
@click.option("--on", "checked_on", type=DAY, required=True, help="The day of the look-up.")
@click.option("--consultation", required=True, help="The number under which VIES keeps it.")
@as_json
def check_vat(organization_id: str, *, checked_on: date, consultation: str, as_json: bool) -> None:
    """Keep that the VAT number of the organization ID was looked up in VIES and found valid."""
    with session() as at:
        context = acting(operator_for(organization_id), at=at)
        check = record_vat_check(context, Consultation(checked_on, consultation))
    facts = {
        "vat_id": check.vat_id,
        "checked_on": check.checked_on,
        "consultation": check.consultation,
    }
    show(facts, as_json=as_json)


@click.group()
def seller() -> None:
    """Keep the particulars of the vendor, who sells seats."""


@seller.command("set")
@click.option("--series", help="What invoice numbers begin with, such as INV.")
@click.option("--credit-note-series", help="What credit-note numbers begin with, such as CN.")
@click.option("--time-zone", metavar="NAME", help="Where the day on invoices is read off.")
@click.option("--tax", "default_tax", metavar="GROUND", help=f"For new organizations. {TAX_HINT}")
@click.option(
    "--notify",
    metavar="ADDRESS",
    help="Where to mail you of purchases, renewals in 30 days, mail that failed and primary owners "
    'that are gone; "" for nowhere.',
)
@click.option(
    "--account", "accounts", multiple=True, metavar="ROLE=NUMBER", help=f"Booked on: {ACCOUNT_HINT}"
)
@click.option(
    "--platform",
    metavar="FOLDER|ADDRESS",
    help="Where invoices are handed over from now on: a folder, or an https address that is "
    'called; "" for nowhere.',
)
@click.option(
    "--platform-form",
    type=click.Choice([form.value for form in Form]),
    help="As what: the original with its data (factur-x, unless given), or data alone.",
)
@takes_party(SELLER_PARTICULARS)
@as_json
def set_seller(*, as_json: bool, party: Particulars, **given: Unpack[_SellerSettings]) -> None:
    """Change what invoices say of the vendor. Particulars given as "" are taken away."""
    changes = SellerChanges(**given, party=party)
    with session() as at:
        facts = _seller_facts(settings.set_seller(changes, at=at), at=at)
        lacks_secret = read_settings().platform_secret is None
    show(facts, as_json=as_json)
    if lacks_secret and (given["platform"] or "").startswith("http"):
        click.echo(UNSIGNED, err=True)


@seller.command("show")
@as_json
def show_seller(*, as_json: bool) -> None:
    """Show what invoices say of the vendor."""
    with session() as at:
        facts = _seller_facts(settings.the_seller(), at=at)
    show(facts, as_json=as_json)


def _show_named(row: Organization, *, at: datetime, as_json: bool) -> None:
    """Show an organization that was named just now, and warn of others of the same name."""
    others = ", ".join(other.id for other in naming.namesakes(row))
    warning = f"Other organizations are called {row.name}, too: {others}." if others else None
    facts = _organization_facts(row, at=at)
    if as_json:
        show({**facts, "warning": warning}, as_json=True)
        return
    show(facts, as_json=False)
    if warning:
        click.echo(f"Warning: {warning}", err=True)


def _organization_facts(row: Organization, *, at: datetime) -> Facts:
    seller, on = settings.the_seller(), at.date()
    lacking = [*lacking_of_buyer(row, seller, on), *lacking_of_tax(row, seller, on)]
    return {
        "id": row.id,
        **{setting.column: setting.shown(row) for setting in SETTINGS.values()},
        "party": row.party,
        "missing": _said(lacking),
        "vat_check": vat_warning(row, on) or None,
        "created_at": row.created_at,
    }


def _seller_facts(row: Seller, *, at: datetime) -> Facts:
    return {
        "series": row.series,
        "credit_note_series": row.credit_note_series,
        "time_zone": row.time_zone,
        "tax": row.default_tax,
        "notify": row.notify,
        "platform": row.platform,
        "platform_form": row.platform_form,
        "accounts": {role: " ".join(account) for role, account in row.accounts.items()},
        "party": row.party,
        "missing": _said(lacking_of_seller(row, at.date())),
    }


def _said(lacking: Iterable[Particular]) -> list[str]:
    return [missing_text(particular, ENGLISH) for particular in lacking]
