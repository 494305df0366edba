"""An issued invoice, read-only: plain values, copied at issue, that no later change reaches.

This is the one model over which pages, PDF, JSON, XML and tables are written. `issuing.document_of`
makes it from the rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.billing.grounds import TaxCategory, TaxGround, TaxKind, ground_of
from app.billing.invoices.particulars import (
    FRENCH_MENTIONS,
    buyer_lacks,
    seller_lacks,
    tax_lacks,
)
from app.billing.invoices.particulars import Particular as Particular
from app.billing.invoices.party import Party as Party
from app.billing.law import has_euro
from app.billing.money import round_half_up
from app.billing.pricing import Line
from app.billing.taxes import TaxLine, Totals
from app.currencies import major_units
from app.i18n.languages import Language


class InvoiceState(StrEnum):
    """Where an invoice stands; everything after `issued` is derived from other records."""

    ISSUED = "issued"
    PARTLY_CREDITED = "partly_credited"
    PAID = "paid"
    OVERDUE = "overdue"
    VOID = "void"


_AWAITING = frozenset({InvoiceState.ISSUED, InvoiceState.PARTLY_CREDITED, InvoiceState.OVERDUE})


@dataclass(frozen=True, slots=True)
class Note:
    """A text on the invoice, and what it is about: a code of UNTDID 4451."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class EuroRate:
    """Euros for one of the invoice's currency: the rate, its day, and who published it."""

    rate: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True)
class TaxBreakdown:
    """The tax of all lines of one rate, with its ground.

    Without a `category` the invoice bears no tax and no ground for that is known. `code` is one of
    the list VATEX, and `reference` the law in the seller's words; either may be "".

    Units: basis points and the currency's minor unit; outside the scope there is no rate.
    """

    category: TaxCategory | None
    rate_basis_points: int | None
    net_minor: int
    tax_minor: int
    code: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """What a credit note takes back: an invoice, by its number, and the position of each line."""

    number: str
    positions: tuple[int, ...] = ()
    #: Whether it takes all of the invoice back by itself.
    in_full: bool = True
    #: The day on which the invoice was issued.
    issued_on: date | None = None


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
    #: The ground of the tax as it was kept at issue, if it was.
    tax: TaxGround | None = None
    notes: tuple[Note, ...] = ()
    euro_rate: EuroRate | None = None
    purchase_order: str = ""
    cost_centre: str = ""
    credit: Credit | None = None
    #: A credit note's taxes, which depend on what was credited before.
    credited_taxes: tuple[TaxLine, ...] = ()
    replaces: str = ""
    replaces_issued_on: date | None = None
    replaced_credits: tuple[str, ...] = ()
    credited_minor: int = 0
    paid_minor: int = 0
    #: Whether it stands beside the original, which reaches the buyer through a platform.
    is_copy: bool = False

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
    def net_days(self) -> int:
        """How many days after its issue it is due."""
        return (self.due_on - self.issued_on).days

    @property
    def ground(self) -> TaxGround | None:
        """The ground of the tax; None where none is charged and none is known."""
        return self.tax or ground_of(None, self._highest_rate, reverse_charge=self.reverse_charge)

    def ground_at(self, rate_basis_points: int) -> TaxGround | None:
        """Return the ground of the lines of a rate, which is none where a domestic one is 0."""
        known = self.ground
        lacks = known is not None and known.rate_basis_points and not rate_basis_points
        return None if lacks else known

    @property
    def tax_breakdown(self) -> tuple[TaxBreakdown, ...]:
        """The tax by rate, with its category and ground, as the totals have it."""
        return tuple(
            _breakdown(self.ground_at(line.rate_basis_points), line)
            for line in self.totals.tax_lines
        )

    @property
    def names_vat_ids_in_data(self) -> bool:
        """Whether data may name VAT numbers: outside the scope neither side's (BR-O-02)."""
        return self.ground is None or self.ground.kind is not TaxKind.OUTSIDE_SCOPE

    @property
    def wants_euros(self) -> bool:
        """Whether the tax is to be stated in euros besides (VAT Directive, article 230)."""
        return self.currency != "EUR" and has_euro(self.seller.country, self.issued_on)

    @property
    def tax_euro_cents(self) -> int | None:
        """The tax in euro cents; None where it is not wanted, or its rate is not known."""
        if not self.wants_euros:
            return None
        if not self.totals.tax_minor:
            return 0
        if self.euro_rate is None:
            return None
        major = Fraction(major_units(self.totals.tax_minor, self.currency))
        return round_half_up(major * Fraction(self.euro_rate.rate) * 100)

    @property
    def missing(self) -> tuple[Particular, ...]:
        """What the law wants and the invoice lacks, in its order; for owner and vendor only."""
        return tuple(_missing(self))

    @property
    def least_rate(self) -> int:
        """The lowest rate of its lines, in basis points."""
        return min((line.tax_rate_basis_points for line in self.lines), default=0)

    @property
    def _highest_rate(self) -> int:
        return max((line.tax_rate_basis_points for line in self.lines), default=0)


def _breakdown(known: TaxGround | None, line: TaxLine) -> TaxBreakdown:
    if known is None:
        return TaxBreakdown(None, line.rate_basis_points, line.net_minor, line.tax_minor)
    return TaxBreakdown(
        category=known.category,
        rate_basis_points=None if known.kind is TaxKind.OUTSIDE_SCOPE else line.rate_basis_points,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        code=known.code,
        reference=known.reference,
    )


def _missing(document: InvoiceDocument) -> Iterator[Particular]:
    seller, buyer, on = document.seller, document.buyer, document.issued_on
    yield from seller_lacks(seller, on)
    yield from buyer_lacks(buyer, seller.country, document.ground, on)
    yield from tax_lacks(buyer, seller, document.ground_at(document.least_rate), on)
    if document.wants_euros and document.tax_euro_cents is None:
        yield Particular.EURO_RATE
    if seller.country == "FR" and document.credit is None:
        noted = {note.code for note in document.notes}
        yield from (lacks for lacks, code in FRENCH_MENTIONS.items() if code not in noted)
