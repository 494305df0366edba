"""Organizations and the seller: who buys, who sells, and what their invoices say."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import operator_for
from app.access.trail import Change
from app.billing.invoices.issuing import party_of
from app.billing.taxes import TaxTreatment, parse_tax_rate
from app.billing.terms import check_time_zone
from app.db.sql import locked
from app.db.transactions import transaction
from app.errors import InvalidInput, NotFound
from app.i18n.languages import parse_language
from app.identifiers import new_id
from app.models import Invoice, Organization, Seller
from app.organizations.naming import parse_external_id, parse_name, unique_external_id
from app.organizations.parties import Particulars, changed_party, parse_email, particulars_of
from app.seats import pools
from app.seats.watching.thresholds import parse_thresholds
from app.text import optional_line

Facts = Mapping[str, object]

#: Statuses that SCIM may answer when no seat is free.
SEAT_REFUSAL_STATUSES = (403, 400)

#: What becomes of a person that the directory provisions when no seat is free.
WHEN_FULL = ("reject", "park")

#: What the audit trail names and does not repeat.
_NOT_REPEATED = frozenset({"name", "party", "billing_contacts", "login_help"})

_HELP_LENGTH_MAX = 200

_SERIES = re.compile(r"[A-Z0-9]{1,12}")


@dataclass(frozen=True, kw_only=True)
class OrganizationChanges:
    """What to change of an organization; None leaves a thing as it is.

    Units: `tax_rate` is text, in percent.
    """

    name: str | None = None
    #: The vendor's customer number; empty text takes it away.
    external_id: str | None = None
    language: str | None = None
    seat_refusal_status: int | None = None
    tax_rate: str | None = None
    reverse_charge: bool | None = None
    when_full: str | None = None
    reserve_for_denied: bool | None = None
    billing_contacts: Sequence[str] | None = None
    strict: bool | None = None
    alert_thresholds: Sequence[object] | None = None
    #: Where people find help who cannot log in; "" takes it away.
    login_help: str | None = None
    login_by_email: bool | None = None
    party: Particulars = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SellerChanges:
    """What to change of the seller; None leaves a thing as it is."""

    series: str | None = None
    credit_note_series: str | None = None
    time_zone: str | None = None
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
        InvalidInput: a value cannot be used.
        AlreadyExists: another organization has the customer number.
    """
    organization = find_organization(context.organization_id, lock=True)
    before = dict(organization.__data__)
    tax = _changed_tax(organization, changes)
    organization.tax_rate_basis_points = tax.rate_basis_points
    organization.reverse_charge = tax.reverse_charge
    organization.party = _merged(organization.party, changes.party)
    _change_names(organization, changes)
    if changes.language is not None:
        organization.language = parse_language(changes.language)
    if changes.seat_refusal_status is not None:
        organization.seat_refusal_status = _parse_refusal_status(changes.seat_refusal_status)
    _change_seating(organization, changes)
    _change_logins(organization, changes)
    with unique_external_id(organization.external_id):
        organization.save()
    if changed := _difference(before, organization.__data__):
        trail.record(context, Change("organization.changed", organization.id, *changed))
    return organization


def _change_names(organization: Organization, changes: OrganizationChanges) -> None:
    if changes.name is not None:
        organization.name = parse_name(changes.name)
    if changes.external_id is not None:
        given = changes.external_id
        organization.external_id = parse_external_id(given) if given else None


def _change_seating(organization: Organization, changes: OrganizationChanges) -> None:
    """Change what becomes of people when seats are short, and how SCIM is read."""
    if changes.when_full is not None:
        organization.when_full = _parse_when_full(changes.when_full)
    if changes.reserve_for_denied is not None:
        organization.reserve_for_denied = changes.reserve_for_denied
    if changes.billing_contacts is not None:
        contacts = [parse_email("billing_contacts", each) for each in changes.billing_contacts]
        organization.billing_contacts = json.dumps(contacts)
    if changes.strict is not None:
        organization.strict = changes.strict
    if changes.alert_thresholds is not None:
        organization.alert_thresholds = json.dumps(parse_thresholds(changes.alert_thresholds))


def _change_logins(organization: Organization, changes: OrganizationChanges) -> None:
    """Change what a login reads and which user it can name."""
    if changes.login_help is not None:
        organization.login_help = _parse_help(changes.login_help)
    if changes.login_by_email is not None:
        organization.login_by_email = changes.login_by_email


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
    seller.save()
    if changed := _difference(before, seller.__data__):
        trail.record_of_seller(Change("seller.changed", seller.id, *changed), at=at)
    return seller


def the_seller() -> Seller:
    """Return the vendor."""
    seller: Seller = Seller.get()
    return seller


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


def _parse_when_full(text: str) -> str:
    if text not in WHEN_FULL:
        raise InvalidInput("when_full", f"Give one of {', '.join(WHEN_FULL)}.")
    return text


def _changed_tax(organization: Organization, changes: OrganizationChanges) -> TaxTreatment:
    rate, reverse_charge = organization.tax_rate_basis_points, organization.reverse_charge
    if changes.tax_rate is not None:
        rate = parse_tax_rate(changes.tax_rate)
    if changes.reverse_charge is not None:
        reverse_charge = changes.reverse_charge
    return TaxTreatment(rate, reverse_charge)


def _parse_help(text: str) -> str | None:
    """Return the help line, which ends no sentence; nothing where it is taken away."""
    line = optional_line("login_help", text)
    if line is not None and len(line) > _HELP_LENGTH_MAX:
        raise InvalidInput(
            "login_help",
            f"Give at most {_HELP_LENGTH_MAX} characters to follow Ask, such as the service desk.",
        )
    return line


def _parse_refusal_status(status: int) -> int:
    if status not in SEAT_REFUSAL_STATUSES:
        raise InvalidInput(
            "seat_refusal_status",
            f"A refusal for want of a seat cannot be answered with {status}; give 403 or 400.",
        )
    return status


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
