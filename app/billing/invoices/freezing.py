"""What an invoice keeps of its tax and terms at its issue, besides parties and lines.

One that was issued before these were kept has none of them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.billing.grounds import TaxGround, ground
from app.billing.invoices.document import EuroRate, Note
from app.billing.invoices.mentions import mentions_of
from app.billing.invoices.party import Party
from app.billing.law import has_euro
from app.billing.published_rates import rate_on
from app.i18n.languages import Language
from app.models import Invoice


@dataclass(frozen=True)
class Issue:
    """An invoice that is about to be issued.

    Units: `tax_minor` is in the currency's minor unit.
    """

    seller: Party
    language: Language
    ground: TaxGround | None
    currency: str
    tax_minor: int
    issued_on: date


def frozen(issue: Issue) -> dict[str, object]:
    """Return the columns of an invoice that keep its ground, its notes and its rate in euros."""
    notes = mentions_of(issue.seller, issue.language)
    return {
        "tax": issue.ground.text if issue.ground else None,
        "notes": [[note.code, note.text] for note in notes],
        **_euros(issue),
    }


def _euros(issue: Issue) -> dict[str, object]:
    """Return the rate by which tax is stated in euros, where it must be and one is known."""
    wanted = issue.currency != "EUR" and issue.tax_minor
    if not wanted or not has_euro(issue.seller.country, issue.issued_on):
        return {}
    found = rate_on(issue.currency, issue.issued_on)
    if found is None:
        return {}
    return {
        "euro_rate": found.rate,
        "euro_rate_on": found.valid_on,
        "euro_rate_source": found.source,
    }


def ground_kept(invoice: Invoice) -> TaxGround | None:
    """Return the ground that an invoice keeps, if it keeps one."""
    return ground(invoice.tax) if invoice.tax else None


def notes_kept(invoice: Invoice) -> tuple[Note, ...]:
    """Return the notes that an invoice keeps."""
    return tuple(Note(code, text) for code, text in invoice.notes)


def euro_rate_kept(invoice: Invoice) -> EuroRate | None:
    """Return the rate in euros that an invoice keeps, if it keeps one."""
    rate, on, source = invoice.euro_rate, invoice.euro_rate_on, invoice.euro_rate_source
    if rate is None or on is None or source is None:
        return None
    return EuroRate(Decimal(rate), on, source)
