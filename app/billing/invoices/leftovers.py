"""What is left of an invoice's lines to credit, and what a credit takes of one.

Seats are credited as they were sold: the first k seats of a line are worth what k seats cost, all
of them what the line costs, so that crediting k and then the others closes to zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.billing.money import decimal_text
from app.billing.pricing import Line, net_minor
from app.errors import InvalidInput


class Basis(StrEnum):
    """How much of a line is credited: seats, an amount, or all that is left."""

    SEATS = "seats"
    AMOUNT = "amount"
    REST = "rest"


@dataclass(frozen=True)
class Portion:
    """What to credit of one line: seats, an amount, or without either all that is left of it.

    Units: `amount_minor` is before tax, in the invoice's currency.
    """

    line: int
    seats: int | None = None
    amount_minor: int | None = None
    #: Whether it is meant beside a credit that is just like it and a day old at most.
    again: bool = False


@dataclass(frozen=True)
class Leftover:
    """What earlier credits left of a line: seats, and a net amount in the currency's minor unit."""

    position: int
    line: Line
    currency: str
    seats: int
    net_minor: int
    #: How many credits there were.
    credits: int = 0

    @property
    def in_words(self) -> str:
        """What is left, for people."""
        amount = decimal_text(self.net_minor, self.currency)
        seats = "1 seat" if self.seats == 1 else f"{self.seats} seats"
        return f"Line {self.position} has {seats} and {amount} {self.currency} left to credit"


@dataclass(frozen=True)
class Taken:
    """What a credit takes of a line."""

    leftover: Leftover
    basis: Basis
    seats: int
    net_minor: int


def take(leftovers: Mapping[int, Leftover], portion: Portion | None) -> Sequence[Taken]:
    """Return what a portion takes of the lines; None is all that is left of every line.

    Raises:
        InvalidInput: the portion is none, or more than what is left.
    """
    if portion is None:
        return [_rest(leftover) for leftover in leftovers.values() if _has_any(leftover)]
    if portion.line not in leftovers:
        raise InvalidInput("line", f"There is no line {portion.line}; the first is line 1.")
    if portion.seats is not None and portion.amount_minor is not None:
        raise InvalidInput("seats", "Give seats or an amount of a line, not both.")
    leftover = leftovers[portion.line]
    if portion.seats is not None:
        return [_by_seats(leftover, portion.seats)]
    if portion.amount_minor is not None:
        return [_by_amount(leftover, portion.amount_minor)]
    if not _has_any(leftover):
        raise InvalidInput("line", f"{leftover.in_words}. Name a line of which something is left.")
    return [_rest(leftover)]


def _has_any(leftover: Leftover) -> bool:
    return leftover.seats > 0 or leftover.net_minor > 0


def _rest(leftover: Leftover) -> Taken:
    return Taken(leftover, Basis.REST, leftover.seats, leftover.net_minor)


def _by_seats(leftover: Leftover, seats: int) -> Taken:
    if not 1 <= seats <= leftover.seats:
        raise InvalidInput("seats", f"{leftover.in_words}. Credit at least 1 seat, and no more.")
    line = leftover.line
    before = line.quantity - leftover.seats
    worth = net_of(line, before + seats) - net_of(line, before)
    if worth > leftover.net_minor:
        raise InvalidInput(
            "seats",
            f"{leftover.in_words}, less than {decimal_text(worth, leftover.currency)} "
            f"{leftover.currency} for these seats. Credit fewer, or the rest of the line.",
        )
    return Taken(leftover, Basis.SEATS, seats, worth)


def _by_amount(leftover: Leftover, amount_minor: int) -> Taken:
    if not 1 <= amount_minor <= leftover.net_minor:
        raise InvalidInput(
            "amount", f"{leftover.in_words}. Credit an amount before tax of no more than that."
        )
    return Taken(leftover, Basis.AMOUNT, 0, amount_minor)


def net_of(line: Line, seats: int) -> int:
    """Return what so many seats of a line cost, before tax."""
    return net_minor(seats, line.unit_price_minor, line.service.months)
