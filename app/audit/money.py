"""Money: each line, total and quote, reckoned again from quantity, price, days and rate."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from app.audit import arithmetic
from app.audit.checks import Check
from app.audit.days import day_of
from app.audit.findings import Violation
from app.db.streaming import stream

_LINE = Check("I4", "a line is not what its term, day and quantity come to", "invoice_line", "")
_SUM = Check("I6", "an invoice's lines do not add up", "invoice", "")
_TAX = Check("I4", "an invoice's tax is not that of its lines", "invoice", "")
_DUE = Check("I4", "an invoice is due on another day than agreed", "invoice", "")
_CURRENCY = Check("I4", "an invoice is in another currency than its contract", "invoice", "")
_QUOTE = Check("I4", "a quote is not what its term, day and quantity come to", "quote", "")

#: What is reckoned again.
RECOMPUTED = (_LINE, _SUM, _TAX, _DUE, _CURRENCY, _QUOTE)

_INVOICES = """SELECT i.organization_id, i.id, i.credit_of, i.issued_on, i.due_on, i.currency,
    i.net_minor, i.tax_minor, i.total_minor, i.reverse_charge, o.due_on,
    COALESCE(p.term_number, i.term_number), c.starts_on, c.net_days, c.currency,
    COALESCE(p.unit_price_minor, t.unit_price_minor), COALESCE(p.quantity, t.opened_with),
    l.position, l.kind, l.quantity, l.unit_price_minor, l.months_remaining,
    l.tax_rate_basis_points, l.net_minor, l.service_starts_on, l.service_ends_on
    FROM invoice i
    JOIN contract c ON c.organization_id = i.organization_id AND c.id = i.contract_id
    JOIN term t ON t.organization_id = i.organization_id AND t.contract_id = i.contract_id
        AND t.number = i.term_number
    LEFT JOIN term_invoice p ON p.organization_id = i.organization_id
        AND p.contract_id = i.contract_id AND p.invoice_id = i.id
    LEFT JOIN replacement r ON r.organization_id = i.organization_id AND r.replacement_id = i.id
    LEFT JOIN invoice o ON o.organization_id = i.organization_id AND o.id = r.invoice_id
    LEFT JOIN invoice_line l ON l.organization_id = i.organization_id AND l.invoice_id = i.id
    ORDER BY i.organization_id, i.id, l.position"""

_QUOTES = """SELECT q.organization_id, q.id, c.starts_on, q.term_number, q.effective_on,
    t.unit_price_minor, c.currency, q.quantity, q.tax_rate_basis_points, q.reverse_charge,
    q.term_ends_on, q.months_remaining, q.unit_price_minor, q.currency, q.net_minor, q.tax_minor,
    q.total_minor
    FROM quote q
    JOIN contract c ON c.organization_id = q.organization_id AND c.id = q.contract_id
    JOIN term t ON t.organization_id = q.organization_id AND t.contract_id = q.contract_id
        AND t.number = q.term_number"""


class _Invoice(NamedTuple):
    """An invoice with what its contract and term say of it; one invoiced apart says so itself."""

    organization_id: str
    id: str
    credit_of: str | None
    issued_on: Any
    due_on: Any
    currency: str
    net_minor: int
    tax_minor: int
    total_minor: int
    reverse_charge: bool
    #: The due day of the invoice for which it stands, where it is a replacement.
    replaced_due_on: Any
    term_number: int
    starts_on: Any
    net_days: int
    agreed_currency: str
    unit_price_minor: int
    opened_with: int

    @property
    def is_first(self) -> bool:
        """Whether its lines are its own: a correction's are compared with those it corrects."""
        return self.credit_of is None and self.replaced_due_on is None


class _Line(NamedTuple):
    """A line as it is stored."""

    position: int
    kind: str
    quantity: int
    unit_price_minor: int
    months_remaining: str
    tax_rate_basis_points: int
    net_minor: int
    service_starts_on: Any
    service_ends_on: Any


_INVOICE_COLUMNS = len(_Invoice._fields)


def invoices() -> Iterator[Violation]:
    """Yield the invoices and lines whose figures are not what they come to."""
    for head, rows in groupby(stream(_INVOICES), key=lambda row: row[:_INVOICE_COLUMNS]):
        invoice = _Invoice(*head)
        tails = (row[_INVOICE_COLUMNS:] for row in rows)
        lines = [_Line(*tail) for tail in tails if tail[0] is not None]
        if invoice.is_first:
            for line in lines:
                yield from _line(invoice, line)
        yield from _totals(invoice, lines)
        yield from _terms(invoice)


def quotes() -> Iterator[Violation]:
    """Yield the quotes whose figures are not what they come to."""
    for row in stream(_QUOTES):
        organization_id, quote_id, *agreed = row[:10]
        first, number, effective_on, unit, currency, quantity, rate, reverse_charge = agreed
        first, effective_on = day_of(first), day_of(effective_on)
        months = arithmetic.months_left(first, number, effective_on)
        net = arithmetic.net_of(quantity, unit, months)
        tax = 0 if reverse_charge else arithmetic.tax_of([(rate, net)])
        _, ends_on = arithmetic.term_bounds(first, number)
        expected = [ends_on, str(months), unit, currency, net, tax, net + tax]
        found = [day_of(row[10]), *row[11:]]
        if found != expected:
            yield _QUOTE.violation(
                organization_id, quote_id, expected=_text(expected), found=_text(found)
            )


def _line(invoice: _Invoice, line: _Line) -> Iterator[Violation]:
    first = day_of(invoice.starts_on)
    starts_on, ends_on = arithmetic.term_bounds(first, invoice.term_number)
    quantity = invoice.opened_with
    if line.kind == "addition":
        quantity = line.quantity
        starts_on = max(starts_on, day_of(line.service_starts_on))
    months = arithmetic.months_left(first, invoice.term_number, starts_on)
    net = arithmetic.net_of(quantity, invoice.unit_price_minor, months)
    expected = [quantity, invoice.unit_price_minor, str(months), net, starts_on, ends_on]
    found = [
        *(line.quantity, line.unit_price_minor, line.months_remaining, line.net_minor),
        *(day_of(line.service_starts_on), day_of(line.service_ends_on)),
    ]
    if found != expected:
        yield _LINE.violation(
            invoice.organization_id,
            invoice.id,
            line.position,
            expected=_text(expected),
            found=_text(found),
        )


def _totals(invoice: _Invoice, lines: list[_Line]) -> Iterator[Violation]:
    key = (invoice.organization_id, invoice.id)
    net = sum(line.net_minor for line in lines)
    if net != invoice.net_minor or not lines:
        yield _SUM.violation(*key, expected=net, found=invoice.net_minor)
    if invoice.credit_of is None:
        yield from _tax(invoice, lines)


def _tax(invoice: _Invoice, lines: list[_Line]) -> Iterator[Violation]:
    net = invoice.net_minor
    tax = arithmetic.tax_of((line.tax_rate_basis_points, line.net_minor) for line in lines)
    if invoice.reverse_charge:
        tax = 0
    summed = net == sum(line.net_minor for line in lines)
    if summed and (tax, net + tax) != (invoice.tax_minor, invoice.total_minor):
        yield _TAX.violation(
            invoice.organization_id,
            invoice.id,
            expected=f"{tax}, in all {net + tax}",
            found=f"{invoice.tax_minor}, in all {invoice.total_minor}",
        )


def _terms(invoice: _Invoice) -> Iterator[Violation]:
    key = (invoice.organization_id, invoice.id)
    if invoice.currency != invoice.agreed_currency:
        yield _CURRENCY.violation(*key, expected=invoice.agreed_currency, found=invoice.currency)
    due_on = _due_on(invoice)
    if due_on != day_of(invoice.due_on):
        yield _DUE.violation(*key, expected=str(due_on), found=str(day_of(invoice.due_on)))


def _due_on(invoice: _Invoice) -> date:
    """Return the day that was agreed on, which a replacement leaves as it was if it is not over."""
    issued_on = day_of(invoice.issued_on)
    if invoice.replaced_due_on is not None:
        return max(day_of(invoice.replaced_due_on), issued_on)
    return issued_on + timedelta(days=0 if invoice.credit_of else invoice.net_days)


def _text(figures: Iterable[object]) -> str:
    return ", ".join(map(str, figures))
