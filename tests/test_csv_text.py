import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.csv_text import read_rows, row_text
from app.errors import InvalidInput

cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
rows = st.lists(st.lists(cells, min_size=1, max_size=4), max_size=4)


def written(table) -> str:
    return "".join(map(row_text, table))


@given(rows)
def test_what_is_written_is_read_by_anybody_who_knows_csv(table):
    text = written(table)

    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))

    assert [row or [""] for row in read] == [list(map(_quoted, row)) for row in table]


@given(rows)
def test_what_others_write_is_read(table):
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(table)

    read = [row for _, row in read_rows(file.getvalue())]

    assert read == [row for row in table if row != [""]]


@given(cells)
def test_no_cell_begins_as_a_formula(cell):
    (row,) = csv.reader(io.StringIO(row_text([cell, "end"]), newline=""))

    assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_are_no_formulas():
    assert row_text([-3]) == "-3\r\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a\n"b', 2),
        ('a\nb\n"c"d\n', 3),
        ('a\nb"c\n', 2),
        ('"a\n\nb"\n"c', 4),
        ("a\n\nb\rc", 3),
    ],
)
def test_a_broken_row_is_refused_by_the_line_that_it_starts_on(text, line):
    with pytest.raises(InvalidInput, match=f"Line {line} is not CSV"):
        list(read_rows(text))


def _quoted(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
