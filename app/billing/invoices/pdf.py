"""An invoice as a PDF; the same invoice gives the same bytes, on a machine with the same fonts."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from fpdf.enums import Align
from fpdf.fonts import FontFace

from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.metadata import DATA_FILE_NAME, PDF_A, metadata_of
from app.billing.invoices.parts import (
    GAP_MM,
    Code,
    Row,
    Table,
    draw_facts,
    draw_headline,
    draw_list,
    draw_list_with_code,
    draw_notes,
    draw_parties,
    draw_sums,
)
from app.billing.invoices.payment_code import Modules, payment_code
from app.billing.invoices.sheets import BOLD, MARGIN_MM, PLAIN, SMALL, Sheets
from app.billing.invoices.wording import InvoiceWords, invoice_words
from app.i18n.catalogues import translations

log = logging.getLogger(__name__)

TITLE = FontFace(size_pt=22, emphasis="BOLD")
SENDER = FontFace(size_pt=11, emphasis="BOLD")

#: Where paper is of the size Letter (ISO 3166).
_LETTER_COUNTRIES = frozenset({"US"})


@dataclass(frozen=True, slots=True)
class Heading:
    """What a document is: its title and number, and the name of its sender."""

    title: str
    number: str
    sender: str


def invoice_pdf(document: InvoiceDocument, data: bytes | None = None) -> bytes:
    """Return the invoice as a PDF/A-3, in its language, with its `data` (Factur-X) attached.

    Latin, Greek and Cyrillic are always printed, other scripts where a font is installed. Any other
    character is shown as a replacement character, and the document says so.
    """
    words = invoice_words(document)
    try:
        return _drawn(document, words, data, texts="".join(texts_of(words, document.number)))
    except Exception:  # Whatever a font of the machine does, an invoice is made.
        log.exception("an installed font cannot be used, so %s goes without", document.number)
        return _drawn(document, words, data, texts="")


def _drawn(
    document: InvoiceDocument, words: InvoiceWords, data: bytes | None, *, texts: str
) -> bytes:
    """Return the PDF; `texts` are those for which installed fonts are looked through."""
    heading = Heading(words.title, document.number, words.seller.name)
    with Paper(document, heading) as paper:
        paper.borrow_typefaces(texts)
        _draw(paper, words, payment_code(document))
        paper.describe(data)
        return bytes(paper.output())


def page_size(country: str) -> str:
    """Return the size of paper in a country: `letter`, or `A4`.

    >>> page_size("US"), page_size("DE")
    ('letter', 'A4')
    """
    return "letter" if country in _LETTER_COUNTRIES else "A4"


class Paper(Sheets):
    """Sheets with a letterhead, and numbered pages."""

    def __init__(self, document: InvoiceDocument, heading: Heading) -> None:
        """Begin the document of an invoice, or of a proposal of one, without a page."""
        super().__init__(
            size=page_size(document.buyer.country),
            language=document.language,
            made_on=document.issued_on,
            compliance=PDF_A,
        )
        self.heading, self.made_on = heading, document.issued_on
        self.texts = translations(document.language)

    def describe(self, data: bytes | None) -> None:
        """Name the document in its metadata, and attach data of the invoice."""
        name = f"{self.heading.title} {self.heading.number}"
        self.set_title(name)
        self.set_author(self.heading.sender)
        created = self.creation_date
        self.set_xmp_metadata(
            metadata_of(name, self.heading.sender, self.made_on, with_data=data is not None)
        )
        if data is not None:
            self.embed_file(
                bytes=data,
                basename=DATA_FILE_NAME,
                mime_type="text/xml",
                associated_file_relationship="Alternative",
                desc="Factur-X",
                creation_date=created,
                modification_date=created,
                compress=True,
                checksum=True,
            )

    def draw_heading(self) -> None:
        """Write the letterhead and the title."""
        if self.heading.sender and self.width_of(self.heading.sender, SENDER) <= self.epw:
            self.write_block(self.heading.sender, self.whole, SENDER)
            self.ln(1.5)
            self.rule(self.whole)
            self.ln(GAP_MM)
        self.write_block(self.heading.title, self.whole, TITLE)
        self.ln(2)

    def footer(self) -> None:
        """Write the number of the page and of the document."""
        page = self.texts.gettext("Page %(page)s of %(pages)s") % {
            "page": self.page_no(),
            "pages": "{nb}",
        }
        self.set_y(-MARGIN_MM + 4)
        self.rule(self.whole)
        self.ln(1.5)
        height = self.height_of(SMALL)
        number = self.broken(self.heading.number, self.epw * 0.7, SMALL)[0]
        self.take(SMALL)
        self.cell(0, height, page)
        self.set_x(MARGIN_MM)
        self.cell(0, height, number, align=Align.R)

    def draw_glyph_note(self) -> None:
        """Say of which characters only the place is shown, if there are any."""
        if self.lacks_a_glyph:
            self.ln(GAP_MM)
            lacking = self.texts.gettext(
                "Characters shown as \N{REPLACEMENT CHARACTER} are not in this document’s typeface;"
                " the invoice’s web page shows them."
            )
            self.write_block(lacking, self.whole, SMALL)


def _draw(paper: Paper, words: InvoiceWords, modules: Modules) -> None:
    paper.add_page()
    paper.draw_heading()
    if words.copy:
        paper.write_block(words.copy, paper.whole, BOLD)
        paper.ln(2.5)
    draw_facts(paper, words.facts)
    paper.ln(GAP_MM / 2)
    draw_parties(paper, (words.seller, words.buyer))
    paper.ln(GAP_MM)
    draw_headline(paper, words.headline)
    paper.ln(GAP_MM)
    rows = [Row(line.description, line.details, line.figures) for line in words.lines]
    Table(paper, words.columns, rows).draw(rows)
    draw_sums(paper, words.totals)
    if words.grounds:
        paper.ln(3)
        draw_notes(paper, words.grounds, PLAIN)
    if words.payment:
        paper.ln(GAP_MM)
        _draw_payment(paper, words, modules)
    if words.notes:
        paper.ln(GAP_MM)
        draw_notes(paper, words.notes)
    paper.draw_glyph_note()


def _draw_payment(paper: Paper, words: InvoiceWords, modules: Modules) -> None:
    if not modules:
        draw_list(paper, words.payment_label, words.payment)
        return
    caption = paper.texts.gettext("SEPA transfer: scan it with your bank’s application.")
    code = Code(modules, caption)
    draw_list_with_code(paper, words.payment_label, words.payment, code)


def texts_of(words: InvoiceWords, number: str) -> Iterator[str]:
    """Yield all that is written by people, who write in any script."""
    yield number
    for party in (words.seller, words.buyer):
        yield party.name
        yield from party.lines
    for fact in (*words.facts, *words.totals, *words.payment):
        yield fact.label + fact.text
    yield from (*words.grounds, *words.notes)
