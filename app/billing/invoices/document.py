"""An invoice as it is printed: plain values, copied at issue, that no later change reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.eu.vat import MEMBER_STATES

from app.billing.language import Language
from app.billing.pricing import Line
from app.billing.taxes import Totals


class InvoiceState(StrEnum):
    """Where an invoice stands; everything after `issued` is derived from other records."""

    ISSUED = "issued"
    PAID = "paid"
    OVERDUE = "overdue"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The seller or the buyer; an empty text is a particular that nobody gave.

    `country` is an ISO 3166 code. The bank's particulars are the seller's only; the number that the
    seller's systems have for the customer is the buyer's only.
    """

    legal_name: str = ""
    address_lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat_id: str = ""
    registration: str = ""
    email: str = ""
    bank: str = ""
    iban: str = ""
    bic: str = ""
    customer_number: str = ""

    @property
    def has_address(self) -> bool:
        """Tell whether a letter would arrive."""
        return all((any(self.address_lines), self.city, self.country))


class Particular(StrEnum):
    """What the law wants on an invoice and a party can lack (VAT Directive, article 226)."""

    SELLER_NAME = "seller_name"
    SELLER_ADDRESS = "seller_address"
    SELLER_VAT_ID = "seller_vat_id"
    BUYER_NAME = "buyer_name"
    BUYER_ADDRESS = "buyer_address"
    BUYER_VAT_ID = "buyer_vat_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """Everything that is printed on an invoice or, if it credits one, on a credit note.

    `credit_of` is the number of the credited invoice. `currency` is an ISO 4217 code, in whose
    minor unit `paid_minor` is what came in so far.
    """

    number: str
    state: InvoiceState
    issued_on: date
    due_on: date
    currency: str
    language: Language
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    reverse_charge: bool = False
    purchase_order: str = ""
    cost_centre: str = ""
    credit_of: str = ""
    paid_minor: int = 0

    @property
    def totals(self) -> Totals:
        """What the lines come to."""
        return Totals.of(self.lines)

    @property
    def awaits_money(self) -> bool:
        """Whether somebody shall pay it."""
        return not self.credit_of and self.state in {InvoiceState.ISSUED, InvoiceState.OVERDUE}

    @property
    def missing(self) -> tuple[Particular, ...]:
        """What the law wants and the parties lack, in the order of the invoice."""
        return tuple(_missing_particulars(self))


def _missing_particulars(document: InvoiceDocument) -> Iterator[Particular]:
    seller, buyer = document.seller, document.buyer
    if not seller.legal_name:
        yield Particular.SELLER_NAME
    if not seller.has_address:
        yield Particular.SELLER_ADDRESS
    if not seller.vat_id and seller.country.lower() in MEMBER_STATES:
        yield Particular.SELLER_VAT_ID
    if not buyer.legal_name:
        yield Particular.BUYER_NAME
    if not buyer.has_address:
        yield Particular.BUYER_ADDRESS
    if not buyer.vat_id and document.reverse_charge:
        yield Particular.BUYER_VAT_ID
