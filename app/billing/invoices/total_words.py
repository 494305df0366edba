"""What an invoice comes to, in words."""

from collections.abc import Iterator

from app.billing.grounds import TaxKind
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.facts import Fact
from app.billing.invoices.legal_words import euro_facts, untaxed_text
from app.i18n.catalogues import translations
from app.i18n.formats import amount_text, percent_text


def total_facts(document: InvoiceDocument) -> Iterator[Fact]:
    """Yield what the lines come to, the tax by its rate or ground, and what is still to pay."""
    language, currency, totals = document.language, document.currency, document.totals
    texts = translations(language)
    net = amount_text(totals.net_minor, currency, language)
    yield Fact(texts.gettext("Total before VAT"), net)
    for tax_line in totals.tax_lines:
        if document.tax is not None and says_ground(document):
            zero = amount_text(tax_line.tax_minor, currency, language)
            yield Fact(untaxed_text(document.tax, language), zero)
            continue
        words = texts.gettext("VAT %(rate)s on %(net)s") % {
            "rate": percent_text(tax_line.rate_basis_points, language),
            "net": amount_text(tax_line.net_minor, currency, language),
        }
        yield Fact(words, amount_text(tax_line.tax_minor, currency, language))
    yield from euro_facts(document)
    total = amount_with_code(totals.total_minor, document)
    yield Fact(_total_label(document), total)
    if document.awaits_money:
        yield from _remaining(document)


def _total_label(document: InvoiceDocument) -> str:
    """Name the total; where no tax is charged it is not one with tax."""
    texts = translations(document.language)
    if not says_ground(document):
        return texts.pgettext("invoice", "Total")
    to_pay, credited = (
        texts.pgettext("invoice", "Amount due"),
        texts.pgettext("invoice", "Amount credited"),
    )
    return credited if document.credit else to_pay


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
        remaining = amount_with_code(document.open_minor, document)
        yield Fact(texts.gettext("Still to pay"), remaining)


def says_ground(document: InvoiceDocument) -> bool:
    """Whether the ground stands where a rate would; invoices of before have a rate of 0."""
    return document.tax is not None and document.tax.kind is not TaxKind.DOMESTIC


def amount_with_code(minor: int, document: InvoiceDocument) -> str:
    """Return an amount with the code of the invoice's currency."""
    amount = amount_text(minor, document.currency, document.language)
    return f"{amount}\N{NO-BREAK SPACE}{document.currency}"
