"""The core invoice of EN 16931: the business terms (BT) and groups (BG) that seats have.

CII and UBL are two ways to write it. Amounts are those of the currency's major unit, and none is
negative: that it is a credit note says its type.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

#: How many of a thing: pieces (UN/ECE recommendation 20).
PIECES = "C62"


class DocumentType(StrEnum):
    """What the document is (UNTDID 1001, BT-3)."""

    INVOICE = "380"
    CREDIT_NOTE = "381"


class VatDue(StrEnum):
    """When the tax is due: as it is invoiced, or as it is paid (BT-8)."""

    INVOICED = "invoiced"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number in a scheme, which may be ""."""

    value: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreParty:
    """The seller (BG-4) or the buyer (BG-7)."""

    name: str
    #: Three lines at most (BT-35, BT-36, BT-162).
    address_lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""
    #: The number in a register (BT-30, BT-47).
    legal_id: Identifier = Identifier()
    #: The VAT number (BT-31, BT-48).
    vat_id: str = ""
    #: Where it receives data (BT-34, BT-49).
    endpoint: Identifier = Identifier()
    email: str = ""
    #: Legal form, capital and registers in words (BT-33).
    legal_words: str = ""


@dataclass(frozen=True, slots=True)
class CoreNote:
    """A note (BG-1) with a code of UNTDID 4451 for what it is about, which may be ""."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Preceding:
    """An invoice that this one takes back or replaces (BG-3)."""

    number: str
    issued_on: date | None


@dataclass(frozen=True, slots=True)
class Days:
    """A period with its last day (BG-14, BG-26)."""

    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreLine:
    """A line (BG-25); its net is quantity times price by base quantity, exactly."""

    number: int
    name: str
    #: How the net comes about, in words (BT-127).
    note: str
    quantity: int
    price: Decimal
    base_quantity: int
    net: Decimal
    category: str
    #: In percent; None outside the scope of VAT.
    rate: Decimal | None
    days: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreTax:
    """The tax of all lines of one rate (BG-23)."""

    category: str
    rate: Decimal | None
    net: Decimal
    tax: Decimal
    #: Why there is none, in words and as a code of the list VATEX.
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class CoreTotals:
    """The totals (BG-22); `tax_in_euros` only where the currency is another (BT-111)."""

    net: Decimal
    tax: Decimal
    total: Decimal
    tax_in_euros: Decimal | None = None


@dataclass(frozen=True, slots=True)
class CorePayment:
    """How to pay (BG-16), in the words of UNTDID 4461; without an account there is no way."""

    code: str
    iban: str
    bic: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreInvoice:
    """An invoice or a credit note (BG-0)."""

    #: The specification that it follows (BT-24), and the process that it is part of (BT-23).
    specification: str
    process: str
    number: str
    type: DocumentType
    issued_on: date
    due_on: date | None
    currency: str
    notes: tuple[CoreNote, ...]
    seller: CoreParty
    buyer: CoreParty
    lines: tuple[CoreLine, ...]
    taxes: tuple[CoreTax, ...]
    totals: CoreTotals
    days: Days
    preceding: Preceding | None = None
    vat_due: VatDue | None = None
    buyer_reference: str = ""
    purchase_order: str = ""
    cost_centre: str = ""
    payment: CorePayment | None = None
    #: Terms of payment in words (BT-20).
    terms: str = ""

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes something back."""
        return self.type is DocumentType.CREDIT_NOTE
