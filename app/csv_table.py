"""Tables from files: rows below a first line that names the columns, whatever parts the cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.csv_text import COMMA, DELIMITERS, read_rows
from app.errors import InvalidInput

_BYTES_MAX = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: its line in the file, and its cells by their columns, without spaces around them."""

    number: int
    cells: dict[str, str]


def read_table(content: bytes, columns: Sequence[str]) -> list[TableRow]:
    """Return the rows of a file that has these columns, in any order; others are passed over.

    Raises:
        InvalidInput: it is no such table, and why.
    """
    if len(content) > _BYTES_MAX:
        raise InvalidInput("file", "The file has more than 16 MiB. Enter it in parts.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("file", "The file is not UTF-8 text. Save it as CSV UTF-8.") from None
    heading = text.partition("\n")[0]
    delimiter = next((each for each in DELIMITERS if each in heading), COMMA)
    rows = list(_rows(text, delimiter))
    if not rows:
        raise InvalidInput("file", f"The file is empty. {_wanted(columns)}")
    (_, names), *lines = rows
    places = _places(names, columns)
    return [_row(number, row, places, len(names)) for number, row in lines]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from read_rows(text, delimiter)
    except InvalidInput as problem:
        raise InvalidInput("file", problem.message) from None


def _places(names: Sequence[str], columns: Sequence[str]) -> dict[str, int]:
    named = [name.strip().lower() for name in names]
    if missing := [name for name in columns if named.count(name) != 1]:
        raise InvalidInput(
            "file",
            f"The file has no column {', '.join(missing)}, or has it twice. {_wanted(columns)}",
        )
    return {name: named.index(name) for name in columns}


def _row(number: int, row: Sequence[str], places: dict[str, int], width: int) -> TableRow:
    if len(row) != width:
        raise InvalidInput(
            "file", f"Line {number} has {len(row)} cells where the first has {width}."
        )
    return TableRow(number, {name: row[place].strip() for name, place in places.items()})


def _wanted(columns: Sequence[str]) -> str:
    return f"Its first line names the columns {', '.join(columns)}."
