"""Entries of a journal: what is debited and credited for an invoice, and for money that moved.

Each balances, in euros and in the invoice's currency. A service's VAT waits on an account of its
own until it is paid, unless the seller opted for the debits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.billing.bookkeeping.accounts import AccountRole
from app.billing.bookkeeping.euros import Euros
from app.billing.bookkeeping.movements import Movement, MovementKind
from app.billing.invoices.document import InvoiceDocument

SALES, BANK, OTHER = "VT", "BQ", "OD"

#: What the journals are called in the entries.
JOURNALS = {SALES: "Ventes", BANK: "Banque", OTHER: "Opérations diverses"}


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on an account: debited above 0, credited below.

    Units: euro cents, and the minor unit of the invoice's currency.
    """

    role: AccountRole
    cents: int
    minor: int
    #: Whose account it is among the customers': a number and a name.
    customer: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """Postings that balance, with the piece that they are of."""

    journal: str
    day: date
    piece: str
    piece_on: date
    label: str
    currency: str
    postings: tuple[Posting, ...]

    @property
    def balance_cents(self) -> int:
        """What is debited less what is credited, which is nothing."""
        return sum(posting.cents for posting in self.postings)


def is_due_when_paid(document: InvoiceDocument) -> bool:
    """Return whether the seller owes an invoice's VAT when it is paid, not when it is issued."""
    return document.seller.vat_on_debits != "yes"


def invoice_entry(document: InvoiceDocument, customer: str, euros: Euros) -> JournalEntry:
    """Return the entry of an invoice, or of a credit note, which is the other way about."""
    vat = AccountRole.VAT_PENDING if is_due_when_paid(document) else AccountRole.VAT
    sold = [
        Posting(role, -euros.cents(minor, document), -minor)
        for line in document.totals.tax_lines
        for role, minor in ((AccountRole.SALES, line.net_minor), (vat, line.tax_minor))
    ]
    return JournalEntry(
        journal=SALES,
        day=document.issued_on,
        piece=document.number,
        piece_on=document.issued_on,
        label=_label("Avoir" if document.credit else "Facture", document),
        currency=document.currency,
        postings=_of_something([_balancing(sold, _named(document, customer)), *sold]),
    )


_MOVED = {
    MovementKind.RECEIVED: "Règlement",
    MovementKind.REFUNDED: "Remboursement",
    MovementKind.PAYMENT_REVERSED: "Annulation du règlement",
    MovementKind.REFUND_REVERSED: "Annulation du remboursement",
}


def money_entry(movement: Movement, customer: str, euros: Euros) -> JournalEntry:
    """Return the entry of what moved at the bank, with the VAT that it makes due."""
    document, minor = movement.document, movement.amount_minor
    cents = euros.cents(minor, document)
    return JournalEntry(
        journal=BANK,
        day=movement.day,
        piece=movement.reference,
        piece_on=movement.day,
        label=_label(_MOVED[movement.kind], document),
        currency=document.currency,
        postings=_of_something(
            [
                Posting(AccountRole.BANK, cents, minor),
                Posting(AccountRole.CUSTOMERS, -cents, -minor, _named(document, customer)),
                *_vat_that_falls_due(movement, euros),
            ]
        ),
    )


def passing_entry(
    passed: Movement, taken: Movement, customers: tuple[str, str], euros: Euros
) -> JournalEntry:
    """Return the entry of a payment or refund that passed from an invoice to its replacement."""
    old, new, minor = passed.document, taken.document, taken.amount_minor
    cents = euros.cents(minor, old)
    return JournalEntry(
        journal=OTHER,
        day=passed.day,
        piece=new.number,
        piece_on=new.issued_on,
        label=_label(f"Report de {old.number} sur", new),
        currency=new.currency,
        postings=_of_something(
            [
                Posting(AccountRole.CUSTOMERS, cents, minor, _named(old, customers[0])),
                Posting(AccountRole.CUSTOMERS, -cents, -minor, _named(new, customers[1])),
                *_vat_that_falls_due(passed, euros),
                *_vat_that_falls_due(taken, euros),
            ]
        ),
    )


def _vat_that_falls_due(movement: Movement, euros: Euros) -> Iterator[Posting]:
    if not is_due_when_paid(movement.document):
        return
    for part in movement.parts:
        cents = euros.cents(part.tax_minor, movement.document)
        yield Posting(AccountRole.VAT_PENDING, cents, part.tax_minor)
        yield Posting(AccountRole.VAT, -cents, -part.tax_minor)


def _balancing(postings: Iterable[Posting], customer: tuple[str, str]) -> Posting:
    """Return what the customer owes: the rest, so that nothing is lost in converting."""
    sums = [(posting.cents, posting.minor) for posting in postings]
    cents, minor = (-sum(column) for column in zip(*sums, strict=True)) if sums else (0, 0)
    return Posting(AccountRole.CUSTOMERS, cents, minor, customer)


def _of_something(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    return tuple(posting for posting in postings if posting.cents or posting.minor)


def _named(document: InvoiceDocument, customer: str) -> tuple[str, str]:
    """Return the customer's own account: its number, else the id of the organization."""
    buyer = document.buyer
    return buyer.customer_number or customer, buyer.legal_name


def _label(what: str, document: InvoiceDocument) -> str:
    return f"{what} {document.number} {document.buyer.legal_name}".strip()
