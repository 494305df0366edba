"""`seatgate invoice xml`: an invoice as data."""

import click

from app.billing.invoices.cii import cii_text
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.dresses import Dress, usual_dress
from app.billing.invoices.issuing import document_of, find_invoice
from app.billing.invoices.ubl import ubl_text
from app.billing.terms import local_day
from app.commands.invoices import invoice_argument
from app.commands.options import organization_option
from app.commands.session import session
from app.models import Seller


@click.command("xml")
@invoice_argument
@organization_option
@click.option(
    "--format",
    "syntax",
    type=click.Choice(["cii", "ubl"]),
    default="cii",
    show_default=True,
    help="CII as in Factur-X, or UBL.",
)
@click.option(
    "--dress",
    type=click.Choice([Dress.FRENCH.value, Dress.PEPPOL.value]),
    help="The dress of UBL; else the French one within France, and that of Peppol elsewhere.",
)
def xml_of_invoice(name: str, organization_id: str, *, syntax: str, dress: str | None) -> None:
    """Write an invoice as data, after EN 16931, to the standard output."""
    if dress and syntax != "ubl":
        raise click.UsageError("--dress is of UBL; give --format ubl, too.")
    with session() as at:
        invoice = find_invoice(organization_id, name)
        document = document_of(invoice, local_day(at, Seller.get().time_zone))
        text = cii_text(document) if syntax == "cii" else _ubl(document, dress)
    click.echo(text, nl=False)


def _ubl(document: InvoiceDocument, dress: str | None) -> bytes:
    return ubl_text(document, Dress(dress) if dress else usual_dress(document))
