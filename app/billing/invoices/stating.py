"""An issued invoice, put into the terms of EN 16931.

Its amounts are positive on a credit note, too. A line says its price as its net for all of its
seats, so that the net is exact however it was prorated.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from app.billing.grounds import TaxCategory
from app.billing.invoices.core_invoice import (
    CoreInvoice,
    CoreLine,
    CoreNote,
    CoreParty,
    CorePayment,
    CoreTax,
    CoreTotals,
    Days,
    DocumentType,
    Identifier,
    Preceding,
    VatDue,
)
from app.billing.invoices.demands import check_sayable
from app.billing.invoices.document import InvoiceDocument, TaxBreakdown
from app.billing.invoices.dresses import Dress
from app.billing.invoices.labels import kind_text
from app.billing.invoices.legal_words import ground_sentences, register_lines
from app.billing.invoices.party import Party
from app.billing.invoices.wording import ground
from app.billing.pricing import Line
from app.billing.taxes import BASIS_POINTS
from app.billing.terms import MONTHS_PER_TERM
from app.currencies import major_units
from app.i18n.catalogues import translations
from app.i18n.languages import Language

#: The most lines that an address has (BT-35, BT-36, BT-162).
_ADDRESS_LINES_MAX = 3

#: How finely a French invoice says a price (BR-FR-DEC-03).
_FINEST_PRICE = Decimal("0.000001")

#: The number of a French business (SIREN), among the schemes of ISO 6523.
_SIREN_SCHEME = "0002"

#: An address of electronic mail, in the list EAS.
_MAIL_SCHEME = "EM"


def core_of(document: InvoiceDocument, dress: Dress) -> CoreInvoice:
    """Return an invoice as the core invoice of EN 16931, in a dress.

    Raises:
        Unsayable: the standard has no way to say it, or it lacks what the dress wants.
    """
    check_sayable(document, dress)
    positive = _positive(document)
    credit, language = document.credit, document.language
    return CoreInvoice(
        specification=dress.specification,
        process=dress.process,
        number=document.number,
        type=DocumentType.CREDIT_NOTE if credit else DocumentType.INVOICE,
        issued_on=document.issued_on,
        due_on=None if credit else document.due_on,
        currency=document.currency,
        notes=tuple(_notes(document, dress)),
        seller=_party(document.seller, document, legal_words=_registers(document.seller, language)),
        buyer=_party(document.buyer, document),
        lines=tuple(_line(positive, index, dress) for index in range(len(positive.lines))),
        taxes=tuple(_tax(one, document) for one in positive.tax_breakdown),
        totals=_totals(positive),
        days=_days(document),
        preceding=_preceding(document),
        vat_due=_vat_due(document),
        buyer_reference=document.buyer.buyer_reference,
        purchase_order=document.purchase_order,
        cost_centre=document.cost_centre,
        payment=_payment(document),
        terms=_terms(document),
    )


def _positive(document: InvoiceDocument) -> InvoiceDocument:
    """Return a credit note with amounts above nothing; an invoice is returned as it is."""
    if document.credit is None:
        return document
    return replace(
        document,
        lines=tuple(line.credited() for line in document.lines),
        credited_taxes=tuple(
            replace(line, net_minor=-line.net_minor, tax_minor=-line.tax_minor)
            for line in document.credited_taxes
        ),
    )


def _notes(document: InvoiceDocument, dress: Dress) -> Iterator[CoreNote]:
    """Yield the notes; Peppol takes one at most (PEPPOL-EN16931-R002)."""
    if dress is Dress.PEPPOL:
        words = " ".join(note.text for note in document.notes)
        yield from [CoreNote("", words)] if words else []
        return
    yield from (CoreNote(note.code, note.text) for note in document.notes)
    if dress is Dress.FRENCH:
        yield CoreNote("BAR", "B2B" if document.buyer.country == "FR" else "B2BINT")


def _party(party: Party, document: InvoiceDocument, *, legal_words: str = "") -> CoreParty:
    register = Identifier(party.registration)
    return CoreParty(
        name=party.legal_name,
        address_lines=_address_lines(party),
        postal_code=party.postal_code,
        city=party.city,
        country=party.country,
        legal_id=Identifier(party.siren, _SIREN_SCHEME) if party.siren else register,
        vat_id=party.vat_id if document.names_vat_ids_in_data else "",
        endpoint=_endpoint(party),
        email=party.email,
        legal_words=legal_words,
    )


def _address_lines(party: Party) -> tuple[str, ...]:
    lines = [line for line in party.address_lines if line]
    first, rest = lines[: _ADDRESS_LINES_MAX - 1], lines[_ADDRESS_LINES_MAX - 1 :]
    return (*first, ", ".join(rest)) if rest else tuple(first)


def _endpoint(party: Party) -> Identifier:
    """Return where a party receives data, or else its mail."""
    if party.electronic_address:
        return Identifier(party.electronic_identifier, party.electronic_scheme)
    return Identifier(party.email, _MAIL_SCHEME) if party.email else Identifier()


def _registers(seller: Party, language: Language) -> str:
    return " – ".join(register_lines(seller, language))


def _line(document: InvoiceDocument, index: int, dress: Dress) -> CoreLine:
    line = document.lines[index]
    known = document.ground_at(line.tax_rate_basis_points)
    category = known.category if known else None
    quantity = max(line.quantity, 1)
    exact = dress is Dress.FRENCH and not line.net_minor
    return CoreLine(
        number=index + 1,
        name=kind_text(line.kind, document.language),
        note=ground(document, index),
        quantity=quantity,
        price=_exact_price(line, document.currency)
        if exact
        else major_units(line.net_minor, document.currency),
        base_quantity=1 if exact else quantity,
        net=major_units(line.net_minor, document.currency),
        category=category.value if category else "",
        rate=_percent(line.tax_rate_basis_points, category),
        days=Days(line.service.starts_on, line.service.ends_on - timedelta(days=1)),
    )


def _exact_price(line: Line, currency: str) -> Decimal:
    """Return the price of a seat whose net is rounded to nothing, since a price is above that."""
    months = line.service.months
    share = Decimal(months.numerator) / (months.denominator * MONTHS_PER_TERM)
    return (major_units(line.unit_price_minor, currency) * share).quantize(_FINEST_PRICE)


def _percent(basis_points: int | None, category: TaxCategory | None) -> Decimal | None:
    """Return a rate in percent; outside the scope of VAT there is none (BR-O-05)."""
    if basis_points is None or category is TaxCategory.OUTSIDE_SCOPE:
        return None
    return Decimal(basis_points).scaleb(2) / BASIS_POINTS + Decimal("0.00")


def _tax(one: TaxBreakdown, document: InvoiceDocument) -> CoreTax:
    known, seller = document.ground, document.seller
    untaxed = known is not None and one.category is not TaxCategory.STANDARD
    sentences = ground_sentences(known, seller.country, document.language) if known else ()
    return CoreTax(
        category=one.category.value if one.category else "",
        rate=_percent(one.rate_basis_points, one.category),
        net=major_units(one.net_minor, document.currency),
        tax=major_units(one.tax_minor, document.currency),
        reason=" ".join(sentences) if untaxed else "",
        reason_code=one.code,
    )


def _totals(document: InvoiceDocument) -> CoreTotals:
    totals, cents = document.totals, document.tax_euro_cents
    amounts = (totals.net_minor, totals.tax_minor, totals.total_minor)
    return CoreTotals(
        *(major_units(minor, document.currency) for minor in amounts),
        tax_in_euros=None if cents is None else major_units(cents, "EUR"),
    )


def _days(document: InvoiceDocument) -> Days:
    periods = [line.service for line in document.lines]
    last_on = max(period.ends_on for period in periods) - timedelta(days=1)
    return Days(min(period.starts_on for period in periods), last_on)


def _preceding(document: InvoiceDocument) -> Preceding | None:
    if document.credit is not None:
        return Preceding(document.credit.number, document.credit.issued_on)
    if document.replaces:
        return Preceding(document.replaces, document.replaces_issued_on)
    return None


def _vat_due(document: InvoiceDocument) -> VatDue | None:
    """Return when French tax on services is due; other sellers do not say it."""
    if document.seller.country != "FR" or not document.totals.tax_minor:
        return None
    return VatDue.INVOICED if document.seller.vat_on_debits else VatDue.PAID


def _payment(document: InvoiceDocument) -> CorePayment | None:
    seller = document.seller
    if document.credit is not None or not seller.iban:
        return None
    sepa = document.currency == "EUR"
    return CorePayment("58" if sepa else "30", seller.iban, seller.bic, document.number)


def _terms(document: InvoiceDocument) -> str:
    """Say how a credit note is settled; an invoice says its due day (BR-CO-25)."""
    if document.credit is None:
        return ""
    return translations(document.language).gettext("Set off against invoice %(number)s.") % {
        "number": document.credit.number
    }
