"""What is handed over: the original, which is a Factur-X, or the data alone as CII or UBL.

An invoice that a standard cannot say makes no parcel.
"""

from datetime import datetime
from hashlib import sha256

from app.billing.invoices.cii import cii_text
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.dresses import Dress
from app.billing.invoices.originals import issued_document, original_of
from app.billing.invoices.parcel import Form, Parcel
from app.billing.invoices.ubl import ubl_text
from app.errors import Unsayable
from app.models import Invoice

_XML = "application/xml"


def parcel_of(invoice: Invoice, form: Form, *, at: datetime) -> Parcel:
    """Return the file of an invoice. Call outside a transaction, as `original_of`.

    Raises:
        Unsayable: the standard cannot say it, or it lacks what the standard wants.
    """
    if form is Form.FACTUR_X:
        original = original_of(invoice.organization_id, invoice.id, at)
        if original.without_data:
            raise Unsayable(original.without_data)
        return Parcel(invoice.number, form, original.content, original.media_type, original.sha256)
    document = issued_document(invoice)
    content = cii_text(document) if form is Form.CII else ubl_text(document, _dress(document))
    return Parcel(invoice.number, form, content, _XML, sha256(content).hexdigest())


def _dress(document: InvoiceDocument) -> Dress:
    """Return the dress of UBL for a platform, which is French where the seller is."""
    return Dress.FRENCH if document.seller.country == "FR" else Dress.PEPPOL
