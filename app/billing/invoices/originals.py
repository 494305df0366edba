"""The originals of invoices: made once, after the issue is committed, and served ever after.

Whoever needs one first makes it: a reader, or the outbox. Where two do at once, the first to write
wins, and both serve its bytes. What happens to an invoice later stands beside its original: it says
what was so when it was issued. An invoice of before gets its original on the first demand.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from app.access import trail
from app.access.context import Context, acting
from app.access.door import use_case
from app.access.principal import Principal, Role
from app.access.trail import Change
from app.billing.invoices.cii import cii_text
from app.billing.invoices.document import InvoiceDocument, InvoiceState
from app.billing.invoices.issuing import document_of, find_invoice
from app.errors import Unsayable
from app.i18n.catalogues import translations
from app.models import Invoice, InvoiceOriginal, Payment, Refund, Transfer

#: Who makes originals, in the audit trail.
ACTOR = "originals"

_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Original:
    """The file that an invoice is; `sha256` is in hexadecimal digits."""

    content: bytes
    sha256: str
    media_type: str
    file_name: str
    #: Why no data (Factur-X) are attached, in a sentence for owner and vendor; "" where they are.
    without_data: str = ""


def original_of(organization_id: str, invoice_id: str, at: datetime) -> Original:
    """Return an invoice's original, which is made where there is none yet.

    Call outside a transaction: making it takes a while, and is written in one of its own.

    Raises:
        NotFound: the organization has no such invoice.
    """
    invoice = find_invoice(organization_id, invoice_id)
    kept = original_kept(invoice)
    if kept is None:
        context = acting(Principal(organization_id, Role.OPERATOR, ACTOR), at=at)
        keep_original(context, invoice.id, made_of(issued_document(invoice)))
        kept = original_kept(invoice)
    assert kept is not None  # noqa: S101  # nosec B101  # It was written just now, here or by another.
    return kept


def original_kept(invoice: Invoice) -> Original | None:
    """Return an invoice's original, or None where it has not been made yet."""
    row = InvoiceOriginal.find(invoice.organization_id, InvoiceOriginal.invoice_id == invoice.id)
    if row is None:
        return None
    return Original(row.content, row.sha256, row.media_type, row.file_name, row.without_data or "")


@use_case()
def keep_original(context: Context, invoice_id: str, original: Original) -> None:
    """Keep an original, unless another was kept before."""
    written = (
        InvoiceOriginal.insert(
            organization_id=context.organization_id,
            invoice_id=invoice_id,
            content=original.content,
            sha256=original.sha256,
            media_type=original.media_type,
            file_name=original.file_name,
            without_data=original.without_data or None,
            made_at=context.at,
        )
        .on_conflict_ignore()
        .as_rowcount()
        .execute()
    )
    if written:
        after = {"sha256": original.sha256, "bytes": len(original.content)}
        trail.record(context, Change("invoice.original_made", invoice_id, after=after))


def issued_document(invoice: Invoice) -> InvoiceDocument:
    """Return an invoice as it was issued: nothing has followed it yet."""
    document = document_of(invoice, invoice.issued_on)
    passed_on = 0 if invoice.credit_of else _passed_on_minor(invoice)
    settled = invoice.credit_of is None and document.totals.total_minor <= passed_on
    return replace(
        document,
        state=InvoiceState.PAID if settled else InvoiceState.ISSUED,
        credited_minor=0,
        paid_minor=passed_on,
    )


def made_of(document: InvoiceDocument) -> Original:
    """Return the file of an invoice as it is made now: an original, or a copy without data."""
    from app.billing.invoices.pdf import invoice_pdf  # costs time and memory where none is made

    data, problem = _data(document)
    content = invoice_pdf(document, data)
    return Original(content, sha256(content).hexdigest(), _PDF, _file_name(document), problem)


def _file_name(document: InvoiceDocument) -> str:
    """Return the name of an invoice's file; a series may have slashes."""
    name = document.number.replace("/", "-")
    if document.is_copy:
        copy = translations(document.language).pgettext("file name", "copy")
        name = f"{name}-{copy}"
    return f"{name}.pdf"


def _data(document: InvoiceDocument) -> tuple[bytes | None, str]:
    """Return the invoice as Factur-X, or why the standard cannot say it; a copy goes without."""
    if document.is_copy:
        return None, ""
    try:
        return cii_text(document), ""
    except Unsayable as problem:
        return None, problem.message


def _passed_on_minor(invoice: Invoice) -> int:
    """Return what passed to a replacement when it was issued, from the invoice it replaces."""
    rows = Transfer.of(invoice.organization_id, Transfer.to_invoice_id == invoice.id)
    transfers = list(rows)
    if not transfers:
        return 0
    payments = Payment.of(
        invoice.organization_id, Payment.id.in_([row.payment_id for row in transfers])
    )
    refunds = Refund.of(
        invoice.organization_id, Refund.id.in_([row.refund_id for row in transfers])
    )
    return sum(row.amount_minor for row in payments) - sum(row.amount_minor for row in refunds)
