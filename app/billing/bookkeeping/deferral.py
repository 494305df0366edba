"""Deferred income on a day (produits constatés d'avance): what was invoiced for days after it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.billing.bookkeeping import fec
from app.billing.bookkeeping.accounts import AccountRole, chart_of
from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.euros import Euros
from app.billing.bookkeeping.postings import OTHER, JournalEntry, Posting
from app.billing.bookkeeping.sheets import Amount, Sheet
from app.billing.bookkeeping.streams import Issued, batches, issued_within
from app.billing.money import round_half_up
from app.billing.terms import ServicePeriod
from app.i18n.catalogues import gettext_noop
from app.models import CreditLine, Invoice, Seller

#: Nothing is older.
_EVER = date(1970, 1, 1)

COLUMNS = (
    gettext_noop("Number"),
    gettext_noop("Line"),
    gettext_noop("Issued on"),
    gettext_noop("Customer number"),
    gettext_noop("Customer"),
    gettext_noop("First day"),
    gettext_noop("Last day"),
    gettext_noop("Days"),
    gettext_noop("Days after"),
    gettext_noop("Currency"),
    gettext_noop("Net"),
    gettext_noop("Deferred"),
)


@dataclass(frozen=True, slots=True)
class Deferral:
    """What of a line is for days to come; `net_minor` is what credits left of it by then.

    Units: the minor unit of the invoice's currency.
    """

    issued: Issued
    position: int
    service: ServicePeriod
    days_after: int
    net_minor: int
    deferred_minor: int


def deferred_minor(net_minor: int, service: ServicePeriod, on: date) -> tuple[int, int]:
    """Return how many days of a period are after a day, and what they are of its net.

    >>> deferred_minor(36500, ServicePeriod(date(2026, 1, 1), date(2027, 1, 1), Fraction(12)),
    ...     date(2026, 12, 21))
    (10, 1000)
    """
    days = (service.ends_on - service.starts_on).days
    after = min(max((service.ends_on - on).days - 1, 0), days)
    return after, round_half_up(Fraction(net_minor * after, days))


def deferrals_on(on: date, organization_id: str | None = None) -> Iterator[Deferral]:
    """Yield each line that was invoiced by a day and is, in part, for days after it."""
    for batch in batches(issued_within(Days(_EVER, on), organization_id)):
        invoices = [issued for issued in batch if issued.document.credit is None]
        credited = _credited(invoices, on)
        for issued in invoices:
            yield from _of_invoice(issued, credited, on)


def _of_invoice(
    issued: Issued, credited: dict[tuple[str, int], int], on: date
) -> Iterator[Deferral]:
    for position, line in enumerate(issued.document.lines, start=1):
        net_minor = line.net_minor - credited[issued.invoice.id, position]
        days_after, deferred = deferred_minor(net_minor, line.service, on)
        if deferred:
            yield Deferral(issued, position, line.service, days_after, net_minor, deferred)


def _credited(invoices: list[Issued], on: date) -> dict[tuple[str, int], int]:
    """Return what credit notes took back of each line by a day."""
    credited: defaultdict[tuple[str, int], int] = defaultdict(int)
    by_organization: defaultdict[str, list[str]] = defaultdict(list)
    for invoice, _ in invoices:
        by_organization[invoice.organization_id].append(invoice.id)
    for organization_id, ids in by_organization.items():
        notes = Invoice.of(organization_id, Invoice.credit_of.in_(ids), Invoice.issued_on <= on)
        rows = CreditLine.of(
            organization_id, CreditLine.credit_note_id.in_([note.id for note in notes])
        )
        for row in rows:
            credited[row.invoice_id, row.line_position] += row.net_minor
    return credited


def deferred_income(on: date, organization_id: str | None = None) -> Sheet:
    """Return what is deferred on a day, line by line."""
    return Sheet(COLUMNS, (_row(each) for each in deferrals_on(on, organization_id)))


def _row(deferral: Deferral) -> list[object]:
    document, service = deferral.issued.document, deferral.service
    return [
        document.number,
        deferral.position,
        document.issued_on,
        document.buyer.customer_number,
        document.buyer.legal_name,
        service.starts_on,
        date.fromordinal(service.ends_on.toordinal() - 1),
        (service.ends_on - service.starts_on).days,
        deferral.days_after,
        document.currency,
        Amount(deferral.net_minor, document.currency),
        Amount(deferral.deferred_minor, document.currency),
    ]


def deferral_entry_text(on: date, organization_id: str | None = None) -> Iterator[str]:
    """Yield the one entry that defers income on a day, in the layout of the FEC.

    Raises:
        AccountsMissing: the seller lacks an account.
        EuroRateMissing: no rate of a currency is known for the day of an invoice.
    """
    wanted = (AccountRole.SALES, AccountRole.DEFERRED_INCOME)
    chart = chart_of(Seller.get().accounts, wanted)
    yield fec.header_text()
    if entry := deferral_entry(on, organization_id):
        yield from fec.entry_texts([(f"PCA-{on}", entry)], chart)


def deferral_entry(on: date, organization_id: str | None = None) -> JournalEntry | None:
    """Return the entry that defers income on a day, in euros; None where there is none."""
    euros = Euros()
    cents = sum(
        euros.cents(each.deferred_minor, each.issued.document)
        for each in deferrals_on(on, organization_id)
    )
    if not cents:
        return None
    return JournalEntry(
        journal=OTHER,
        day=on,
        piece=f"PCA-{on}",
        piece_on=on,
        label=f"Produits constatés d'avance au {on:%d/%m/%Y}",
        currency="EUR",
        postings=(
            Posting(AccountRole.SALES, cents, cents),
            Posting(AccountRole.DEFERRED_INCOME, -cents, -cents),
        ),
    )
