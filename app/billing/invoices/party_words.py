"""The seller and the buyer of an invoice, in words."""

from dataclasses import dataclass

from app.billing.invoices.legal_words import register_lines
from app.billing.invoices.party import Party
from app.i18n.catalogues import translations
from app.i18n.formats import country_text
from app.i18n.languages import Language


@dataclass(frozen=True, slots=True)
class PartyWords:
    """One side of the invoice."""

    label: str
    name: str
    lines: tuple[str, ...]


def seller_words(seller: Party, language: Language) -> PartyWords:
    """Name the seller with its particulars."""
    return _party(translations(language).pgettext("invoice", "From"), seller, language)


def buyer_words(buyer: Party, language: Language) -> PartyWords:
    """Name the buyer with its particulars."""
    return _party(translations(language).pgettext("invoice", "Bill to"), buyer, language)


def _party(role: str, party: Party, language: Language) -> PartyWords:
    texts = translations(language)
    vat = texts.gettext("VAT %(number)s") % {"number": party.vat_id}
    registration = texts.gettext("Registration %(number)s") % {"number": party.registration}
    lines = (
        *party.address_lines,
        f"{party.postal_code} {party.city}".strip(),
        country_text(party.country, language),
        *register_lines(party, language),
        party.vat_id and vat,
        party.registration and registration,
        party.email,
    )
    return PartyWords(role, party.legal_name, tuple(filter(None, lines)))
