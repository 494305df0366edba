"""Sheets of paper: text in columns over as many pages as it takes, in any script.

Whatever is written stays inside its column and above the footer, however long it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Self, cast
from unicodedata import bidirectional, category, normalize

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, TextEmphasis, XPos, YPos
from fpdf.fonts import FontFace, TTFFont
from ttf_opensans import (  # type: ignore[import-untyped]  # The package has no types.
    OPENSANS_REGULAR,
    OPENSANS_SEMIBOLD,
)

from app.billing.invoices.typefaces import typefaces_for

INK, GREY, RULE, SHADE = (31, 35, 40), (89, 99, 110), (209, 217, 224), (244, 246, 248)
PLAIN = FontFace(size_pt=9.5, emphasis=TextEmphasis.NONE)
BOLD = FontFace(size_pt=9.5, emphasis="BOLD")
FAINT = FontFace(size_pt=9.5, emphasis=TextEmphasis.NONE, color=GREY)
SMALL = FontFace(size_pt=8, emphasis=TextEmphasis.NONE, color=GREY)
LABEL = FontFace(size_pt=8, emphasis="BOLD", color=GREY)
MARGIN_MM = 20

_FAMILY = "opensans"
_LEADING = 1.42
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_SPACES = str.maketrans({"\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}", "\t": " "})
_MISSING_GLYPH = "\N{REPLACEMENT CHARACTER}"

#: A text, the width of its column, and the size and emphasis of its face.
_Broken = tuple[str, float, float | None, TextEmphasis | None]


@dataclass(frozen=True, slots=True)
class Column:
    """Where a text stands: from the page's left edge, so wide, at either side.

    Units: millimetres.
    """

    left: float
    width: float
    align: Align = Align.L


class Sheets(FPDF):
    """A document of pages in one language; the same calls on one day give the same bytes."""

    def __init__(self, *, size: str, language: str, made_on: date, compliance: str | None) -> None:
        """Begin a document, without a page; `size` is `A4` or `letter`."""
        super().__init__(format=size, enforce_compliance=compliance)
        self.lacks_a_glyph = False
        self._glyphs: set[int] = set()
        self._others: dict[str, str] = {}
        #: Texts in lines; an invoice of many lines says the same again and again.
        self._broken: dict[_Broken, list[str]] = {}
        self.set_lang(language)
        self.set_creation_date(datetime.combine(made_on, time.min, UTC))
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(auto=False, margin=MARGIN_MM)
        self.c_margin = 0
        self.add_font(_FAMILY, "", OPENSANS_REGULAR.path)
        self.add_font(_FAMILY, "B", OPENSANS_SEMIBOLD.path)
        self.set_font(_FAMILY)
        self.set_text_color(INK)
        self.set_draw_color(RULE)
        self.set_fill_color(SHADE)
        self._glyphs.update(cast(TTFFont, self.fonts[_FAMILY]).cmap)

    def __enter__(self) -> Self:
        """Hold the files of typefaces open, which texts are measured by."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them, also where the document was not made."""
        for font in self.fonts.values():
            cast(TTFFont, font).close()

    def borrow_typefaces(self, text: str) -> None:
        """Take from the machine's fonts what the own one lacks of a text."""
        lacking = frozenset(one for one in self._composed(text) if not self._is_printed(one))
        borrowed = typefaces_for(lacking) if lacking else ()
        for number, typeface in enumerate(borrowed):
            family = f"borrowed{number}"
            self.add_font(family, "", str(typeface.path), collection_font_number=typeface.index)
            self._others.update(dict.fromkeys(typeface.characters, family))

    def get_fallback_font(self, char: str, style: str = "") -> str | None:  # noqa: ARG002  # fpdf's
        """Return the borrowed font that has a character."""
        return self._others.get(char)

    @property
    def whole(self) -> Column:
        """The column between the margins."""
        return Column(self.l_margin, self.epw)

    def write_block(self, text: str, column: Column, face: FontFace = PLAIN) -> None:
        """Write a text from here down, over the pages that it takes."""
        for line in self.broken(text, column.width, face):
            self.make_room(self.height_of(face))
            self.write_line(line, column, face)

    def write_line(self, line: str, column: Column, face: FontFace = PLAIN) -> None:
        """Write one line, of `broken` ones, and go below it."""
        height = self.height_of(face)
        self.take(face)
        with self._shaped(line):
            self.set_x(column.left)
            self.cell(
                column.width,
                height,
                line,
                align=column.align,
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
            )

    def broken(self, text: str, width: float, face: FontFace = PLAIN) -> list[str]:
        """Return a text in lines that are not wider than a column."""
        key = (text, width, face.size_pt, face.emphasis)
        if key not in self._broken:
            self.take(face)
            self._broken[key] = self._break(self.printable(text), width)
        return self._broken[key]

    def _break(self, shown: str, width: float) -> list[str]:
        if self.get_string_width(shown) <= width:
            return [shown]
        if _is_right_to_left(shown):
            return list(self._broken_words(shown, width))
        return cast(
            list[str],
            self.multi_cell(width, text=shown, dry_run=True, output=MethodReturnValue.LINES),
        )

    def width_of(self, text: str, face: FontFace = PLAIN) -> float:
        """Return how wide a text is on one line."""
        self.take(face)
        return self.get_string_width(self.printable(text))

    def take(self, face: FontFace) -> None:
        """Write in a face from here on, until another is taken."""
        self.set_font(_FAMILY, "B" if face.emphasis else "", face.size_pt or 0)
        self.set_text_color(face.color or INK)

    def height_of(self, face: FontFace) -> float:
        """Return the height of a line."""
        return float((face.size_pt or 0) / self.k * _LEADING)

    def make_room(self, height: float) -> None:
        """Begin a page unless this one has so much room left."""
        if self.y + height > self.h - MARGIN_MM and self.y > MARGIN_MM:
            self.add_page()

    def rule(self, column: Column) -> None:
        """Draw a line."""
        self.line(column.left, self.y, column.left + column.width, self.y)

    def printable(self, text: str) -> str:
        """Replace the characters that have no glyph, and remember if there was one."""
        if text.isascii() and text.isprintable():
            return text
        shown = "".join(
            one if self._is_printed(one) else _MISSING_GLYPH for one in self._composed(text)
        )
        self.lacks_a_glyph |= _MISSING_GLYPH in shown
        return shown

    def _is_printed(self, character: str) -> bool:
        return ord(character) in self._glyphs or character in self._others

    @staticmethod
    def _composed(text: str) -> str:
        """Return a text composed, on one line; format characters have no shape of their own."""
        one_line = " ".join(normalize("NFC", text).translate(_SPACES).splitlines())
        return "".join(one for one in one_line if category(one) not in {"Cf", "Cc"})

    @contextmanager
    def _shaped(self, line: str) -> Iterator[None]:
        """Let letters join, and stand in the order of their script, where the own font has none."""
        joins = not line.isascii() and (
            _is_right_to_left(line) or any(one in self._others for one in line)
        )
        if joins:
            self.set_text_shaping(use_shaping_engine=True)
        yield
        self.text_shaping = None

    def _broken_words(self, text: str, width: float) -> Iterator[str]:
        """Yield lines of words in the order in which they are read, not in that of the eye."""
        line, taken = "", 0.0
        for word in self._short_words(text, width):
            needed = self.get_string_width(word)
            if line and taken + needed > width:
                yield line.rstrip()
                line, taken = "", 0.0
            line, taken = line + word, taken + needed
        yield line.rstrip()

    def _short_words(self, text: str, width: float) -> Iterator[str]:
        """Yield the words with the spaces behind them; one wider than a line in its letters."""
        for word in text.split(" "):
            if self.get_string_width(word) > width:
                yield from word
                yield " "
            else:
                yield f"{word} "


def _is_right_to_left(text: str) -> bool:
    return any(bidirectional(one) in _RIGHT_TO_LEFT for one in text)


def spread(sheets: Sheets, widths: Sequence[float]) -> list[Column]:
    """Return columns side by side: the first one from the left, the others at their right edge."""
    columns, left = [], sheets.l_margin
    for index, width in enumerate(widths):
        columns.append(Column(left, width, Align.R if index else Align.L))
        left += width
    return columns
