"""Statuses from a platform's file: how far invoices are, each line once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.access.context import acting
from app.access.principal import operator_for
from app.billing.invoices.hand_over import HandOver, Status
from app.billing.invoices.handing_over import record_status
from app.csv_table import TableRow, read_table
from app.errors import DomainError, InvalidInput
from app.models import Invoice
from app.text import optional_line

#: The columns that a file must have, in any order; others are passed over.
COLUMNS = ("invoice", "status", "at", "reason")

#: What platforms call the states, by the codes of the French reform or by a word.
_STATES = {
    "200": HandOver.DEPOSITED,
    "213": HandOver.REJECTED,
    "210": HandOver.REFUSED,
    **{state.value: state for state in (HandOver.DEPOSITED, HandOver.REJECTED, HandOver.REFUSED)},
}


class Outcome(StrEnum):
    """What became of a line."""

    ENTERED = "entered"
    ALREADY_KNOWN = "already_known"
    #: A status of the reform that says nothing of these states, such as 202.
    PASSED_OVER = "passed_over"
    NOT_ENTERED = "not_entered"


@dataclass(frozen=True, slots=True)
class Noted:
    """A line of the file and what became of it; the problem is "" unless it was not entered."""

    row: TableRow
    outcome: Outcome
    problem: str = ""


def read_status_file(content: bytes) -> list[TableRow]:
    """Return the lines of a file of statuses.

    Raises:
        InvalidInput: it is no such table, and why.
    """
    return read_table(content, COLUMNS)


def enter_statuses(rows: Sequence[TableRow], *, at: datetime) -> Iterator[Noted]:
    """Record each line's status, and yield what became of it, in the order of the file.

    A line that cannot be entered keeps none of the others from it, and one that is known counts
    once, so that a file can be given again.
    """
    for row in rows:
        try:
            yield Noted(row, _enter(row.cells, at))
        except DomainError as problem:
            yield Noted(row, Outcome.NOT_ENTERED, str(problem))


def _enter(cells: dict[str, str], at: datetime) -> Outcome:
    invoice = _invoice(cells["invoice"])
    given = cells["status"].lower()
    if given not in _STATES:
        return _passed_over(given)
    status = Status(
        _STATES[given], _instant(cells["at"]), optional_line("reason", cells["reason"]) or ""
    )
    context = acting(operator_for(invoice.organization_id), at=at)
    known = record_status(context, invoice.id, status)
    return Outcome.ALREADY_KNOWN if known else Outcome.ENTERED


def _invoice(number: str) -> Invoice:
    if not number:
        raise InvalidInput("invoice", "It names no invoice.")
    found: Invoice | None = Invoice.get_or_none(Invoice.number == number)
    if found is None:
        raise InvalidInput("invoice", f"There is no invoice {number}.")
    return found


def _passed_over(given: str) -> Outcome:
    """Pass over another status of the reform; their codes have three digits and begin with 2."""
    if len(given) == 3 and given.isdecimal() and given.isascii() and given.startswith("2"):
        return Outcome.PASSED_OVER
    raise InvalidInput("status", f"{given!r} is not a status; give one of {', '.join(_STATES)}.")


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InvalidInput(
            "at",
            f"{text!r} is not an instant with its offset; give one such as "
            "2026-09-02T10:30:00+02:00.",
        )
    return instant
