"""What the law wants on an invoice and it can lack, by whom it is entered and since when."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from app.billing.grounds import TaxGround, country_problem
from app.billing.invoices.party import Party
from app.billing.law import (
    EU_COUNTRIES,
    FRENCH_ELECTRONIC_INVOICES_SINCE,
    FRENCH_FORMS_WITH_CAPITAL,
    outdated_law,
)


class Particular(StrEnum):
    """What the law wants on an invoice and it can lack.

    VAT Directive, article 226; Code de commerce, L441-9, R123-237, R123-238 and D441-5.
    """

    SELLER_NAME = "seller_name"
    SELLER_ADDRESS = "seller_address"
    SELLER_VAT_ID = "seller_vat_id"
    SELLER_SIREN = "seller_siren"
    SELLER_LEGAL_FORM = "seller_legal_form"
    SELLER_CAPITAL = "seller_capital"
    SELLER_REGISTER = "seller_register"
    SELLER_ELECTRONIC_ADDRESS = "seller_electronic_address"
    BUYER_NAME = "buyer_name"
    BUYER_ADDRESS = "buyer_address"
    BUYER_VAT_ID = "buyer_vat_id"
    BUYER_SIREN = "buyer_siren"
    BUYER_ELECTRONIC_ADDRESS = "buyer_electronic_address"
    TAX_GROUND = "tax_ground"
    TAX_COUNTRY = "tax_country"
    TAX_REFERENCE = "tax_reference"
    EURO_RATE = "euro_rate"
    LATE_PENALTIES = "late_penalties"
    RECOVERY_COSTS = "recovery_costs"
    EARLY_PAYMENT = "early_payment"


class NoteCode(StrEnum):
    """What a note on an invoice is about (UNTDID 4451)."""

    LATE_PENALTIES = "PMD"
    RECOVERY_COSTS = "PMT"
    EARLY_PAYMENT = "AAB"
    GENERAL = "AAI"


#: What French law wants on an invoice besides, and the note that says it.
FRENCH_MENTIONS = {
    Particular.LATE_PENALTIES: NoteCode.LATE_PENALTIES,
    Particular.RECOVERY_COSTS: NoteCode.RECOVERY_COSTS,
    Particular.EARLY_PAYMENT: NoteCode.EARLY_PAYMENT,
}


def seller_lacks(seller: Party, on: date) -> Iterator[Particular]:
    """Yield what an invoice of this seller lacks of it on a day."""
    if not seller.legal_name:
        yield Particular.SELLER_NAME
    if not seller.has_address:
        yield Particular.SELLER_ADDRESS
    if not seller.vat_id and seller.country in EU_COUNTRIES:
        yield Particular.SELLER_VAT_ID
    if seller.country == "FR":
        yield from _french_seller_lacks(seller, on)


def buyer_lacks(
    buyer: Party, seller_country: str, known: TaxGround | None, on: date
) -> Iterator[Particular]:
    """Yield what an invoice to this buyer lacks of it on a day."""
    if not buyer.legal_name:
        yield Particular.BUYER_NAME
    if not buyer.has_address:
        yield Particular.BUYER_ADDRESS
    if not buyer.vat_id and known is not None and known.reverse_charge:
        yield Particular.BUYER_VAT_ID
    if on >= FRENCH_ELECTRONIC_INVOICES_SINCE and buyer.country == seller_country == "FR":
        if not buyer.siren:
            yield Particular.BUYER_SIREN
        if not buyer.electronic_address:
            yield Particular.BUYER_ELECTRONIC_ADDRESS


def tax_lacks(
    buyer: Party, seller: Party, known: TaxGround | None, on: date
) -> Iterator[Particular]:
    """Yield what an invoice between these lacks of the ground of its tax on a day."""
    if known is None:
        yield Particular.TAX_GROUND
        return
    if country_problem(known, buyer.country, seller.country):
        yield Particular.TAX_COUNTRY
    if outdated_law(known.reference, on):
        yield Particular.TAX_REFERENCE


def _french_seller_lacks(seller: Party, on: date) -> Iterator[Particular]:
    if not seller.siren:
        yield Particular.SELLER_SIREN
    if not seller.legal_form:
        yield Particular.SELLER_LEGAL_FORM
    if not seller.share_capital and seller.legal_form.upper() in FRENCH_FORMS_WITH_CAPITAL:
        yield Particular.SELLER_CAPITAL
    if not seller.rcs_city:
        yield Particular.SELLER_REGISTER
    if on >= FRENCH_ELECTRONIC_INVOICES_SINCE and not seller.electronic_address:
        yield Particular.SELLER_ELECTRONIC_ADDRESS
