"""An invoice as it is printed: plain values, copied at issue, that no later change reaches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stdnum.eu.vat import MEMBER_STATES

from app.billing.pricing import Line
from app.billing.taxes import TaxLine, Totals
from app.i18n.languages import Language


class InvoiceState(StrEnum):
    """Where an invoice stands; everything after `issued` is derived from other records."""

    ISSUED = "issued"
    PARTLY_CREDITED = "partly_credited"
    PAID = "paid"
    OVERDUE = "overdue"
    VOID = "void"


_AWAITING = frozenset({InvoiceState.ISSUED, InvoiceState.PARTLY_CREDITED, InvoiceState.OVERDUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The seller or the buyer; an empty text is a particular that was not given.

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
        """Whether a letter would arrive."""
        return all((any(self.address_lines), self.city, self.country))


class Particular(StrEnum):
    """What the law wants on an invoice and it can lack (VAT Directive, article 226)."""

    SELLER_NAME = "seller_name"
    SELLER_ADDRESS = "seller_address"
    SELLER_VAT_ID = "seller_vat_id"
    BUYER_NAME = "buyer_name"
    BUYER_ADDRESS = "buyer_address"
    BUYER_VAT_ID = "buyer_vat_id"
    TAX_GROUND = "tax_ground"
    LATE_PENALTIES = "late_penalties"
    RECOVERY_COSTS = "recovery_costs"
    EARLY_PAYMENT = "early_payment"


#: What French law wants on an invoice besides (Code de commerce, L441-9).
_FRENCH_MENTIONS = (
    Particular.LATE_PENALTIES,
    Particular.RECOVERY_COSTS,
    Particular.EARLY_PAYMENT,
)


@dataclass(frozen=True, slots=True)
class Credit:
    """What a credit note takes back: an invoice, by its number, and the position of each line."""

    number: str
    positions: tuple[int, ...] = ()
    #: Whether it takes all of the invoice back by itself.
    in_full: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """Everything that is printed on an invoice or, if it credits one, on a credit note.

    `currency` is an ISO 4217 code. In its minor unit, `credited_minor` is what credit notes took
    back so far and `paid_minor` what came in and was not refunded. `replaces` is the number of the
    invoice that this one replaces. `replaced_credits` are the numbers of the credit notes that
    took it back.
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
    credit: Credit | None = None
    #: A credit note's taxes, which depend on what was credited before.
    credited_taxes: tuple[TaxLine, ...] = ()
    replaces: str = ""
    replaced_credits: tuple[str, ...] = ()
    credited_minor: int = 0
    paid_minor: int = 0

    @property
    def totals(self) -> Totals:
        """What the lines come to."""
        return Totals(self.credited_taxes) if self.credited_taxes else Totals.of(self.lines)

    @property
    def open_minor(self) -> int:
        """What is still to be paid."""
        return self.totals.total_minor - self.credited_minor - self.paid_minor

    @property
    def awaits_money(self) -> bool:
        """Whether it is to be paid."""
        return self.credit is None and self.state in _AWAITING

    @property
    def missing(self) -> tuple[Particular, ...]:
        """What the law wants and the invoice lacks, in its order; for owner and vendor only."""
        return (*_missing_particulars(self), *_missing_mentions(self))


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


def _missing_mentions(document: InvoiceDocument) -> Iterator[Particular]:
    lines = document.lines
    if not document.reverse_charge and any(not line.tax_rate_basis_points for line in lines):
        yield Particular.TAX_GROUND
    if document.seller.country == "FR" and document.credit is None:
        yield from _FRENCH_MENTIONS
