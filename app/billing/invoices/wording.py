"""An invoice in words: what the page and the PDF both say, so that they cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from babel import Locale

from app.billing.invoices.document import InvoiceDocument, Particular, Party
from app.billing.invoices.labels import label
from app.billing.language import Language, count_text, day_text, percent_text
from app.billing.money import format_amount
from app.billing.pricing import Line, months_text
from app.billing.terms import ServicePeriod


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what it says."""

    label: str
    text: str


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
    language = document.language
    return InvoiceWords(
        title=label("credit_note" if document.credit else "invoice", language),
        facts=tuple(_facts(document)),
        seller=_party("seller", document.seller, language),
        buyer=_party("buyer", document.buyer, language),
        headline=_headline(document),
        columns=_columns(document),
        lines=tuple(_line(document, index) for index in range(len(document.lines))),
        totals=tuple(_totals(document)),
        payment_label=label("payment", language),
        payment=tuple(_payment(document)),
        notes=tuple(_notes(document)),
    )


def description(line: Line, language: Language) -> str:
    """Name what a line sells; quantity, price and period have places of their own."""
    return label(f"line.{line.kind}", language)


def ground(document: InvoiceDocument, index: int) -> str:
    """Say how the net of a line comes about; the lines are counted from 0.

    A credit can be of an amount, or of a rest that no arithmetic gives; it names the line then.
    """
    line, language = document.lines[index], document.language
    if document.credit is None or line.is_as_priced:
        return arithmetic(line, document.currency, language)
    words = label("credited.seats" if line.quantity else "credited.amount", language)
    position = document.credit.positions[index] if document.credit.positions else index + 1
    return words.format(position=position, number=document.credit.number)


def arithmetic(line: Line, currency: str, language: Language) -> str:
    """Show how a line's net comes about: seats, times price, times the share of 12 months."""
    seats = "seat" if abs(line.quantity) == 1 else "seats"
    months = months_text(line.service.months)
    return label(f"arithmetic.{seats}", language).format(
        quantity=count_text(line.quantity, language),
        unit_price=format_amount(line.unit_price_minor, currency, language),
        months=f"({months})" if "/" in months else months,
    )


def period_text(service: ServicePeriod, language: Language) -> str:
    """Write a service period with its last day, as people read periods."""
    last_on = service.ends_on - timedelta(days=1)
    return label("period", language).format(
        first=day_text(service.starts_on, language), last=day_text(last_on, language)
    )


def missing_text(particular: Particular, language: Language) -> str:
    """Say what the law wants and an invoice lacks, for its owner and the vendor."""
    return label(f"missing.{particular}", language)


def _facts(document: InvoiceDocument) -> Iterator[Fact]:
    language = document.language
    yield Fact(label("number", language), document.number)
    yield Fact(label("issued_on", language), day_text(document.issued_on, language))
    if document.credit:
        words = "credit_of" if document.credit.in_full else "partial_credit_of"
        yield Fact(label(words, language), document.credit.number)
    else:
        yield Fact(label("due_on", language), day_text(document.due_on, language))
        yield Fact(label("state", language), label(f"state.{document.state}", language))
    if document.buyer.customer_number:
        yield Fact(label("customer_number", language), document.buyer.customer_number)
    if document.replaces:
        yield Fact(label("replaces", language), _replaced(document))
    if document.purchase_order:
        yield Fact(label("purchase_order", language), document.purchase_order)
    if document.cost_centre:
        yield Fact(label("cost_centre", language), document.cost_centre)


def _party(role: str, party: Party, language: Language) -> PartyWords:
    lines = (
        *party.address_lines,
        f"{party.postal_code} {party.city}".strip(),
        Locale.parse(language).territories.get(party.country, party.country),
        party.vat_id and label("vat_id", language).format(party.vat_id),
        party.registration and label("registration", language).format(party.registration),
        party.email,
    )
    return PartyWords(label(role, language), party.legal_name, tuple(filter(None, lines)))


def _headline(document: InvoiceDocument) -> str:
    outcome = "credited" if document.credit else document.state
    total = abs(document.totals.total_minor)
    amount = document.open_minor if document.awaits_money else total
    return label(f"amount.{outcome}", document.language).format(
        amount=_amount_with_code(amount, document),
        day=day_text(document.due_on, document.language),
    )


def _columns(document: InvoiceDocument) -> tuple[str, ...]:
    names = ("description", "quantity", "unit_price", "tax_rate", "net")
    *others, net = (label(name, document.language) for name in names)
    return (*others, f"{net} ({document.currency})")


def _line(document: InvoiceDocument, index: int) -> LineWords:
    line, currency, language = document.lines[index], document.currency, document.language
    sold = bool(line.quantity)
    return LineWords(
        description=description(line, language),
        details=(ground(document, index), period_text(line.service, language)),
        figures=(
            count_text(line.quantity, language) if sold else "",
            format_amount(line.unit_price_minor, currency, language) if sold else "",
            percent_text(line.tax_rate_basis_points, language),
            format_amount(line.net_minor, currency, language),
        ),
    )


def _totals(document: InvoiceDocument) -> Iterator[Fact]:
    language, currency, totals = document.language, document.currency, document.totals
    yield Fact(label("net_total", language), format_amount(totals.net_minor, currency, language))
    for tax_line in totals.tax_lines:
        words = label("tax_line", language).format(
            rate=percent_text(tax_line.rate_basis_points, language),
            net=format_amount(tax_line.net_minor, currency, language),
        )
        yield Fact(words, format_amount(tax_line.tax_minor, currency, language))
    yield Fact(label("total", language), _amount_with_code(totals.total_minor, document))
    if not document.awaits_money:
        return
    less = (("credited", document.credited_minor), ("paid", document.paid_minor))
    for name, minor in less:
        if minor:
            yield Fact(label(name, language), format_amount(-minor, currency, language))
    if any(minor for _, minor in less):
        remaining = _amount_with_code(document.open_minor, document)
        yield Fact(label("remaining", language), remaining)


def _payment(document: InvoiceDocument) -> Iterator[Fact]:
    seller, language = document.seller, document.language
    if not document.awaits_money or not seller.iban:
        return
    if seller.bank:
        yield Fact(label("bank", language), seller.bank)
    yield Fact(label("iban", language), _in_groups_of_four(seller.iban))
    if seller.bic:
        yield Fact(label("bic", language), seller.bic)
    yield Fact(label("reference", language), document.number)


def _notes(document: InvoiceDocument) -> Iterator[str]:
    if document.reverse_charge:
        yield label("reverse_charge", document.language)


def _replaced(document: InvoiceDocument) -> str:
    """Name the invoice that was replaced, and the credit notes that took it back."""
    several = "s" if len(document.replaced_credits) > 1 else ""
    return label(f"replaced_number{several}", document.language).format(
        number=document.replaces, credits=", ".join(document.replaced_credits)
    )


def _amount_with_code(minor: int, document: InvoiceDocument) -> str:
    amount = format_amount(minor, document.currency, document.language)
    return f"{amount}\N{NO-BREAK SPACE}{document.currency}"


def _in_groups_of_four(iban: str) -> str:
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
