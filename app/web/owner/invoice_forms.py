"""What an invoice is shown as: its original, or as data, by name or by the Accept header."""

from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from app.access.context import Context
from app.billing.invoices.cii import cii_text
from app.billing.invoices.dresses import usual_dress
from app.billing.invoices.originals import issued_document, original_of
from app.billing.invoices.ubl import ubl_text
from app.models import Invoice
from app.web.fields import Choice, QuerySchema
from app.web.responses import JSON_TYPE

#: What an invoice is shown as, by media type; among equals the first is taken.
_FORMS = {
    JSON_TYPE: "json",
    "application/pdf": "pdf",
    "application/xml": "xml",
    "text/xml": "xml",
}


class FormQuery(QuerySchema):
    """What an invoice is shown as."""

    form = Choice(
        "json",
        "pdf",
        "xml",
        "ubl",
        data_key="format",
        load_default=None,
        metadata={"description": "XML is CII (Factur-X); without it the Accept header says."},
    )


def file_of(context: Context, row: Invoice, form: str) -> Response:
    """Return an invoice as a file; as data it says what was so when it was issued.

    Raises:
        Unsayable: the standard cannot say it.
    """
    if form == "pdf":
        return original_answer(context, row.id)
    document = issued_document(row)
    is_ubl = form == "ubl"
    content = ubl_text(document, usual_dress(document)) if is_ubl else cii_text(document)
    name = row.number.replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.xml"', "Vary": "Accept"}
    return Response(content, headers=headers, mimetype="application/xml")


def original_answer(context: Context, invoice_id: str) -> Response:
    """Return the original, whose bytes are the same ever after."""
    original = original_of(context.organization_id, invoice_id, context.at)
    headers = {"Content-Disposition": f'inline; filename="{original.file_name}"'}
    response = Response(original.content, headers=headers, mimetype=original.media_type)
    response.set_etag(original.sha256)
    response.vary.add("Accept")
    return response


def accepted_form() -> str:
    """Return the form that the Accept header prefers; JSON where it prefers none.

    Raises:
        NotAcceptable: it leaves all of them out.
    """
    accepted = request.accept_mimetypes
    best = accepted.best_match(list(_FORMS)) if accepted else JSON_TYPE
    if best is None:
        raise NotAcceptable
    return _FORMS[best]
