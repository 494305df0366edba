"""What documents on paper are made of: facts, parties, tables and sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from fpdf.enums import Align
from fpdf.fonts import FontFace

from app.billing.invoices.facts import Fact
from app.billing.invoices.party_words import PartyWords
from app.billing.invoices.payment_code import Modules
from app.billing.invoices.sheets import (
    BOLD,
    FAINT,
    INK,
    LABEL,
    MARGIN_MM,
    PLAIN,
    SMALL,
    Column,
    Sheets,
    spread,
)

GAP_MM = 7
_GUTTER_MM = 8
_PADDING_MM = 1.6
_FACTS_A_ROW = 3
_LABEL_MM = 34
_CODE_MM = 30
_BLACK = (0, 0, 0)
_HEADLINE = FontFace(size_pt=14, emphasis="BOLD")
_SUM = FontFace(size_pt=11, emphasis="BOLD")
_FIGURE_MIN_MM = (0, 14, 24, 14, 26)


@dataclass(frozen=True, slots=True)
class Code:
    """A code to scan: rows of modules, of which True is dark, and what stands below it."""

    modules: Modules
    caption: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its first cell with details below it, and its figures."""

    first: str
    details: tuple[str, ...]
    figures: tuple[str, ...]


def draw_facts(sheets: Sheets, facts: Iterable[Fact]) -> None:
    """Write short facts side by side, each below its label, then long ones one below another."""
    width = (sheets.epw - (_FACTS_A_ROW - 1) * _GUTTER_MM) / _FACTS_A_ROW
    columns = [
        Column(MARGIN_MM + index * (width + _GUTTER_MM), width) for index in range(_FACTS_A_ROW)
    ]
    short: list[Fact] = []
    wide: list[Fact] = []
    for fact in facts:
        (wide if _is_wide(sheets, fact, width) else short).append(fact)
    for start in range(0, len(short), _FACTS_A_ROW):
        _draw_row(sheets, short[start : start + _FACTS_A_ROW], columns)
    for fact in wide:
        _draw_row(sheets, [fact], [sheets.whole])


def _is_wide(sheets: Sheets, fact: Fact, width: float) -> bool:
    return sheets.width_of(fact.text) > width or sheets.width_of(fact.label, SMALL) > width


def _draw_row(sheets: Sheets, facts: Sequence[Fact], columns: Sequence[Column]) -> None:
    sheets.make_room(sheets.height_of(SMALL) + sheets.height_of(PLAIN))
    top = sheets.y
    for fact, column in zip(facts, columns, strict=False):
        sheets.set_y(top)
        sheets.write_block(fact.label, column, SMALL)
        sheets.write_block(fact.text, column, PLAIN)
    sheets.ln(2.5)


def draw_parties(sheets: Sheets, parties: Sequence[PartyWords]) -> None:
    """Write parties side by side; below each other where one would not fit on the page."""
    width = (sheets.epw - _GUTTER_MM) / len(parties)
    blocks = [_party_lines(sheets, party, width) for party in parties]
    height = max(sum(sheets.height_of(face) for _, face in block) for block in blocks)
    if height > (sheets.h - 2 * MARGIN_MM) / 2:
        for party in parties:
            for text, face in _texts(party):
                sheets.write_block(text, sheets.whole, face)
            sheets.ln(GAP_MM / 2)
        return
    sheets.make_room(height)
    top = sheets.y
    for index, block in enumerate(blocks):
        sheets.set_y(top)
        column = Column(MARGIN_MM + index * (width + _GUTTER_MM), width)
        for line, face in block:
            sheets.write_line(line, column, face)
    sheets.set_y(top + height)


def _party_lines(sheets: Sheets, party: PartyWords, width: float) -> list[tuple[str, FontFace]]:
    return [
        (line, face) for text, face in _texts(party) for line in sheets.broken(text, width, face)
    ]


def _texts(party: PartyWords) -> list[tuple[str, FontFace]]:
    name = [(party.name, BOLD)] if party.name else []
    return [(party.label, SMALL), *name, *((line, PLAIN) for line in party.lines)]


def draw_headline(sheets: Sheets, text: str) -> None:
    """Write the one sentence that matters, on a shade of its own."""
    column = Column(MARGIN_MM + 4, sheets.epw - 8)
    lines = sheets.broken(text, column.width, _HEADLINE)
    height = len(lines) * sheets.height_of(_HEADLINE) + 5
    sheets.make_room(height)
    top = sheets.y
    sheets.rect(MARGIN_MM, top, sheets.epw, height, style="F")
    sheets.set_y(top + 2.5)
    for line in lines:
        sheets.write_line(line, column, _HEADLINE)
    sheets.set_y(top + height)


class Table:
    """A table whose head stands on every page that it takes, and none of whose rows is parted."""

    def __init__(self, sheets: Sheets, headings: Sequence[str], rows: Sequence[Row]) -> None:
        """Lay out columns that are wide enough for their figures."""
        self.sheets, self.headings = sheets, headings
        self.plain, self.columns = self._laid_out(headings, rows)

    def draw(self, rows: Iterable[Row]) -> None:
        """Write the table from here down."""
        self._draw_head(1)
        for row in rows:
            self._draw(row)

    def _laid_out(
        self, headings: Sequence[str], rows: Sequence[Row]
    ) -> tuple[FontFace, list[Column]]:
        """Return the size of figures and the columns; very long figures are written smaller."""
        sheets, count = self.sheets, len(headings)
        minimum = _FIGURE_MIN_MM[-count + 1 :] if count > 1 else ()
        figures = zip(*(row.figures for row in rows), strict=True)
        longest = [max(column, key=len) for column in figures]
        widths = [
            max(least, sheets.width_of(text, PLAIN) + 4)
            for least, text in zip(minimum, longest, strict=True)
        ]
        room = sheets.epw * 0.64
        scale = min(1.0, room / sum(widths))
        face = PLAIN.replace(size_pt=(PLAIN.size_pt or 0) * scale)
        widths = [width * scale for width in widths]
        return face, spread(sheets, [sheets.epw - sum(widths), *widths])

    def _draw_head(self, rows_mm: float) -> None:
        sheets = self.sheets
        cells = [
            sheets.broken(heading, column.width - (3 if index else 0), LABEL)
            for index, (heading, column) in enumerate(zip(self.headings, self.columns, strict=True))
        ]
        height = max(map(len, cells)) * sheets.height_of(LABEL)
        sheets.make_room(height + 2 * _PADDING_MM + rows_mm)
        bottom = sheets.y + height + _PADDING_MM
        for lines, column in zip(cells, self.columns, strict=True):
            sheets.set_y(bottom - len(lines) * sheets.height_of(LABEL))
            for line in lines:
                sheets.write_line(line, column, LABEL)
        sheets.set_y(bottom + _PADDING_MM)
        with sheets.local_context(draw_color=INK, line_width=0.3):
            sheets.rule(sheets.whole)

    def _draw(self, row: Row) -> None:
        sheets, first = self.sheets, self.columns[0]
        width = first.width - 4
        texts = [
            (row.first, BOLD if row.details else PLAIN),
            *((text, SMALL) for text in row.details),
        ]
        lines = [(line, face) for text, face in texts for line in sheets.broken(text, width, face)]
        height = sum(sheets.height_of(face) for _, face in lines)
        self._make_room(height + 2 * _PADDING_MM)
        top = sheets.y + _PADDING_MM
        sheets.set_y(top)
        for line, face in lines:
            sheets.write_line(line, Column(first.left, width), face)
        for text, column in zip(row.figures, self.columns[1:], strict=True):
            sheets.set_y(top)
            sheets.write_line(sheets.printable(text), column, self.plain)
        sheets.set_y(top + height + _PADDING_MM)
        sheets.rule(sheets.whole)

    def _make_room(self, height: float) -> None:
        page = self.sheets.page
        self.sheets.make_room(height)
        if self.sheets.page != page:
            self._draw_head(height)


def draw_sums(sheets: Sheets, sums: Sequence[Fact]) -> None:
    """Write sums below a table, on one page: the last is what all comes to."""
    amount_mm = max(sheets.width_of(fact.text, _SUM) for fact in sums) + 6
    label = Column(MARGIN_MM, sheets.epw - amount_mm, Align.R)
    amount = Column(sheets.w - MARGIN_MM - amount_mm, amount_mm, Align.R)
    faces = [*(PLAIN for _ in sums[:-1]), _SUM]
    labels = [
        sheets.broken(fact.label, label.width, face) for fact, face in zip(sums, faces, strict=True)
    ]
    rows = [
        len(lines) * sheets.height_of(face) + 0.8 for lines, face in zip(labels, faces, strict=True)
    ]
    sheets.make_room(sum(rows) + 6)
    sheets.ln(2)
    for fact, lines, face in zip(sums, labels, faces, strict=True):
        if face is _SUM:
            sheets.ln(1)
            sheets.rule(Column(sheets.w / 2, sheets.w / 2 - MARGIN_MM))
            sheets.ln(1.5)
        top = sheets.y
        for line in lines:
            sheets.write_line(line, label, face)
        bottom = sheets.y
        sheets.set_y(top)
        sheets.write_line(sheets.printable(fact.text), amount, face)
        sheets.set_y(max(bottom, sheets.y) + 0.8)


def draw_list(sheets: Sheets, heading: str, facts: Sequence[Fact], *, beside_mm: float = 0) -> None:
    """Write facts below a heading, each beside its label; what is short stays on one page.

    To the right of them so much stays free.
    """
    line_mm = sheets.height_of(PLAIN)
    value = Column(MARGIN_MM + _LABEL_MM, sheets.epw - _LABEL_MM - beside_mm)
    sheets.make_room(min((len(facts) + 1) * line_mm, sheets.h / 2))
    sheets.write_block(heading, Column(MARGIN_MM, sheets.epw - beside_mm), BOLD)
    for fact in facts:
        sheets.make_room(line_mm)
        top = sheets.y
        sheets.write_block(fact.label, Column(MARGIN_MM, _LABEL_MM - 2), FAINT)
        sheets.set_y(top)
        sheets.write_block(fact.text, value, PLAIN)


def draw_list_with_code(sheets: Sheets, heading: str, facts: Sequence[Fact], code: Code) -> None:
    """Write facts as `draw_list` does, with a code to scan at their right."""
    column = Column(sheets.w - MARGIN_MM - _CODE_MM, _CODE_MM)
    caption = sheets.broken(code.caption, column.width, SMALL)
    height = _CODE_MM + 1 + len(caption) * sheets.height_of(SMALL)
    sheets.make_room(height)
    top, page = sheets.y, sheets.page
    draw_list(sheets, heading, facts, beside_mm=_CODE_MM + _GUTTER_MM)
    bottom = sheets.y
    if sheets.page == page:
        sheets.set_y(top)
    else:
        sheets.make_room(height)
    _draw_modules(sheets, code.modules, column)
    sheets.set_y(sheets.y + _CODE_MM + 1)
    for line in caption:
        sheets.write_line(line, column, SMALL)
    if sheets.page == page:
        sheets.set_y(max(sheets.y, bottom))


def _draw_modules(sheets: Sheets, modules: Modules, column: Column) -> None:
    """Draw dark modules from here down, those side by side as one."""
    side = column.width / len(modules)
    with sheets.local_context(fill_color=_BLACK):
        for row, line in enumerate(modules):
            index = 0
            for dark, run in groupby(line):
                count = len(list(run))
                if dark:
                    left, top = column.left + index * side, sheets.y + row * side
                    sheets.rect(left, top, count * side, side, style="F")
                index += count


def draw_notes(sheets: Sheets, notes: Iterable[str], face: FontFace = SMALL) -> None:
    """Write sentences below each other."""
    for note in notes:
        sheets.write_block(note, sheets.whole, face)
        sheets.ln(0.8)
