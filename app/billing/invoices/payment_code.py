"""The code with which a bank's application makes a SEPA transfer (EPC069-12, version 2).

segno draws it; the lines are ours, since segno leaves out the decimals of whole amounts.
"""

from app.billing.invoices.document import InvoiceDocument
from app.currencies import major_units

_NAME_LENGTH_MAX = 70
_TEXT_LENGTH_MAX = 140
_BYTES_MAX = 331

#: What a transfer can be of, in cents.
_CENTS_MAX = 99_999_999_999

#: Rows of modules, of which True is dark.
Modules = tuple[tuple[bool, ...], ...]


def payment_lines(document: InvoiceDocument) -> str:
    r"""Return what the code of an invoice says; "" where it can have none.

    That is one in euros with a bank account of the seller, of which something is to be paid.
    """
    seller, cents = document.seller, document.open_minor
    name = seller.legal_name[:_NAME_LENGTH_MAX].strip()
    payable = document.awaits_money and document.currency == "EUR" and 0 < cents <= _CENTS_MAX
    if not (payable and seller.iban and name and len(document.number) <= _TEXT_LENGTH_MAX):
        return ""
    lines = (
        "BCD",
        "002",
        "1",
        "SCT",
        seller.bic,
        name,
        seller.iban,
        f"EUR{major_units(cents, 'EUR')}",
        "",
        "",
        document.number,
    )
    text = "\n".join(lines)
    return text if len(text.encode()) <= _BYTES_MAX else ""


def payment_code(document: InvoiceDocument) -> Modules:
    """Return the code of an invoice, without the empty border around it; nothing where none is."""
    text = payment_lines(document)
    if not text:
        return ()
    import segno  # costs time and memory where no PDF is made

    code = segno.make_qr(text.encode(), error="m", boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)
