"""Amounts in euros: a French business books in them, also what it sells in other currencies."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from app.billing.bookkeeping.refusals import EuroRateMissing
from app.billing.invoices.document import InvoiceDocument
from app.billing.money import round_half_up
from app.billing.published_rates import rate_on
from app.currencies import exponent


@dataclass
class Euros:
    """Converts by the rate that an invoice keeps, else by the one that holds on its day."""

    _known: dict[tuple[str, date], Fraction] = field(default_factory=dict)

    def cents(self, minor: int, document: InvoiceDocument) -> int:
        """Return an amount of an invoice in euro cents; a payment's is by its invoice's rate.

        Units: the minor unit of the invoice's currency.

        Raises:
            EuroRateMissing: no rate is known for the day on which the invoice was issued.
        """
        if document.currency == "EUR":
            return minor
        return round_half_up(minor * self._rate(document))

    def _rate(self, document: InvoiceDocument) -> Fraction:
        """Return the euro cents for one minor unit."""
        if document.euro_rate is not None:
            return _of_minor(Fraction(document.euro_rate.rate), document.currency)
        named = document.currency, document.issued_on
        if named not in self._known:
            self._known[named] = _of_minor(_published(*named), document.currency)
        return self._known[named]


def _published(currency: str, on: date) -> Fraction:
    row = rate_on(currency, on)
    if row is None:
        raise EuroRateMissing(
            f"No rate of {currency} in euros is known for {on}. "
            f"Enter it by `seatgate rate set {currency} RATE --on {on} --source …`.",
            currency=currency,
            on=on.isoformat(),
        )
    return Fraction(row.rate)


def _of_minor(rate: Fraction, currency: str) -> Fraction:
    hundredth: Fraction = rate * 100 / 10 ** exponent(currency)
    return hundredth
