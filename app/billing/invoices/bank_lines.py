"""The lines of a bank's statement: each is entered once, unless the bank itself has a twin of it.

The same invoice, reference, amount and day is the same line.
"""

from dataclasses import dataclass
from datetime import date

from peewee import Expression, fn

from app.billing.invoices.chains import first_of_chain
from app.billing.terms import local_day
from app.errors import InvalidInput
from app.models import BankLine, Invoice, Seller
from app.text import required_line

IN, OUT = "in", "out"


@dataclass(frozen=True)
class Booking:
    """What a bank's statement says of money that came in or went out.

    Units: the minor unit of the invoice's currency.
    """

    direction: str
    amount_minor: int
    booked_on: date
    #: One line of text, as `parse_reference` returns it.
    reference: str
    #: Whether it is another line than one of the same reference, amount and day.
    another: bool = False


def parse_reference(text: str) -> str:
    """Return what the bank's statement calls a payment or refund.

    Raises:
        InvalidInput: it is empty, or no line of text.
    """
    return required_line("reference", text, wanted="Give what the bank's statement calls it.")


def check_day(field: str, day: date, invoice: Invoice, *, today: date) -> None:
    """Check that money can have moved on `day`: since the chain's first invoice, and by today.

    Raises:
        InvalidInput: it cannot.
    """
    first = first_of_chain(invoice)
    issued_on = min(first.issued_on, local_day(first.issued_at, Seller.get().time_zone))
    if day > today:
        raise InvalidInput(field, f"{day} lies ahead. Give the day on the bank's statement.")
    if day < issued_on:
        raise InvalidInput(
            field,
            f"{day} lies before {issued_on}, when {first.number} was issued. "
            "Give the day on the bank's statement.",
        )


def entered_before(invoice: Invoice, booking: Booking) -> str | None:
    """Return the id of the payment or refund that stands for this line already, or None."""
    if booking.another:
        return None
    line = BankLine.select().where(_same(invoice, booking)).order_by(BankLine.twin).first()
    return line.entry_id if line else None


def keep(invoice: Invoice, booking: Booking, entry_id: str) -> None:
    """Keep that a payment or refund stands for this line. The invoice's chain must be locked."""
    last = BankLine.select(fn.MAX(BankLine.twin)).where(_same(invoice, booking)).scalar()
    BankLine.insert(
        organization_id=invoice.organization_id,
        entry_id=entry_id,
        invoice_id=first_of_chain(invoice).id,
        direction=booking.direction,
        reference=booking.reference,
        amount_minor=booking.amount_minor,
        booked_on=booking.booked_on,
        twin=(last or 0) + 1,
    ).execute()


def free(organization_id: str, entry_id: str) -> None:
    """Let the line of a payment or refund that was taken back be entered again."""
    BankLine.delete().where(
        BankLine.belongs_to(organization_id) & (BankLine.entry_id == entry_id)
    ).execute()


def _same(invoice: Invoice, booking: Booking) -> Expression:
    same: Expression = (
        BankLine.belongs_to(invoice.organization_id)
        & (BankLine.invoice_id == first_of_chain(invoice).id)
        & (BankLine.direction == booking.direction)
        & (BankLine.reference == booking.reference)
        & (BankLine.amount_minor == booking.amount_minor)
        & (BankLine.booked_on == booking.booked_on)
    )
    return same
