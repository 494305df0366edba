"""The files of an accountant: what each is called, what it is, and its bytes, a piece at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import Protocol

from app.billing.bookkeeping.archive import archive
from app.billing.bookkeeping.booking import entries_text
from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.deferral import deferral_entry_text, deferred_income
from app.billing.bookkeeping.journal import journal
from app.billing.bookkeeping.sheets import Sheet, sheet_text
from app.billing.bookkeeping.statement import statement_of, statement_sheet
from app.billing.bookkeeping.vat import services_declaration, vat_on_receipts
from app.db.transactions import snapshot
from app.i18n.languages import ENGLISH, Language

_CSV = "text/csv; charset=utf-8; header=present"
_TEXT = "text/plain; charset=utf-8"
_ZIP = "application/zip"

#: More than this is kept on disk until it is sent.
_IN_MEMORY_BYTES = 1_000_000
_PIECE_BYTES = 65_536


class Form(StrEnum):
    """What invoices are exported as."""

    #: The journal of sales, for a spreadsheet.
    CSV = "csv"
    #: Originals and data.
    ZIP = "zip"
    #: Entries in the layout of the FEC.
    FEC = "fec"


class Pieces(Protocol):
    """Bytes, a piece at a time; `close` lets go of what is behind them."""

    def __iter__(self) -> Iterator[bytes]:
        """Return the pieces."""

    def __next__(self) -> bytes:
        """Return the next piece."""

    def close(self) -> None:
        """Let go of what is behind them."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose invoices, of one organization or of all; and the language of tables for people."""

    organization_id: str | None = None
    language: Language = ENGLISH


@dataclass(frozen=True, slots=True)
class BookFile:
    """A file that is sent piece by piece."""

    name: str
    media_type: str
    pieces: Pieces


def export_of(form: Form, days: Days, scope: Scope, *, at: datetime) -> BookFile:
    """Return the invoices of a period as a file.

    Raises:
        AccountsMissing: the seller lacks an account that the entries are booked on.
        EuroRateMissing: an entry is wanted in euros, and no rate is known.
    """
    period = f"{days.first}-{days.last}"
    match form:
        case Form.CSV:
            sheet = journal(days, scope.language, scope.organization_id)
            return _sheet(f"invoices-{period}", sheet, scope)
        case Form.ZIP:
            pieces = archive(days, scope.organization_id, at=at)
            return BookFile(f"invoices-{period}.zip", _ZIP, pieces)
        case Form.FEC:
            return _entries(f"entries-{period}", entries_text(days, scope.organization_id))


def deferred_of(on: date, scope: Scope) -> BookFile:
    """Return the income that is deferred on a day, line by line."""
    return _sheet(f"deferred-income-{on}", deferred_income(on, scope.organization_id), scope)


def deferral_of(on: date, scope: Scope) -> BookFile:
    """Return the entry that defers income on a day. Raises as `export_of`."""
    return _entries(f"deferred-income-{on}", deferral_entry_text(on, scope.organization_id))


def receipts_of(days: Days, scope: Scope) -> BookFile:
    """Return the VAT in what came in. Raises `EuroRateMissing`."""
    sheet = vat_on_receipts(days, scope.language, scope.organization_id)
    return _sheet(f"vat-on-receipts-{days.first}-{days.last}", sheet, scope)


def declaration_of(month: Days, scope: Scope) -> BookFile:
    """Return the declaration of services of a month. Raises `EuroRateMissing`."""
    sheet = services_declaration(month, scope.organization_id)
    return _sheet(f"services-{month.first:%Y-%m}", sheet, scope)


def account_of(organization_id: str, days: Days, language: Language) -> BookFile:
    """Return an organization's statement of account."""
    sheet = statement_sheet(statement_of(organization_id, days), language)
    name = f"statement-{days.first}-{days.last}"
    return _sheet(name, sheet, Scope(organization_id, language))


def _sheet(name: str, sheet: Sheet, scope: Scope) -> BookFile:
    return BookFile(f"{name}.csv", _CSV, _written(sheet_text(sheet, scope.language)))


def _entries(name: str, texts: Iterable[str]) -> BookFile:
    return BookFile(f"{name}.txt", _TEXT, _written(texts))


def _written(texts: Iterable[str]) -> Pieces:
    """Write a file of one consistent state before its first byte is sent, then return its pieces.

    So what is lacking is said instead of a file that breaks off.
    """
    file = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115  # `_Spooled` closes it
    try:
        with snapshot():
            for text in texts:
                file.write(text.encode())
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return _Spooled(file)


class _Spooled:
    """The pieces of a file that is gone once they are read, or closed."""

    def __init__(self, file: SpooledTemporaryFile[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._file.closed or not (piece := self._file.read(_PIECE_BYTES)):
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._file.close()
