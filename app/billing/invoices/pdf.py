"""An invoice as a PDF of A4 pages; the same invoice gives the same bytes."""

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import cast
from unicodedata import category, normalize

from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout, TextEmphasis, VAlign, XPos, YPos
from fpdf.fonts import FontFace, TTFFont
from ttf_opensans import (  # type: ignore[import-untyped]  # The package has no types.
    OPENSANS_REGULAR,
    OPENSANS_SEMIBOLD,
)

from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.wording import Fact, InvoiceWords, LineWords, PartyWords, invoice_words
from app.i18n.catalogues import translations

_FAMILY = "opensans"
_INK, _GREY, _RULE = (31, 35, 40), (89, 99, 110), (209, 217, 224)
_PLAIN = FontFace(size_pt=9.5, emphasis=TextEmphasis.NONE)
_BOLD = FontFace(size_pt=9.5, emphasis="BOLD")
_FAINT = FontFace(size_pt=9.5, emphasis=TextEmphasis.NONE, color=_GREY)
_SMALL = FontFace(size_pt=8, emphasis=TextEmphasis.NONE, color=_GREY)
_TITLE = FontFace(size_pt=22, emphasis="BOLD")
_HEADLINE = FontFace(size_pt=14, emphasis="BOLD")
_MARGIN_MM, _GUTTER_MM, _GAP_MM, _LABEL_MM, _LINE_MM = 20, 10, 8, 38, 5
_COLUMNS_MM = (82, 14, 26, 16, 32)

_SPACES = str.maketrans({"\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}"})
_MISSING_GLYPH = "\N{REPLACEMENT CHARACTER}"


def invoice_pdf(document: InvoiceDocument) -> bytes:
    """Return the invoice as a PDF, in the invoice's language.

    The embedded typeface has the Latin, Greek and Cyrillic scripts. A character that it lacks is
    shown as a replacement character, and the document says so.
    """
    pdf = _InvoicePdf(document)
    pdf.draw(invoice_words(document))
    return bytes(pdf.output())


class _InvoicePdf(FPDF):
    def __init__(self, document: InvoiceDocument) -> None:
        super().__init__(format="A4")
        self.number, self.texts = document.number, translations(document.language)
        self.lacks_a_glyph = False
        self.set_lang(document.language)
        self.set_creation_date(datetime.combine(document.issued_on, time.min, UTC))
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=_MARGIN_MM)
        self.c_margin = 0
        self.add_font(_FAMILY, "", OPENSANS_REGULAR.path)
        self.add_font(_FAMILY, "B", OPENSANS_SEMIBOLD.path)
        self.set_font(_FAMILY)
        self.set_text_color(_INK)
        self.set_draw_color(_RULE)

    def draw(self, words: InvoiceWords) -> None:
        self.set_title(f"{words.title} {self.number}")
        self.set_author(words.seller.name)
        self.add_page()
        self._text(words.title, _TITLE)
        self.ln(_GAP_MM / 2)
        self._facts(words.facts)
        self.ln(_GAP_MM)
        self._parties(words.seller, words.buyer)
        self.ln(_GAP_MM)
        self._text(words.headline, _HEADLINE)
        self.ln(_GAP_MM / 2)
        self._lines(words.columns, words.lines)
        self._totals(words.totals)
        self._closing(words)

    def footer(self) -> None:
        page = self.texts.gettext("Page %(page)s of %(pages)s") % {
            "page": self.page_no(),
            "pages": "{nb}",
        }
        self.set_y(-_MARGIN_MM + _LINE_MM)
        with self.use_font_face(_SMALL):
            self.cell(0, _LINE_MM, page)
            self.set_x(_MARGIN_MM)
            self.cell(0, _LINE_MM, self._printable(self.number), align=Align.R)

    def _parties(self, *parties: PartyWords) -> None:
        top, bottom = self.y, self.y
        width = (self.epw - _GUTTER_MM) / len(parties)
        for index, party in enumerate(parties):
            left = _MARGIN_MM + index * (width + _GUTTER_MM)
            self.set_y(top)
            self._text(party.label, _FAINT, left=left, width=width)
            if party.name:
                self._text(party.name, _BOLD, left=left, width=width)
            for line in party.lines:
                self._text(line, left=left, width=width)
            bottom = max(bottom, self.y)
        self.set_y(bottom)

    def _lines(self, columns: tuple[str, ...], lines: Iterable[LineWords]) -> None:
        with (
            self.use_font_face(_PLAIN),
            self.table(
                col_widths=_COLUMNS_MM,
                borders_layout=TableBordersLayout.HORIZONTAL_LINES,
                headings_style=FontFace(size_pt=8, emphasis="BOLD", color=_GREY),
                text_align=(Align.L, *[Align.R] * (len(columns) - 1)),
                v_align=VAlign.T,
                line_height=_LINE_MM,
                padding=(1.5, 0),
                markdown=True,  # for the bold description above its details
            ) as table,
        ):
            table.row(columns)
            for line in lines:
                details = "\n".join((f"**{line.description}**", *line.details))
                table.row([self._printable(text) for text in (details, *line.figures)])

    def _totals(self, totals: tuple[Fact, ...]) -> None:
        row_mm, amount_mm = _LINE_MM + 1, _COLUMNS_MM[-1]
        self._keep_together((len(totals) + 1) * row_mm)
        self.line(_MARGIN_MM, self.y, self.w - _MARGIN_MM, self.y)
        self.ln(1.5)
        for total in totals:
            face = _BOLD if total is totals[-1] else _PLAIN
            with self.use_font_face(face):
                for width, text in ((self.epw - amount_mm, total.label), (amount_mm, total.text)):
                    self.cell(width, row_mm, self._printable(text), align=Align.R)
            self.ln()

    def _closing(self, words: InvoiceWords) -> None:
        if words.payment:
            self._heading(words.payment_label, rows=len(words.payment))
            self._facts(words.payment)
        for note in words.notes:
            self.ln(_GAP_MM)
            self._text(note)
        if self.lacks_a_glyph:
            self.ln(_GAP_MM)
            lacking = self.texts.gettext(
                "Characters shown as \N{REPLACEMENT CHARACTER} are not in this document’s typeface;"
                " the invoice’s web page shows them."
            )
            self._text(lacking, _SMALL)

    def _heading(self, text: str, *, rows: int) -> None:
        self.ln(_GAP_MM)
        self._keep_together((rows + 1) * _LINE_MM)
        self._text(text, _BOLD)

    def _keep_together(self, height: float) -> None:
        if self.will_page_break(height):
            self.add_page()

    def _facts(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._text(fact.label, _FAINT, width=_LABEL_MM)
            self.set_y(self.y - _LINE_MM)
            self._text(fact.text, left=_MARGIN_MM + _LABEL_MM)

    def _text(
        self, text: str, face: FontFace = _PLAIN, *, left: float = _MARGIN_MM, width: float = 0
    ) -> None:
        with self.use_font_face(face):
            self.set_x(left)
            self.multi_cell(
                width,
                max(_LINE_MM, self.font_size * 1.3),
                self._printable(text),
                align=Align.L,
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )

    def _printable(self, text: str) -> str:
        """Replace the characters of `text` that have no glyph, and remember if there was one."""
        glyphs = cast(TTFFont, self.fonts[_FAMILY]).cmap
        composed = normalize("NFC", text).translate(_SPACES)
        shown = "".join(
            character if character == "\n" or ord(character) in glyphs else _MISSING_GLYPH
            for character in composed
            # Format characters, such as direction marks and joiners, have no shape of their own.
            if category(character) != "Cf"
        )
        self.lacks_a_glyph |= _MISSING_GLYPH in shown
        return shown
