"""Entries in the layout of the FEC (livre des procédures fiscales, A47 A-1), for her software.

It is no FEC: that is the accountant's own. No text is defused as for spreadsheets, which would
falsify it; what parts fields and lines is a space instead.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from app.billing.bookkeeping.accounts import AccountRole, Chart
from app.billing.bookkeeping.postings import JOURNALS, JournalEntry, Posting
from app.billing.money import decimal_text

HEADER = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)

_PARTING = re.compile(r"[\t\r\n]+")


def header_text() -> str:
    """Return the first line."""
    return _line(HEADER)


def entry_texts(entries: Iterable[tuple[str, JournalEntry]], chart: Chart) -> Iterator[str]:
    """Yield the lines of entries with their numbers."""
    for number, entry in entries:
        yield "".join(_line(_fields(number, entry, each, chart)) for each in entry.postings)


def _fields(number: str, entry: JournalEntry, posting: Posting, chart: Chart) -> Iterator[str]:
    account = chart[posting.role]
    foreign = entry.currency != "EUR"
    yield from (entry.journal, JOURNALS[entry.journal], number, _day(entry.day))
    yield from (account.number, account.label)
    yield from posting.customer if posting.role is AccountRole.CUSTOMERS else ("", "")
    yield from (entry.piece, _day(entry.piece_on), entry.label)
    yield from (_amount(max(posting.cents, 0)), _amount(max(-posting.cents, 0)))
    yield from ("", "", "")
    yield _amount(abs(posting.minor), entry.currency) if foreign else ""
    yield entry.currency if foreign else ""


def _line(fields: Iterable[str]) -> str:
    return "\t".join(_PARTING.sub(" ", field) for field in fields) + "\r\n"


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"


def _amount(minor: int, currency: str = "EUR") -> str:
    return decimal_text(minor, currency).replace(".", ",")
