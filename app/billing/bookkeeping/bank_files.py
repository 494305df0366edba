"""Payments from a file: a bank's statement as a table, each of whose lines is entered once."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.invoices.payments import Receipt, record_payment
from app.billing.money import minor_units
from app.csv_table import read_table
from app.errors import DomainError, InvalidInput
from app.models import Invoice

#: The columns that a file must have, in any order; others are passed over.
COLUMNS = ("date", "amount", "reference", "invoice")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

#: What parts thousands, on screens and in banks' files.
_SPACES = re.compile("[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of the bank's statement, as it was written; `number` is its line in the file."""

    number: int
    date: str
    amount: str
    reference: str
    invoice: str


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a line: a payment, one that there was before, or why it was not entered."""

    line: StatementLine
    payment_id: str | None = None
    repeated: bool = False
    problem: str = ""


def read_bank_file(content: bytes) -> list[StatementLine]:
    """Return the lines of a file of payments.

    Raises:
        InvalidInput: it is no such table, and why.
    """
    return [StatementLine(row.number, **row.cells) for row in read_table(content, COLUMNS)]


def enter_lines(lines: Sequence[StatementLine], *, at: datetime) -> Iterator[Entered]:
    """Enter each line as a payment of its invoice, and yield what became of it, in its order.

    A line that cannot be entered keeps none of the others from it. One that was entered before
    counts once, so that a file can be given again.
    """
    for line in lines:
        try:
            yield _enter(line, at)
        except DomainError as problem:
            yield Entered(line, problem=str(problem))


def _enter(line: StatementLine, at: datetime) -> Entered:
    if not line.invoice:
        raise InvalidInput("invoice", "It names no invoice.")
    found = list(Invoice.select().where(Invoice.number == line.invoice).limit(2))
    if len(found) != 1:
        raise InvalidInput("invoice", f"There is no invoice {line.invoice}.")
    (invoice,) = found
    amount_minor = minor_units(_plain(line.amount), invoice.currency)
    receipt = Receipt(amount_minor, _day(line.date), line.reference)
    context = acting(operator_for(invoice.organization_id), at=at)
    entry = record_payment(context, invoice.id, receipt)
    return Entered(line, entry.payment.id, entry.repeated)


def _plain(amount: str) -> str:
    """Return an amount with a point, as money is read; a comma marks decimals, too.

    >>> _plain("1 234,50"), _plain("12.00")
    ('1234.50', '12.00')
    """
    text = _SPACES.sub("", amount)
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidInput("date", f"{text!r} is not a day; give one such as 2026-03-01.")
