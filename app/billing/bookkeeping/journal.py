"""The journal of sales: every invoice and credit note of a period, a row for each rate of tax."""

from collections.abc import Iterator

from app.billing.bookkeeping.days import Days
from app.billing.bookkeeping.sheets import Amount, Sheet, percent
from app.billing.bookkeeping.streams import Issued, issued_within
from app.billing.invoices.document import TaxBreakdown
from app.i18n.catalogues import gettext_noop, translations
from app.i18n.languages import Language

COLUMNS = (
    gettext_noop("Number"),
    gettext_noop("Kind"),
    gettext_noop("Issued on"),
    gettext_noop("Due on"),
    gettext_noop("Customer number"),
    gettext_noop("Customer"),
    gettext_noop("Country"),
    gettext_noop("VAT number"),
    gettext_noop("Purchase order"),
    gettext_noop("Credits or replaces"),
    gettext_noop("VAT category"),
    gettext_noop("VAT rate in percent"),
    gettext_noop("Currency"),
    gettext_noop("Net"),
    gettext_noop("VAT"),
    gettext_noop("Total"),
)


def journal(days: Days, language: Language, organization_id: str | None = None) -> Sheet:
    """Return the journal of a period.

    It has nothing that changes after the issue, such as what was paid.
    """
    return Sheet(COLUMNS, _rows(days, language, organization_id))


def kind_of(issued: Issued, language: Language) -> str:
    """Say whether it is an invoice or a credit note."""
    texts = translations(language)
    credits_one = issued.document.credit is not None
    return texts.gettext("Credit note") if credits_one else texts.gettext("Invoice")


def _rows(days: Days, language: Language, organization_id: str | None) -> Iterator[list[object]]:
    for issued in issued_within(days, organization_id):
        kind = kind_of(issued, language)
        for line in issued.document.tax_breakdown:
            yield _row(issued, kind, line)


def _row(issued: Issued, kind: str, line: TaxBreakdown) -> list[object]:
    document = issued.document
    buyer, currency = document.buyer, document.currency
    amounts = (line.net_minor, line.tax_minor, line.net_minor + line.tax_minor)
    return [
        document.number,
        kind,
        document.issued_on,
        document.due_on,
        buyer.customer_number,
        buyer.legal_name,
        buyer.country,
        buyer.vat_id,
        document.purchase_order,
        document.credit.number if document.credit else document.replaces,
        line.category.value if line.category else "",
        None if line.rate_basis_points is None else percent(line.rate_basis_points),
        currency,
        *(Amount(minor, currency) for minor in amounts),
    ]
