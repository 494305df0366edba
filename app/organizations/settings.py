"""Organizations and the seller: who buys, who sells, and what their invoices say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import operator_for
from app.access.trail import Change
from app.billing import taxing
from app.billing.bookkeeping.accounts import changed_accounts
from app.billing.grounds import parse_ground
from app.billing.invoices.issuing import party_of
from app.billing.invoices.parcel import Form
from app.billing.late_rates import check_lawful
from app.billing.terms import check_time_zone, local_day
from app.db.sql import locked
from app.db.transactions import transaction
from app.destinations import Folder, parse_destination
from app.errors import InvalidInput, NotFound
from app.identifiers import new_id
from app.models import Invoice, Organization, Seller
from app.organizations.naming import parse_external_id, parse_name, unique_external_id
from app.organizations.parties import (
    Particulars,
    changed_party,
    parse_mailable,
    particulars_of,
)
from app.organizations.setting import SETTINGS
from app.seats import pools

Facts = Mapping[str, object]

#: What the audit trail names and does not repeat.
_NOT_REPEATED = frozenset(
    {"party", "notify", *(setting.column for setting in SETTINGS.values() if setting.private)}
)

_SERIES = re.compile(r"[A-Z0-9]{1,12}")


class OrganizationChanges:
    """What to change of an organization: settings by their names, and particulars of the buyer.

    None leaves a setting as it is.
    """

    def __init__(self, *, party: Particulars | None = None, **given: object) -> None:
        """Take the values as they were given; whether they can be used is for `set_organization`.

        Raises:
            TypeError: there is no setting of a name.
        """
        if unknown := given.keys() - SETTINGS.keys():
            raise TypeError(f"An organization has no setting {', '.join(sorted(unknown))}.")
        self.party: Particulars = party or {}
        self.settings = {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class SellerChanges:
    """What to change of the seller; None leaves a thing as it is."""

    series: str | None = None
    credit_note_series: str | None = None
    time_zone: str | None = None
    #: The ground that new organizations start with; "" is none.
    default_tax: str | None = None
    #: Where the vendor is written to; "" is nowhere.
    notify: str | None = None
    #: Accounts to book on, as `bookkeeping.accounts` reads them.
    accounts: Sequence[str] = ()
    #: Where invoices are handed over, and as what; "" is nowhere.
    platform: str | None = None
    platform_form: str | None = None
    party: Particulars = field(default_factory=dict)


@transaction
def create_organization(name: str, *, external_id: str | None = None, at: datetime) -> Organization:
    """Make an organization with an empty seat pool.

    `external_id` is the vendor's customer number, if it has one.

    Raises:
        InvalidInput: the name or the customer number cannot be used.
        AlreadyExists: another organization has the customer number.
    """
    name = parse_name(name)
    number = None if external_id is None else parse_external_id(external_id)
    with unique_external_id(number):
        organization: Organization = Organization.create(
            id=new_id("org", at),
            external_id=number,
            name=name,
            party={"legal_name": name},
            created_at=at,
            **taxing.figures(Seller.get().default_tax),
        )
    pools.open_pool(organization.id, at=at)
    known = {} if number is None else {"external_id": number}
    made = Change("organization.created", organization.id, after=known)
    trail.record(acting(operator_for(organization.id), at=at), made)
    return organization


@use_case()
def set_organization(context: Context, changes: OrganizationChanges) -> Organization:
    """Change an organization's settings and particulars.

    Open quotes are stale once the tax differs from theirs; issued invoices keep what they say.

    Raises:
        NotFound: there is no such organization.
        NotPermitted: the caller may not change one of the settings.
        InvalidInput: a value cannot be used.
        AlreadyExists: another organization has the customer number.
    """
    organization = find_organization(context.organization_id, lock=True)
    before = dict(organization.__data__)
    for name, given in changes.settings.items():
        setting = SETTINGS[name]
        setting.require_changeable(context)
        setattr(organization, setting.column, setting.parse(given))
    organization.party = _merged(organization.party, changes.party)
    taxing.settle(organization, changes.settings)
    taxing.check_given(organization, Seller.get(), given=_given(changes), on=context.at.date())
    with unique_external_id(organization.external_id):
        organization.save()
    if changed := _difference(before, organization.__data__):
        trail.record(context, Change("organization.changed", organization.id, *changed))
    return organization


def find_organization(name: str, *, lock: bool = False) -> Organization:
    """Return an organization, called by its id or by the vendor's customer number.

    `lock` keeps others from changing it until the transaction ends.

    Raises:
        NotFound: there is none of this name.
    """
    query = Organization.select().where(
        (Organization.id == name) | (Organization.external_id == name)
    )
    organization: Organization | None = (locked(query) if lock else query).first()
    if organization is None:
        raise NotFound(f"There is no organization {name}.")
    return organization


def all_organizations() -> list[Organization]:
    """Return every organization, oldest first."""
    return list(Organization.select().order_by(Organization.id))


@transaction
def set_seller(changes: SellerChanges, *, at: datetime) -> Seller:
    """Change who sells: the particulars on invoices, their series of numbers and their time zone.

    Raises:
        InvalidInput: a value cannot be used.
    """
    seller: Seller = locked(Seller.select()).get()
    before = dict(seller.__data__)
    seller.party = _merged(seller.party, changes.party)
    if changes.series is not None:
        seller.series = _parse_series("series", changes.series)
    if changes.credit_note_series is not None:
        seller.credit_note_series = _parse_series("credit_note_series", changes.credit_note_series)
    _check_series_apart(seller)
    if changes.time_zone is not None:
        seller.time_zone = check_time_zone(changes.time_zone)
    if changes.default_tax is not None:
        seller.default_tax = parse_ground(changes.default_tax)
    if changes.notify is not None:
        seller.notify = parse_mailable("notify", changes.notify) if changes.notify else None
    if changes.accounts:
        seller.accounts = changed_accounts(seller.accounts, changes.accounts)
    _set_platform(seller, changes)
    _check_french(seller, changes, on=local_day(at, seller.time_zone))
    seller.save()
    if changed := _difference(before, seller.__data__):
        trail.record_of_seller(Change("seller.changed", seller.id, *changed), at=at)
    return seller


def the_seller() -> Seller:
    """Return the vendor."""
    seller: Seller = Seller.get()
    return seller


def _set_platform(seller: Seller, changes: SellerChanges) -> None:
    if changes.platform is not None:
        seller.platform = _parse_platform(changes.platform)
    if changes.platform_form is not None:
        seller.platform_form = Form(changes.platform_form).value


def _parse_platform(text: str) -> str | None:
    """Return where invoices are handed over, or None where that is nowhere any more."""
    if not text:
        return None
    try:
        destination = parse_destination(text)
    except ValueError as reason:
        raise InvalidInput("platform", f"{text!r} {reason}") from None
    if isinstance(destination, Folder) and not destination.path.is_dir():
        raise InvalidInput("platform", f"There is no folder {text}. Make it first.")
    return text


def _difference(before: Facts, after: Facts) -> tuple[Facts, Facts] | None:
    """Return what differs, as it was and as it is; of names and addresses only that they do."""
    names = sorted(name for name in after if after[name] != before[name])
    shown = [name for name in names if name not in _NOT_REPEATED]
    if not names:
        return None
    now = {"attributes": names, **{name: after[name] for name in shown}}
    return {name: before[name] for name in shown}, now


def _merged(stored: dict[str, object], given: Particulars) -> dict[str, object]:
    return particulars_of(changed_party(party_of(stored), given))


def _given(changes: OrganizationChanges) -> set[str]:
    return {*changes.settings, *changes.party}


def _check_french(seller: Seller, changes: SellerChanges, *, on: date) -> None:
    """Check the terms of payment that French law bounds, when they or the country are given."""
    party = party_of(seller.party)
    if party.country == "FR" and party.late_rate and {"late_rate", "country"} & set(changes.party):
        check_lawful(party.late_rate, on)


def _parse_series(field: str, text: str) -> str:
    if not _SERIES.fullmatch(text):
        raise InvalidInput(
            field,
            f"{text!r} is not a series; give up to 12 capital letters and digits, such as INV.",
        )
    return text


def _check_series_apart(seller: Seller) -> None:
    """Check that no series numbers both invoices and credit notes, now or in the past."""
    invoices = (Invoice.series == seller.credit_note_series) & Invoice.credit_of.is_null()
    credit_notes = (Invoice.series == seller.series) & Invoice.credit_of.is_null(is_null=False)
    used = Invoice.select().where(invoices | credit_notes).exists()
    if used or seller.series == seller.credit_note_series:
        raise InvalidInput(
            "credit_note_series",
            "Invoices and credit notes are numbered apart; give each a series of its own.",
        )
