"""An invoice as an HTML page, for the screen and for printing."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.wording import invoice_words

_TEMPLATES = Environment(
    loader=PackageLoader("app.billing.invoices"), autoescape=True, undefined=StrictUndefined
)


def invoice_page(document: InvoiceDocument, stylesheet: str | None = None) -> str:
    """Return the page, in the invoice's language.

    It is self-contained unless it is given the address of its stylesheet, `invoice.css`.
    """
    return _TEMPLATES.get_template("invoice.html").render(
        words=invoice_words(document),
        number=document.number,
        language=document.language,
        stylesheet=stylesheet,
    )
