"""Tables for people's spreadsheets, in their language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.csv_text import row_text, style_of
from app.currencies import major_units
from app.i18n.catalogues import translations
from app.i18n.languages import Language


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a cell. Units: the currency's minor unit."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: what its columns are called, in English, and its rows.

    A cell is an `Amount`, a number, a day, or a text that is shown as it is.
    """

    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def sheet_text(sheet: Sheet, language: Language) -> Iterator[str]:
    """Yield a table as CSV, as the spreadsheets of a language read it."""
    texts, style = translations(language), style_of(language)
    yield style.opening + row_text([texts.gettext(name) for name in sheet.columns], style)
    for row in sheet.rows:
        yield row_text([_cell(cell) for cell in row], style)


def percent(basis_points: int) -> Decimal:
    """Return a rate in percent, as a number.

    >>> str(percent(550))
    '5.5'
    """
    return Decimal(f"{Decimal(basis_points) / 100:f}")


def _cell(cell: object) -> object:
    match cell:
        case Amount(minor, currency):
            return major_units(minor, currency)
        case date():
            return cell.isoformat()
        case _:
            return cell
