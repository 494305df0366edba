"""What a seller notes on its invoices about late and early payment, in the invoice's language.

A French seller's invoices say all of it, in the usual words where it has none of its own (Code de
commerce, L441-9 and D441-5). Another seller's say what it has words for.
"""

from collections.abc import Iterator

from app.billing.invoices.document import Note
from app.billing.invoices.particulars import NoteCode
from app.billing.invoices.party import Party
from app.billing.late_rates import LateRate, late_rate
from app.billing.law import FRENCH_LATE_RATE_POINTS, FRENCH_RECOVERY_EUROS
from app.i18n.catalogues import Texts, translations
from app.i18n.formats import percent_text
from app.i18n.languages import Language


def mentions_of(seller: Party, language: Language) -> list[Note]:
    """Return what a seller's invoices note of payment."""
    texts = translations(language)
    words = {
        NoteCode.LATE_PENALTIES: seller.late_penalties or _late(seller, language),
        NoteCode.RECOVERY_COSTS: seller.recovery_costs or _usual(seller, _recovery(texts)),
        NoteCode.EARLY_PAYMENT: seller.early_payment
        or _usual(seller, texts.gettext("Discount for early payment: none.")),
        NoteCode.GENERAL: _on_debits(texts) if seller.vat_on_debits else "",
    }
    return [Note(code.value, text) for code, text in words.items() if text]


def _usual(seller: Party, text: str) -> str:
    """Return the words that every French seller's invoice has."""
    return text if seller.country == "FR" else ""


def _late(seller: Party, language: Language) -> str:
    known = late_rate(seller.late_rate) if seller.late_rate else None
    if known is None and seller.country == "FR":
        known = LateRate(points=FRENCH_LATE_RATE_POINTS)
    return " ".join(_late_words(known, language)) if known else ""


def _late_words(known: LateRate, language: Language) -> Iterator[str]:
    texts = translations(language)
    if known.points is not None:
        yield texts.gettext(
            "Late-payment penalties: the refinancing rate of the ECB plus %(points)s points,"
            " payable from the day after the due date, without a reminder."
        ) % {"points": known.points}
    else:
        yield texts.gettext(
            "Late-payment penalties: %(rate)s a year, payable from the day after the due date,"
            " without a reminder."
        ) % {"rate": percent_text(known.basis_points, language)}


def _recovery(texts: Texts) -> str:
    return texts.gettext(
        "Fixed compensation for recovery costs in case of late payment: €%(euros)s."
    ) % {"euros": FRENCH_RECOVERY_EUROS}


def _on_debits(texts: Texts) -> str:
    return texts.gettext("VAT is due when it is invoiced (option for debits).")
