"""VAT numbers that were looked up in VIES, by hand: the day, and under which number VIES keeps it.

Reverse charge rests on the buyer's number. A check is of the number as it was, and is old after
twelve months. A new number never changes the tax by itself: it waits here to be checked.
"""

from dataclasses import dataclass
from datetime import date

from app.access import trail
from app.access.context import Context
from app.access.door import use_case
from app.access.trail import Change
from app.billing.grounds import TaxKind
from app.billing.invoices.party import party_of
from app.billing.taxing import ground_today
from app.billing.terms import month_boundary
from app.errors import InvalidInput
from app.identifiers import new_id
from app.models import Organization, VatCheck
from app.organizations.settings import find_organization
from app.text import required_line

_MONTHS = 12


@dataclass(frozen=True)
class Consultation:
    """A look-up in VIES that found a number valid."""

    checked_on: date
    number: str


@use_case()
def record_vat_check(context: Context, consultation: Consultation) -> VatCheck:
    """Keep that the organization's VAT number was looked up and found valid.

    Raises:
        NotFound: there is no such organization.
        InvalidInput: it has no VAT number, the day is still to come, or no consultation is named.
    """
    organization = find_organization(context.organization_id, lock=True)
    vat_id = party_of(organization.party).vat_id
    if not vat_id:
        raise InvalidInput("vat_id", "The organization has no VAT number. Enter it first.")
    if consultation.checked_on > context.at.date():
        raise InvalidInput("checked_on", f"{consultation.checked_on} is still to come.")
    check: VatCheck = VatCheck.create(
        organization_id=organization.id,
        id=new_id("vch", context.at),
        vat_id=vat_id,
        checked_on=consultation.checked_on,
        consultation=required_line(
            "consultation", consultation.number, wanted="Give the number of the consultation."
        ),
        recorded_at=context.at,
        recorded_by=context.actor,
    )
    after = {
        "checked_on": check.checked_on.isoformat(),
        "consultation": check.consultation,
    }
    trail.record(context, Change("organization.vat_checked", organization.id, after=after))
    return check


def last_vat_check(organization_id: str) -> VatCheck | None:
    """Return the last check of an organization's VAT number, or None."""
    query = VatCheck.of(organization_id)
    check: VatCheck | None = query.order_by(VatCheck.checked_on.desc(), VatCheck.id.desc()).first()
    return check


def vat_warning(organization: Organization, on: date) -> str:
    """Return why the number under reverse charge should be checked, or ""."""
    vat_id = party_of(organization.party).vat_id
    known = ground_today(organization)
    if known is None or known.kind is not TaxKind.REVERSE_CHARGE or not vat_id:
        return ""
    check = last_vat_check(organization.id)
    if check is None:
        return f"{vat_id} was not checked in VIES yet."
    if check.vat_id != vat_id:
        return f"{check.vat_id} was checked; {vat_id} was not checked in VIES yet."
    if on >= month_boundary(check.checked_on, _MONTHS):
        return f"{vat_id} was checked on {check.checked_on}, more than {_MONTHS} months ago."
    return ""
