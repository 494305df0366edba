"""CSV as RFC 4180 has it: read strictly, and written so that no spreadsheet runs a text.

Spreadsheets part cells by semicolons or tabs as well, by the language of the machine.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.errors import InvalidInput

#: What a spreadsheet would run, were it the first character of a cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

COMMA = ","

#: What parts the cells of a row; where either could, the one that stands first here.
DELIMITERS = ("\t", ";", COMMA)


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How the spreadsheets of a language want a file: what parts cells, and a number's decimals."""

    delimiter: str = COMMA
    decimal_mark: str = "."
    #: What the file begins with; without it Excel takes UTF-8 for something else.
    opening: str = ""


PLAIN = CsvStyle()

#: French spreadsheets take a comma for the mark of the decimals.
_STYLES = {"fr": CsvStyle(";", ",", "\N{ZERO WIDTH NO-BREAK SPACE}")}


def style_of(language: str) -> CsvStyle:
    """Return how people of a language want their files.

    >>> style_of("fr").delimiter, style_of("en").delimiter
    (';', ',')
    """
    return _STYLES.get(language, PLAIN)


_FIELDS = {
    delimiter: re.compile(
        rf'(?: *"(?P<quoted>(?:[^"]|"")*)" *|(?P<bare>[^"{delimiter}\r\n]*))'
        rf"(?P<end>{delimiter}|\r?\n|\Z)"
    )
    for delimiter in DELIMITERS
}


def read_rows(text: str, delimiter: str = COMMA) -> Iterator[tuple[int, list[str]]]:
    r"""Yield each row that is not blank, with the number of the line that it starts on, from 1.

    Raises:
        InvalidInput: a row is not CSV; the message names its line.

    >>> list(read_rows('user_name\n\n"doe, j.",x'))
    [(1, ['user_name']), (3, ['doe, j.', 'x'])]
    """
    line, row_line, row, position = 1, 1, list[str](), 0
    while position < len(text) or row:
        field = _FIELDS[delimiter].match(text, position)
        if field is None:
            raise InvalidInput(
                "body",
                f"Line {row_line} is not CSV: put a field with quotes or delimiters between "
                "quotes, and double each quote inside it.",
            )
        row.append(_value(field))
        position = field.end()
        line += field[0].count("\n")
        if field["end"] != delimiter:
            if row != [""]:
                yield row_line, row
            row_line, row = line, []


def row_text(cells: Iterable[object], style: CsvStyle = PLAIN) -> str:
    r"""Return one row, ended as RFC 4180 wants it; None is an empty cell.

    A text that a spreadsheet would take for a formula gets a quote mark before it; numbers stay as
    they are, but for their decimal mark.

    >>> print(row_text([-1, "=1+1", "doe, j.", None]).rstrip())
    -1,'=1+1,"doe, j.",
    >>> print(row_text([Decimal("-1.50"), "doe, j."], style_of("fr")).rstrip())
    -1,50;doe, j.
    """
    return style.delimiter.join(_cell(cell, style) for cell in cells) + "\r\n"


def _value(field: re.Match[str]) -> str:
    quoted = field["quoted"]
    return field["bare"] if quoted is None else quoted.replace('""', '"')


def _cell(value: object, style: CsvStyle) -> str:
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, Decimal):
        text = f"{value:f}".replace(".", style.decimal_mark)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        text = f"'{text}"
    if any(character in text for character in f'"\r\n{style.delimiter}'):
        return '"' + text.replace('"', '""') + '"'
    return text
