"""What the law wants on an invoice, in words: grounds of tax, registers, and tax in euros."""

from collections.abc import Iterator

from app.billing.grounds import TaxGround, TaxKind
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.facts import Fact
from app.billing.invoices.party import Party
from app.i18n.catalogues import translations
from app.i18n.formats import amount_text, day_text, number_text
from app.i18n.languages import Language


def untaxed_text(known: TaxGround, language: Language) -> str:
    """Return what stands in place of "VAT 0 %".

    >>> untaxed_text(TaxGround(TaxKind.REVERSE_CHARGE), Language("fr"))
    'Autoliquidation'
    """
    texts = translations(language)
    reverse_charge, not_applicable = (
        texts.gettext("Reverse charge"),
        texts.gettext("VAT not applicable"),
    )
    return reverse_charge if known.reverse_charge else not_applicable


def ground_sentences(known: TaxGround, seller_country: str, language: Language) -> Iterator[str]:
    """Yield why no tax is charged, with the law; nothing where tax is."""
    texts = translations(language)
    match known.kind:
        case TaxKind.REVERSE_CHARGE:
            yield texts.gettext(
                "Reverse charge: VAT to be accounted for by the recipient (Article 196 of Council"
                " Directive 2006/112/EC)."
            )
        case TaxKind.OUTSIDE_SCOPE:
            yield _outside(seller_country, language) % {"reference": known.reference}
        case TaxKind.EXEMPT:
            yield texts.gettext("VAT not applicable, %(reference)s.") % {
                "reference": known.reference.rstrip(".")
            }


def _outside(seller_country: str, language: Language) -> str:
    texts = translations(language)
    of_france = texts.gettext(
        "VAT not applicable – service outside the territorial scope of French VAT (%(reference)s)."
    )
    anywhere = texts.gettext(
        "VAT not applicable – service outside the territorial scope of VAT (%(reference)s)."
    )
    return of_france if seller_country == "FR" else anywhere


def register_lines(party: Party, language: Language) -> Iterator[str]:
    """Yield a party's legal form with its capital, its registers and its registered office.

    >>> list(register_lines(Party(siren="552008443", rcs_city="Paris"), Language("fr")))
    ['RCS Paris 552 008 443']
    """
    texts = translations(language)
    if party.legal_form and party.share_capital:
        yield texts.gettext("%(form)s with a share capital of %(capital)s") % {
            "form": party.legal_form,
            "capital": party.share_capital,
        }
    elif party.legal_form:
        yield party.legal_form
    number = " ".join(party.siren[start : start + 3] for start in (0, 3, 6))
    if party.siren and party.rcs_city:
        yield f"RCS {party.rcs_city} {number}"
    elif party.siren:
        yield f"SIREN {number}"
    if party.registered_office:
        yield texts.gettext("Registered office: %(address)s") % {"address": party.registered_office}


def euro_facts(document: InvoiceDocument) -> Iterator[Fact]:
    """Yield the tax in euros with the rate that it is converted by, where it is printed."""
    cents, known, language = document.tax_euro_cents, document.euro_rate, document.language
    if cents is None or known is None:
        return
    words = translations(language).gettext(
        "VAT in euros (1 %(currency)s = %(rate)s EUR, %(source)s, %(day)s)"
    ) % {
        "currency": document.currency,
        "rate": number_text(known.rate, language),
        "source": known.source,
        "day": day_text(known.on, language),
    }
    yield Fact(words, f"{amount_text(cents, 'EUR', language)}\N{NO-BREAK SPACE}EUR")
