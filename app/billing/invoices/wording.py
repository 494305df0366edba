"""An invoice in words: what the page and the PDF both say, so that they cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.billing.invoices.document import Credit, InvoiceDocument
from app.billing.invoices.facts import Fact as Fact
from app.billing.invoices.labels import kind_text, outcome_text, state_text
from app.billing.invoices.legal_words import ground_sentences
from app.billing.invoices.party_words import PartyWords, buyer_words, seller_words
from app.billing.invoices.total_words import amount_with_code, says_ground, total_facts
from app.billing.pricing import Line
from app.billing.proration import share_of_term_text
from app.billing.terms import ServicePeriod
from app.i18n.catalogues import translations
from app.i18n.formats import (
    amount_text,
    count_text,
    day_text,
    money_text,
    percent_text,
)
from app.i18n.languages import Language


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
    #: That it is a copy, where it is one.
    copy: str
    facts: tuple[Fact, ...]
    #: Where it stands; on paper it would be true for a day only.
    state: Fact | None
    seller: PartyWords
    buyer: PartyWords
    headline: str
    columns: tuple[str, ...]
    lines: tuple[LineWords, ...]
    totals: tuple[Fact, ...]
    #: Why no tax is charged, where none is.
    grounds: tuple[str, ...]
    payment_label: str
    payment: tuple[Fact, ...]
    notes: tuple[str, ...]


def invoice_words(document: InvoiceDocument) -> InvoiceWords:
    """Put the invoice into the words of its language."""
    texts = translations(document.language)
    return InvoiceWords(
        title=_title(document),
        copy=copy_text(document.language) if document.is_copy else "",
        facts=tuple(_facts(document)),
        state=_state(document),
        seller=seller_words(document.seller, document.language),
        buyer=buyer_words(document.buyer, document.language),
        headline=_headline(document),
        columns=_columns(document),
        lines=tuple(_line(document, index) for index in range(len(document.lines))),
        totals=tuple(total_facts(document)),
        grounds=tuple(_grounds(document)),
        payment_label=texts.pgettext("invoice", "Payment"),
        payment=tuple(_payment(document)),
        notes=tuple(_notes(document)),
    )


def copy_text(language: Language) -> str:
    """Say that the original comes through a platform, and that this is a copy."""
    return translations(language).gettext(
        "The original reaches you through your approved platform; this PDF is its readable copy."
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
    """Show how a line's net comes about: seats, times price, times the share of a term.

    The share is in months and days, as people count them; that of a whole term is left out.
    """
    words = translations(language).ngettext(
        "%(quantity)s seat × %(unit_price)s",
        "%(quantity)s seats × %(unit_price)s",
        abs(line.quantity),
    ) % {
        "quantity": count_text(line.quantity, language),
        "unit_price": money_text(line.unit_price_minor, currency, language),
    }
    share = share_of_term_text(line.service, language)
    return f"{words} × {share}" if share else words


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
    yield from _references(document)


def _references(document: InvoiceDocument) -> Iterator[Fact]:
    texts = translations(document.language)
    if document.buyer.customer_number:
        yield Fact(texts.gettext("Customer number"), document.buyer.customer_number)
    if document.buyer.buyer_reference:
        yield Fact(texts.gettext("Buyer reference"), document.buyer.buyer_reference)
    if document.replaces:
        yield Fact(texts.gettext("Replaces invoice"), _replaced(document))
    if document.purchase_order:
        yield Fact(texts.gettext("Purchase order"), document.purchase_order)
    if document.cost_centre:
        yield Fact(texts.gettext("Cost centre"), document.cost_centre)


def _state(document: InvoiceDocument) -> Fact | None:
    """Say where an invoice stands; a credit note stands nowhere else than at its issue."""
    if document.credit:
        return None
    label = translations(document.language).pgettext("invoice", "State")
    return Fact(label, state_text(document.state, document.language))


def _credit_fact(credit: Credit, language: Language) -> Fact:
    texts = translations(language)
    in_full, in_part = texts.gettext("Credits invoice"), texts.gettext("Credit on invoice")
    return Fact(
        in_full if credit.in_full else in_part,
        _of_day(credit.number, credit.issued_on, language),
    )


def _of_day(number: str, issued_on: date | None, language: Language) -> str:
    """Name an invoice with the day of its issue, where that is known."""
    if issued_on is None:
        return number
    words = translations(language).pgettext("invoice", "%(number)s of %(day)s")
    return words % {"number": number, "day": day_text(issued_on, language)}


def _headline(document: InvoiceDocument) -> str:
    credited = translations(document.language).gettext("%(amount)s credited")
    outcome = outcome_text(document.state, document.language)
    total = abs(document.totals.total_minor)
    amount = document.open_minor if document.awaits_money else total
    return (credited if document.credit else outcome) % {
        "amount": amount_with_code(amount, document),
        "day": day_text(document.due_on, document.language),
    }


def _columns(document: InvoiceDocument) -> tuple[str, ...]:
    return columns(document.currency, document.language)


def columns(currency: str, language: Language) -> tuple[str, ...]:
    """Return the headings of the table of lines."""
    texts = translations(language)
    net = texts.pgettext("invoice", "Amount")
    return (
        texts.pgettext("invoice", "Description"),
        texts.pgettext("invoice", "Seats"),
        texts.gettext("Price per year"),
        texts.pgettext("invoice", "VAT"),
        f"{net} ({currency})",
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
            "–" if says_ground(document) else percent_text(line.tax_rate_basis_points, language),
            amount_text(line.net_minor, currency, language),
        ),
    )


def _payment(document: InvoiceDocument) -> Iterator[Fact]:
    seller, texts = document.seller, translations(document.language)
    if not document.awaits_money:
        return
    yield Fact(texts.pgettext("invoice", "Terms"), _terms(document))
    if not seller.iban:
        return
    if seller.bank:
        yield Fact(texts.pgettext("invoice", "Bank"), seller.bank)
    yield Fact(texts.gettext("IBAN"), _in_groups_of_four(seller.iban))
    if seller.bic:
        yield Fact(texts.gettext("BIC"), seller.bic)
    yield Fact(texts.pgettext("invoice", "Reference"), document.number)


def _terms(document: InvoiceDocument) -> str:
    """Say by when it is to be paid."""
    words = translations(document.language).ngettext(
        "%(days)s day from the date of issue, by %(day)s",
        "%(days)s days from the date of issue, by %(day)s",
        document.net_days,
    )
    return words % {
        "days": count_text(document.net_days, document.language),
        "day": day_text(document.due_on, document.language),
    }


def _grounds(document: InvoiceDocument) -> Iterator[str]:
    if document.ground is not None:
        yield from ground_sentences(document.ground, document.seller.country, document.language)


def _notes(document: InvoiceDocument) -> Iterator[str]:
    if document.credit is None:
        yield from (note.text for note in document.notes)


def _replaced(document: InvoiceDocument) -> str:
    """Name the invoice that was replaced, and the credit notes that took it back."""
    replaced = _of_day(document.replaces, document.replaces_issued_on, document.language)
    return translations(document.language).ngettext(
        "%(number)s, cancelled by credit note %(credits)s",
        "%(number)s, cancelled by credit notes %(credits)s",
        len(document.replaced_credits),
    ) % {"number": replaced, "credits": ", ".join(document.replaced_credits)}


def _in_groups_of_four(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
