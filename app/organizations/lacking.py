"""What the law wants of seller and buyer and is not entered yet, said where it is entered."""

from datetime import date

from app.billing.invoices.issuing import party_of
from app.billing.invoices.particulars import (
    Particular,
    buyer_lacks,
    seller_lacks,
    tax_lacks,
)
from app.billing.invoices.party import Party
from app.billing.taxing import ground_today
from app.models import Organization, Seller


def lacking_of_seller(seller: Seller, on: date) -> list[Particular]:
    """Return what invoices of a day would lack of the seller."""
    return list(seller_lacks(party_of(seller.party), on))


def lacking_of_buyer(organization: Organization, seller: Seller, on: date) -> list[Particular]:
    """Return what invoices of a day would lack of the buyer, which its owners can enter."""
    buyer, sells = _sides(organization, seller)
    return list(buyer_lacks(buyer, sells.country, ground_today(organization), on))


def lacking_of_tax(organization: Organization, seller: Seller, on: date) -> list[Particular]:
    """Return what invoices of a day would lack of the tax, which the vendor can enter."""
    buyer, sells = _sides(organization, seller)
    return list(tax_lacks(buyer, sells, ground_today(organization), on))


def _sides(organization: Organization, seller: Seller) -> tuple[Party, Party]:
    return party_of(organization.party), party_of(seller.party)
