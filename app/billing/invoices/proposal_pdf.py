"""A proposal as a PDF: today's price as an invoice would have it, and those of the next days."""

from collections.abc import Iterator

from app.billing.invoices.facts import Fact
from app.billing.invoices.parts import (
    GAP_MM,
    Row,
    Table,
    draw_facts,
    draw_headline,
    draw_notes,
    draw_parties,
    draw_sums,
)
from app.billing.invoices.pdf import Heading, Paper, texts_of
from app.billing.invoices.sheets import BOLD, PLAIN
from app.billing.invoices.total_words import amount_with_code
from app.billing.invoices.wording import InvoiceWords, invoice_words
from app.billing.proposals import DayPrice, Proposal
from app.billing.proration import share_of_term_text
from app.i18n.catalogues import translations
from app.i18n.formats import amount_text, count_text, day_text


def proposal_pdf(proposal: Proposal) -> bytes:
    """Return the proposal as a PDF, in the language of the organization's invoices."""
    document = proposal.document
    words, texts = invoice_words(document), translations(document.language)
    title = texts.gettext("Price proposal")
    with Paper(document, Heading(title, document.number, words.seller.name)) as paper:
        paper.borrow_typefaces("".join(texts_of(words, document.number)))
        _draw(paper, proposal, words)
        paper.describe(None)
        return bytes(paper.output())


def _draw(paper: Paper, proposal: Proposal, words: InvoiceWords) -> None:
    texts = paper.texts
    paper.add_page()
    paper.draw_heading()
    draw_facts(paper, _facts(proposal))
    paper.ln(GAP_MM / 2)
    draw_parties(paper, (words.seller, words.buyer))
    paper.ln(GAP_MM)
    draw_headline(paper, _headline(proposal))
    paper.ln(GAP_MM)
    rows = [Row(line.description, line.details, line.figures) for line in words.lines]
    Table(paper, words.columns, rows).draw(rows)
    draw_sums(paper, words.totals)
    if words.grounds:
        paper.ln(3)
        draw_notes(paper, words.grounds, PLAIN)
    paper.ln(GAP_MM)
    paper.make_room(4 * paper.height_of(BOLD))
    paper.write_block(texts.gettext("What it costs if it is bought on"), paper.whole, BOLD)
    paper.ln(2)
    days = [_row(proposal, day) for day in proposal.days]
    Table(paper, _columns(proposal), days).draw(days)
    paper.ln(GAP_MM)
    draw_notes(
        paper, (texts.gettext("This is a proposal, not an invoice: nothing is to be paid."),)
    )
    paper.draw_glyph_note()


def _facts(proposal: Proposal) -> Iterator[Fact]:
    document = proposal.document
    texts = translations(document.language)
    yield Fact(texts.gettext("Request number"), document.number)
    yield Fact(texts.pgettext("invoice", "Date"), day_text(document.issued_on, document.language))
    if document.buyer.customer_number:
        yield Fact(texts.gettext("Customer number"), document.buyer.customer_number)
    if document.purchase_order:
        yield Fact(texts.gettext("Purchase order"), document.purchase_order)


def _headline(proposal: Proposal) -> str:
    document, line = proposal.document, proposal.document.lines[0]
    words = translations(document.language).ngettext(
        "%(count)s seat for %(amount)s, if it is bought on %(day)s",
        "%(count)s seats for %(amount)s, if they are bought on %(day)s",
        line.quantity,
    )
    return words % {
        "count": count_text(line.quantity, document.language),
        "amount": amount_with_code(document.totals.total_minor, document),
        "day": day_text(document.issued_on, document.language),
    }


def _columns(proposal: Proposal) -> tuple[str, ...]:
    texts = translations(proposal.document.language)
    total = texts.pgettext("invoice", "Total")
    return (
        texts.pgettext("proposal", "Day"),
        texts.pgettext("proposal", "Share of the term"),
        texts.gettext("Total before VAT"),
        texts.pgettext("invoice", "VAT"),
        f"{total} ({proposal.document.currency})",
    )


def _row(proposal: Proposal, day: DayPrice) -> Row:
    document, price = proposal.document, day.price
    amounts = (price.net_minor, price.tax_minor, price.total_minor)
    return Row(
        day_text(price.effective_on, document.language),
        (),
        (
            share_of_term_text(day.line.service, document.language) or "1",
            *(amount_text(minor, document.currency, document.language) for minor in amounts),
        ),
    )
