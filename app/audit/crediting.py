"""Credits reckoned again: what each takes of a line, what it leaves, and its tax by rate."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from app.audit import arithmetic
from app.audit.checks import Check
from app.audit.days import day_of
from app.audit.findings import Violation
from app.db.streaming import stream

_LEFT = Check(
    "I6", "what credits left of a line is not the line less its credits", "credit_line", ""
)
_WORTH = Check("I4", "a credit takes another amount of a line than it says", "credit_line", "")
_TAX = Check(
    "I4", "a credit's tax is not that of all credits less that of earlier ones", "invoice", ""
)

#: What is reckoned again.
RECOMPUTED = (_LEFT, _WORTH, _TAX)

#: Each credit of a line, with the line and its contract's first day, one after the other.
_LINES = """SELECT c.organization_id, c.invoice_id, c.line_position, k.starts_on,
    l.quantity, l.net_minor, l.unit_price_minor, l.service_starts_on, l.service_ends_on,
    c.credit_note_id, c.position, c.number, c.basis, c.seats, c.net_minor,
    c.seats_left, c.net_left_minor
    FROM credit_line c
    JOIN invoice_line l ON l.organization_id = c.organization_id
        AND l.invoice_id = c.invoice_id AND l.position = c.line_position
    JOIN invoice i ON i.organization_id = c.organization_id AND i.id = c.invoice_id
    JOIN contract k ON k.organization_id = i.organization_id AND k.id = i.contract_id
    ORDER BY c.organization_id, c.invoice_id, c.line_position, c.number"""

#: Each note's lines by rate, and its tax, in the order in which the notes were numbered.
_TAXES = """SELECT n.organization_id, n.credit_of, n.id, s.rate, s.net_minor, t.tax_minor
    FROM invoice n
    JOIN (SELECT organization_id, invoice_id, tax_rate_basis_points AS rate,
              SUM(net_minor) AS net_minor
          FROM invoice_line GROUP BY organization_id, invoice_id, tax_rate_basis_points) s
        ON s.organization_id = n.organization_id AND s.invoice_id = n.id
    LEFT JOIN credit_tax t ON t.organization_id = n.organization_id AND t.credit_note_id = n.id
        AND t.rate_basis_points = s.rate AND t.net_minor = s.net_minor
    WHERE n.credit_of IS NOT NULL
    ORDER BY n.organization_id, n.credit_of, n.issued_at, n.id, s.rate"""


class _Line(NamedTuple):
    """A line that was credited."""

    organization_id: str
    invoice_id: str
    position: int
    starts_on: Any
    quantity: int
    net_minor: int
    unit_price_minor: int
    service_starts_on: Any
    service_ends_on: Any

    def worth(self, seats: int) -> int:
        """Return what so many of its seats cost."""
        first, ends_on = day_of(self.starts_on), day_of(self.service_ends_on)
        number = max(ends_on.year - first.year, 1)
        months = arithmetic.months_left(first, number, day_of(self.service_starts_on))
        return arithmetic.net_of(seats, self.unit_price_minor, months)


class _Credit(NamedTuple):
    """A credit of a line as it is stored."""

    note_id: str
    position: int
    number: int
    basis: str
    seats: int
    net_minor: int
    seats_left: int
    net_left_minor: int


_LINE_COLUMNS = len(_Line._fields)


def lines() -> Iterator[Violation]:
    """Yield the credits that take or leave something else of a line than is due."""
    for head, rows in groupby(stream(_LINES), key=lambda row: tuple(row[:_LINE_COLUMNS])):
        line = _Line(*head)
        seats, net = line.quantity, line.net_minor
        for number, row in enumerate(rows, start=1):
            credit = _Credit(*row[_LINE_COLUMNS:])
            yield from _worth(line, credit, seats, net)
            seats, net = seats - credit.seats, net - credit.net_minor
            expected = (number, seats, net)
            found = (credit.number, credit.seats_left, credit.net_left_minor)
            if found != expected:
                yield _violation(_LEFT, line, credit, expected, found)


def taxes() -> Iterator[Violation]:
    """Yield the credit notes whose tax is not what is left to take back at its rate."""
    for _, rows in groupby(stream(_TAXES), key=lambda row: tuple(row[:2])):
        nets, taken = defaultdict[int, int](int), defaultdict[int, int](int)
        for organization_id, _, note_id, rate, net, tax in rows:
            nets[rate] += int(net)
            expected = arithmetic.tax_of([(rate, nets[rate])]) - taken[rate]
            if tax != expected:
                yield _TAX.violation(organization_id, note_id, expected=expected, found=tax)
            taken[rate] += expected


def _worth(line: _Line, credit: _Credit, seats: int, net: int) -> Iterator[Violation]:
    """Yield a credit that takes another amount than its basis says of what was left of a line."""
    before = line.quantity - seats
    expected = {
        "seats": (credit.seats, line.worth(before + credit.seats) - line.worth(before)),
        "amount": (0, credit.net_minor),
        "rest": (seats, net),
    }[credit.basis]
    found = (credit.seats, credit.net_minor)
    if found != expected:
        yield _violation(_WORTH, line, credit, expected, found)


def _violation(
    check: Check,
    line: _Line,
    credit: _Credit,
    expected: tuple[int, ...],
    found: tuple[int, ...],
) -> Violation:
    return check.violation(
        line.organization_id,
        credit.note_id,
        credit.position,
        expected=", ".join(map(str, expected)),
        found=", ".join(map(str, found)),
    )
