"""Chains of replacements: an invoice, what stands for it now, and the lock over all of them."""

from collections.abc import Iterator

from app.billing.invoices.issuing import find_invoice
from app.db.sql import locked
from app.db.transactions import assert_in_transaction
from app.models import Invoice, Replacement


def lock_invoice(organization_id: str, name: str) -> Invoice:
    """Return an invoice or credit note, called by id or number, with its chain locked.

    The first invoice's row stands for the chain, so that whatever settles one of its invoices waits
    for the others.

    Raises:
        NotFound: the organization has none of this name.
    """
    assert_in_transaction()
    invoice = find_invoice(organization_id, name)
    first = first_of_chain(invoice)
    locked(Invoice.of(organization_id, Invoice.id == first.id)).get()
    return invoice


def first_of_chain(invoice: Invoice) -> Invoice:
    """Return the invoice with which a chain of replacements began; it may be this one."""
    *_, first = (invoice, *_predecessors(invoice))
    return first


def _predecessors(invoice: Invoice) -> Iterator[Invoice]:
    while (before := _predecessor(invoice)) is not None:
        yield before
        invoice = before


def _predecessor(invoice: Invoice) -> Invoice | None:
    replacement: Replacement | None = Replacement.find(
        invoice.organization_id, Replacement.replacement_id == invoice.id
    )
    if replacement is None:
        return None
    return find_invoice(invoice.organization_id, replacement.invoice_id)
