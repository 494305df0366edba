"""VAT as it is filed: on receipts, by the day on which money came, and the services in the EU."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.euros import Euros
from app.billing.bookkeeping.movements import Movement, MovementKind
from app.billing.bookkeeping.postings import is_due_when_paid
from app.billing.bookkeeping.sheets import Amount, Sheet, percent
from app.billing.bookkeeping.streams import issued_within, moved_within, passed_within
from app.billing.grounds import TaxCategory
from app.billing.invoices.document import InvoiceDocument
from app.billing.law import EU_COUNTRIES
from app.billing.taxes import TaxLine
from app.i18n.catalogues import gettext_noop, translations
from app.i18n.languages import Language

RECEIPT_COLUMNS = (
    gettext_noop("Day"),
    gettext_noop("Kind"),
    gettext_noop("Invoice"),
    gettext_noop("Customer number"),
    gettext_noop("Customer"),
    gettext_noop("Reference"),
    gettext_noop("VAT rate in percent"),
    gettext_noop("Currency"),
    gettext_noop("Amount"),
    gettext_noop("Net"),
    gettext_noop("VAT"),
    gettext_noop("VAT in euros"),
)

DECLARATION_COLUMNS = (
    gettext_noop("Month"),
    gettext_noop("VAT number"),
    gettext_noop("Customer"),
    gettext_noop("Net in euros"),
)


def movement_text(kind: MovementKind, language: Language) -> str:
    """Name what a movement is."""
    texts = translations(language)
    return {
        MovementKind.RECEIVED: texts.gettext("Payment"),
        MovementKind.REFUNDED: texts.gettext("Refund"),
        MovementKind.PAYMENT_REVERSED: texts.gettext("Payment taken back"),
        MovementKind.REFUND_REVERSED: texts.gettext("Refund taken back"),
        MovementKind.PASSED_ON: texts.gettext("Passed on to the replacement"),
        MovementKind.TAKEN_OVER: texts.gettext("Taken over from the replaced invoice"),
    }[kind]


def vat_on_receipts(days: Days, language: Language, organization_id: str | None = None) -> Sheet:
    """Return the VAT in what came in and went out, a row for each movement and rate.

    Invoices whose seller opted for the debits are left out: their VAT was due at the issue.
    """
    return Sheet(RECEIPT_COLUMNS, _receipts(days, language, organization_id))


def due_within(
    days: Days, organization_id: str | None = None
) -> Iterator[tuple[Movement, TaxLine]]:
    """Yield the parts of what moved on these days that make VAT due, or no longer due."""
    passed = (one for pair in passed_within(days, organization_id) for one in pair)
    for movement in chain(moved_within(days, organization_id), passed):
        if is_due_when_paid(movement.document):
            for part in movement.parts:
                yield movement, part


def _receipts(
    days: Days, language: Language, organization_id: str | None
) -> Iterator[list[object]]:
    euros = Euros()
    for movement, part in due_within(days, organization_id):
        document = movement.document
        amounts = (part.net_minor + part.tax_minor, part.net_minor, part.tax_minor)
        yield [
            movement.day,
            movement_text(movement.kind, language),
            document.number,
            document.buyer.customer_number,
            document.buyer.legal_name,
            movement.reference,
            percent(part.rate_basis_points),
            document.currency,
            *(Amount(minor, document.currency) for minor in amounts),
            Amount(euros.cents(part.tax_minor, document) if part.tax_minor else 0, "EUR"),
        ]


def services_declaration(month: Days, organization_id: str | None = None) -> Sheet:
    """Return the declaration of services (DES) of a month: every buyer with its net in euros.

    These are the businesses of other EU countries that were invoiced under reverse charge.

    Raises:
        EuroRateMissing: no rate of a currency is known for a day.
    """
    return Sheet(DECLARATION_COLUMNS, _declared(month, organization_id))


def _declared(month: Days, organization_id: str | None) -> Iterator[list[object]]:
    cents: defaultdict[tuple[str, str], int] = defaultdict(int)
    names: dict[tuple[str, str], str] = {}
    euros = Euros()
    for _, document in issued_within(month, organization_id):
        buyer = document.buyer
        if _is_declared(document):
            # A buyer without a number, which the law wants, is at least named.
            named = buyer.vat_id, "" if buyer.vat_id else buyer.legal_name
            cents[named] += euros.cents(document.totals.net_minor, document)
            names[named] = buyer.legal_name
    for named in sorted(cents):
        yield [f"{month.first:%Y-%m}", named[0], names[named], Amount(cents[named], "EUR")]


def _is_declared(document: InvoiceDocument) -> bool:
    """Return whether it is to a business of the EU, which accounts for the tax."""
    country = document.buyer.country
    return (
        document.ground is not None
        and document.ground.category is TaxCategory.REVERSE_CHARGE
        and (not country or country in EU_COUNTRIES)
    )
