"""CSV as RFC 4180 has it: read strictly, and written so that no spreadsheet runs a text."""

import re
from collections.abc import Iterable, Iterator

from app.errors import InvalidInput

#: What a spreadsheet would run, were it the first character of a cell.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_FIELD = re.compile(r'(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<bare>[^",\r\n]*))(?P<end>,|\r?\n|\Z)')


def read_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    r"""Yield each row that is not blank, with the number of the line that it starts on, from 1.

    Raises:
        InvalidInput: a row is not CSV; the message names its line.

    >>> list(read_rows('user_name\n\n"doe, j.",x'))
    [(1, ['user_name']), (3, ['doe, j.', 'x'])]
    """
    line, row_line, row, position = 1, 1, list[str](), 0
    while position < len(text) or row:
        field = _FIELD.match(text, position)
        if field is None:
            raise InvalidInput(
                "body",
                f"Line {row_line} is not CSV: put a field with quotes or commas between quotes, "
                "and double each quote inside it.",
            )
        row.append(_value(field))
        position = field.end()
        line += field[0].count("\n")
        if field["end"] != ",":
            if row != [""]:
                yield row_line, row
            row_line, row = line, []


def row_text(cells: Iterable[object]) -> str:
    r"""Return one row, ended as RFC 4180 wants it; None is an empty cell.

    A text that a spreadsheet would take for a formula gets a quote mark before it; numbers stay as
    they are.

    >>> print(row_text([-1, "=1+1", "doe, j.", None]).rstrip())
    -1,'=1+1,"doe, j.",
    """
    return ",".join(map(_cell, cells)) + "\r\n"


def _value(field: re.Match[str]) -> str:
    quoted = field["quoted"]
    return field["bare"] if quoted is None else quoted.replace('""', '"')


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA_STARTS):
        text = f"'{text}"
    if any(character in text for character in '",\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
