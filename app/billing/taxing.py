"""How an organization's ground of tax goes with its rate, and with the countries of both sides."""

from collections.abc import Collection, Mapping
from datetime import date

from app.billing.grounds import TaxGround, check_countries, ground, ground_of
from app.billing.invoices.issuing import party_of
from app.billing.law import outdated_law
from app.billing.taxes import TaxTreatment
from app.errors import InvalidInput
from app.models import Organization, Seller

#: The settings of which the ground is one; the others are its figures.
GROUND, _FIGURES = "tax", ("tax_rate", "reverse_charge")


def ground_today(organization: Organization) -> TaxGround | None:
    """Return the ground on which an organization is taxed, or None where none is known."""
    rate, reverse_charge = organization.tax_rate_basis_points, organization.reverse_charge
    return ground_of(organization.tax, rate, reverse_charge=reverse_charge)


def figures(kept: str | None) -> dict[str, object]:
    """Return the columns of an organization that is taxed on a ground, as it is kept."""
    known = None if kept is None else ground(kept)
    return {
        "tax": kept,
        "tax_rate_basis_points": known.rate_basis_points if known else 0,
        "reverse_charge": known is not None and known.reverse_charge,
    }


def settle(organization: Organization, given: Mapping[str, object]) -> None:
    """Let figures follow the ground that was given, or the ground the figures.

    Raises:
        InvalidInput: both were given, or a rate and reverse charge cannot be together.
    """
    if GROUND in given:
        if any(name in given for name in _FIGURES):
            raise InvalidInput(
                GROUND, "Give the ground, or the rate and reverse charge; one follows the other."
            )
        for column, value in figures(organization.tax).items():
            setattr(organization, column, value)
        return
    TaxTreatment(organization.tax_rate_basis_points, organization.reverse_charge)
    known = ground_today(organization)
    organization.tax = known.text if known else None


def check_given(
    organization: Organization, seller: Seller, *, given: Collection[str], on: date
) -> None:
    """Check a ground against what else is known, when something of that was given.

    Raises:
        InvalidInput: it cannot be between the two countries, or cites a law of the past.
    """
    if organization.tax is None:
        return
    known = ground(organization.tax)
    buyer, sells = party_of(organization.party), party_of(seller.party)
    if {GROUND, *_FIGURES} & set(given):
        check_countries(known, buyer.country, sells.country)
        old = outdated_law(known.reference, on)
        if old is not None:
            raise InvalidInput(
                GROUND,
                f"That law was replaced by the {old.successor} and could be cited until "
                f"{old.citable_until}. Cite the {old.successor}.",
            )
    elif "country" in given:
        check_countries(known, buyer.country, sells.country, field="country")
