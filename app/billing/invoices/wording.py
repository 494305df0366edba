"""An invoice in words: what the page and the PDF both say, so that they cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.billing.grounds import TaxKind
from app.billing.invoices.document import Credit, InvoiceDocument, Party
from app.billing.invoices.facts import Fact as Fact
from app.billing.invoices.labels import kind_text, outcome_text, state_text
from app.billing.invoices.legal_words import (
    euro_facts,
    ground_sentences,
    register_lines,
    untaxed_text,
)
from app.billing.pricing import Line, months_text
from app.billing.terms import ServicePeriod
from app.i18n.catalogues import translations
from app.i18n.formats import amount_text, count_text, country_text, day_text, percent_text
from app.i18n.languages import Language


@dataclass(frozen=True, slots=True)
class PartyWords:
    """One side of the invoice."""

    label: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineWords:
    """One row of the table, cell by cell; the details stand below the description."""

    description: str
    details: tuple[str, ...]
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceWords:
    """Every text of an invoice, in reading order."""

    title: str
    facts: tuple[Fact, ...]
    seller: PartyWords
    buyer: PartyWords
    headline: str
    columns: tuple[str, ...]
    lines: tuple[LineWords, ...]
    totals: tuple[Fact, ...]
    payment_label: str
    payment: tuple[Fact, ...]
    notes: tuple[str, ...]


def invoice_words(document: InvoiceDocument) -> InvoiceWords:
    """Put the invoice into the words of its language."""
    texts = translations(document.language)
    return InvoiceWords(
        title=_title(document),
        facts=tuple(_facts(document)),
        seller=_party(texts.pgettext("invoice", "From"), document.seller, document.language),
        buyer=_party(texts.pgettext("invoice", "Bill to"), document.buyer, document.language),
        headline=_headline(document),
        columns=_columns(document),
        lines=tuple(_line(document, index) for index in range(len(document.lines))),
        totals=tuple(_totals(document)),
        payment_label=texts.pgettext("invoice", "Payment"),
        payment=tuple(_payment(document)),
        notes=tuple(_notes(document)),
    )


def ground(document: InvoiceDocument, index: int) -> str:
    """Say how the net of a line comes about; the lines are counted from 0.

    A credit can be of an amount, or of a rest that no arithmetic gives; it names the line then.
    """
    line, language = document.lines[index], document.language
    if document.credit is None or line.is_as_priced:
        return arithmetic(line, document.currency, language)
    position = document.credit.positions[index] if document.credit.positions else index + 1
    return _credited(document.credit, position, line, language)


def arithmetic(line: Line, currency: str, language: Language) -> str:
    """Show how a line's net comes about: seats, times price, times the share of 12 months."""
    months = months_text(line.service.months)
    return translations(language).ngettext(
        "%(quantity)s seat × %(unit_price)s × %(months)s/12 months",
        "%(quantity)s seats × %(unit_price)s × %(months)s/12 months",
        abs(line.quantity),
    ) % {
        "quantity": count_text(line.quantity, language),
        "unit_price": amount_text(line.unit_price_minor, currency, language),
        "months": f"({months})" if "/" in months else months,
    }


def period_text(service: ServicePeriod, language: Language) -> str:
    """Write a service period with its last day, as people read periods."""
    last_on = service.ends_on - timedelta(days=1)
    return f"{day_text(service.starts_on, language)} – {day_text(last_on, language)}"


def _title(document: InvoiceDocument) -> str:
    texts = translations(document.language)
    credit, invoice = texts.gettext("Credit note"), texts.gettext("Invoice")
    return credit if document.credit else invoice


def _credited(credit: Credit, position: int, line: Line, language: Language) -> str:
    texts = translations(language)
    rest = texts.gettext("What was left of line %(position)s of %(number)s")
    amount = texts.gettext("An amount of line %(position)s of %(number)s")
    return (rest if line.quantity else amount) % {"position": position, "number": credit.number}


def _facts(document: InvoiceDocument) -> Iterator[Fact]:
    texts, language = translations(document.language), document.language
    yield Fact(texts.pgettext("invoice", "Number"), document.number)
    yield Fact(texts.gettext("Date of issue"), day_text(document.issued_on, language))
    if document.credit:
        yield _credit_fact(document.credit, language)
    else:
        yield Fact(texts.gettext("Due date"), day_text(document.due_on, language))
        yield Fact(texts.pgettext("invoice", "State"), state_text(document.state, language))
    if document.buyer.customer_number:
        yield Fact(texts.gettext("Customer number"), document.buyer.customer_number)
    if document.replaces:
        yield Fact(texts.gettext("Replaces invoice"), _replaced(document))
    if document.purchase_order:
        yield Fact(texts.gettext("Purchase order"), document.purchase_order)
    if document.cost_centre:
        yield Fact(texts.gettext("Cost centre"), document.cost_centre)


def _credit_fact(credit: Credit, language: Language) -> Fact:
    texts = translations(language)
    in_full, in_part = texts.gettext("Credits invoice"), texts.gettext("Credit on invoice")
    return Fact(in_full if credit.in_full else in_part, credit.number)


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


def _headline(document: InvoiceDocument) -> str:
    credited = translations(document.language).gettext("%(amount)s credited")
    outcome = outcome_text(document.state, document.language)
    total = abs(document.totals.total_minor)
    amount = document.open_minor if document.awaits_money else total
    return (credited if document.credit else outcome) % {
        "amount": _amount_with_code(amount, document),
        "day": day_text(document.due_on, document.language),
    }


def _columns(document: InvoiceDocument) -> tuple[str, ...]:
    texts = translations(document.language)
    net = texts.pgettext("invoice", "Amount")
    return (
        texts.pgettext("invoice", "Description"),
        texts.pgettext("invoice", "Seats"),
        texts.gettext("Price per year"),
        texts.pgettext("invoice", "VAT"),
        f"{net} ({document.currency})",
    )


def _line(document: InvoiceDocument, index: int) -> LineWords:
    line, currency, language = document.lines[index], document.currency, document.language
    sold = bool(line.quantity)
    return LineWords(
        description=kind_text(line.kind, language),
        details=(ground(document, index), period_text(line.service, language)),
        figures=(
            count_text(line.quantity, language) if sold else "",
            amount_text(line.unit_price_minor, currency, language) if sold else "",
            "–" if _says_ground(document) else percent_text(line.tax_rate_basis_points, language),
            amount_text(line.net_minor, currency, language),
        ),
    )


def _totals(document: InvoiceDocument) -> Iterator[Fact]:
    language, currency, totals = document.language, document.currency, document.totals
    texts = translations(language)
    net = amount_text(totals.net_minor, currency, language)
    yield Fact(texts.gettext("Total before VAT"), net)
    for tax_line in totals.tax_lines:
        if document.tax is not None and _says_ground(document):
            zero = amount_text(tax_line.tax_minor, currency, language)
            yield Fact(untaxed_text(document.tax, language), zero)
            continue
        words = texts.gettext("VAT %(rate)s on %(net)s") % {
            "rate": percent_text(tax_line.rate_basis_points, language),
            "net": amount_text(tax_line.net_minor, currency, language),
        }
        yield Fact(words, amount_text(tax_line.tax_minor, currency, language))
    yield from euro_facts(document)
    total = _amount_with_code(totals.total_minor, document)
    yield Fact(texts.pgettext("invoice", "Total"), total)
    if document.awaits_money:
        yield from _remaining(document)


def _remaining(document: InvoiceDocument) -> Iterator[Fact]:
    """Say what was taken off the total so far, and what that leaves."""
    texts = translations(document.language)
    less = (
        (texts.pgettext("invoice", "Credited"), document.credited_minor),
        (texts.gettext("Paid so far"), document.paid_minor),
    )
    for words, minor in less:
        if minor:
            yield Fact(words, amount_text(-minor, document.currency, document.language))
    if any(minor for _, minor in less):
        remaining = _amount_with_code(document.open_minor, document)
        yield Fact(texts.gettext("Still to pay"), remaining)


def _payment(document: InvoiceDocument) -> Iterator[Fact]:
    seller, texts = document.seller, translations(document.language)
    if not document.awaits_money or not seller.iban:
        return
    if seller.bank:
        yield Fact(texts.pgettext("invoice", "Bank"), seller.bank)
    yield Fact(texts.gettext("IBAN"), _in_groups_of_four(seller.iban))
    if seller.bic:
        yield Fact(texts.gettext("BIC"), seller.bic)
    yield Fact(texts.pgettext("invoice", "Reference"), document.number)


def _notes(document: InvoiceDocument) -> Iterator[str]:
    if document.ground is not None:
        yield from ground_sentences(document.ground, document.seller.country, document.language)
    if document.credit is None:
        yield from (note.text for note in document.notes)


def _says_ground(document: InvoiceDocument) -> bool:
    """Whether the ground stands where a rate would; invoices of before have a rate of 0."""
    return document.tax is not None and document.tax.kind is not TaxKind.DOMESTIC


def _replaced(document: InvoiceDocument) -> str:
    """Name the invoice that was replaced, and the credit notes that took it back."""
    return translations(document.language).ngettext(
        "%(number)s, cancelled by credit note %(credits)s",
        "%(number)s, cancelled by credit notes %(credits)s",
        len(document.replaced_credits),
    ) % {"number": document.replaces, "credits": ", ".join(document.replaced_credits)}


def _amount_with_code(minor: int, document: InvoiceDocument) -> str:
    amount = amount_text(minor, document.currency, document.language)
    return f"{amount}\N{NO-BREAK SPACE}{document.currency}"


def _in_groups_of_four(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
