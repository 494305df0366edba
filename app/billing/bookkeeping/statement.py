"""A statement of account: what an organization owed, what was invoiced and paid, what it owes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.movements import (
    AT_THE_BANK,
    Move,
    MovementKind,
    moves_at,
    recorded_order,
)
from app.billing.bookkeeping.sheets import Amount, Sheet
from app.billing.bookkeeping.vat import movement_text
from app.i18n.catalogues import gettext_noop, translations
from app.i18n.languages import Language
from app.models import Invoice

COLUMNS = (
    gettext_noop("Day"),
    gettext_noop("Kind"),
    gettext_noop("Invoice"),
    gettext_noop("Reference"),
    gettext_noop("Due on"),
    gettext_noop("Currency"),
    gettext_noop("Amount"),
    gettext_noop("Balance"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """What made the account grow, above 0, or shrink; and the balance after it.

    `kind` is `invoice`, `credit_note` or that of a movement.

    Units: the currency's minor unit.
    """

    day: date
    kind: str
    #: The id of the invoice, payment, refund or reversal.
    record_id: str
    invoice_id: str
    number: str
    reference: str
    due_on: date | None
    currency: str
    amount_minor: int
    balance_minor: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """An account in one currency, before the first day and after the last.

    Units: the currency's minor unit.
    """

    currency: str
    opening_minor: int
    closing_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of a period, with a balance for each currency."""

    days: Days
    balances: tuple[Balance, ...]
    lines: tuple[StatementLine, ...]


def statement_of(organization_id: str, days: Days) -> Statement:
    """Return an organization's account in a period.

    Over all days it comes to what is open of its invoices.
    """
    issued = list(
        Invoice.of(organization_id, Invoice.issued_on <= days.last).order_by(
            Invoice.issued_on, Invoice.id
        )
    )
    by_id = {invoice.id: invoice for invoice in issued}
    moved = [
        _of_money(move, by_id[move.invoice_id])
        for move in (moves_at(organization_id, list(by_id)) if by_id else ())
        if move.kind in AT_THE_BANK and move.day <= days.last
    ]
    return _stated(days, sorted([*map(_of_invoice, issued), *moved], key=_order))


def _stated(days: Days, lines: Sequence[StatementLine]) -> Statement:
    opening: defaultdict[str, int] = defaultdict(int)
    running: defaultdict[str, int] = defaultdict(int)
    shown = []
    for line in lines:
        running[line.currency] += line.amount_minor
        if line.day in days:
            shown.append(replace(line, balance_minor=running[line.currency]))
        else:
            opening[line.currency] += line.amount_minor
    balances = (
        Balance(currency, opening[currency], running[currency]) for currency in sorted(running)
    )
    return Statement(days, tuple(balances), tuple(shown))


def _of_invoice(invoice: Invoice) -> StatementLine:
    is_note = invoice.credit_of is not None
    return StatementLine(
        day=invoice.issued_on,
        kind="credit_note" if is_note else "invoice",
        record_id=invoice.id,
        invoice_id=invoice.id,
        number=invoice.number,
        reference=invoice.purchase_order or "",
        due_on=None if is_note else invoice.due_on,
        currency=invoice.currency,
        amount_minor=invoice.total_minor,
    )


def _of_money(move: Move, invoice: Invoice) -> StatementLine:
    return StatementLine(
        day=move.day,
        kind=move.kind.value,
        record_id=move.id,
        invoice_id=invoice.id,
        number=invoice.number,
        reference=move.reference,
        due_on=None,
        currency=invoice.currency,
        amount_minor=-move.amount_minor,
    )


def _order(line: StatementLine) -> tuple[date, bool, str]:
    """By the day; what was issued before what was paid for it, whatever a machine's clock said."""
    is_paper = line.record_id == line.invoice_id
    return line.day, not is_paper, recorded_order(line.record_id)


def statement_kind_text(kind: str, language: Language) -> str:
    """Name what a line of a statement is."""
    texts = translations(language)
    if kind == "invoice":
        return texts.gettext("Invoice")
    if kind == "credit_note":
        return texts.gettext("Credit note")
    return movement_text(MovementKind(kind), language)


def statement_sheet(statement: Statement, language: Language) -> Sheet:
    """Return a statement as a table: the balances before, each line, the balances after."""
    return Sheet(COLUMNS, list(_rows(statement, language)))


def _rows(statement: Statement, language: Language) -> Iterator[list[object]]:
    texts = translations(language)
    for one in statement.balances:
        yield _balance_row(
            statement.days.first, texts.gettext("Balance before"), one.currency, one.opening_minor
        )
    for line in statement.lines:
        yield [
            line.day,
            statement_kind_text(line.kind, language),
            line.number,
            line.reference,
            line.due_on,
            line.currency,
            Amount(line.amount_minor, line.currency),
            Amount(line.balance_minor, line.currency),
        ]
    for one in statement.balances:
        yield _balance_row(
            statement.days.last, texts.gettext("Balance after"), one.currency, one.closing_minor
        )


def _balance_row(day: date, kind: str, currency: str, minor: int) -> list[object]:
    return [day, kind, "", "", None, currency, None, Amount(minor, currency)]
