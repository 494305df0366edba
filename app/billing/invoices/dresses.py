"""Dresses of the core invoice: what an authority or a network wants of EN 16931 besides."""

from enum import StrEnum

from app.billing.invoices.document import InvoiceDocument
from app.billing.law import FRENCH_ELECTRONIC_INVOICES_SINCE

_CORE = "urn:cen.eu:en16931:2017"


class Dress(StrEnum):
    """How the core invoice is worn."""

    PLAIN = "plain"
    #: As French platforms take it: the CIUS of the French reform, EN 16931 with rules BR-FR.
    FRENCH = "french"
    #: As the Peppol network takes it: BIS Billing 3.0.
    PEPPOL = "peppol"

    @property
    def specification(self) -> str:
        """The specification that it follows (BT-24)."""
        peppol = "#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
        return _CORE + peppol if self is Dress.PEPPOL else _CORE

    @property
    def process(self) -> str:
        """The process that it is part of (BT-23): in France, S1 is an invoice of services."""
        processes = {
            Dress.FRENCH: "S1",
            Dress.PEPPOL: "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        }
        return processes.get(self, "")


def usual_dress(document: InvoiceDocument) -> Dress:
    """Return the dress of UBL that its buyer takes: the French one from France to France."""
    domestic = document.seller.country == document.buyer.country == "FR"
    return Dress.FRENCH if domestic else Dress.PEPPOL


def cii_dress(document: InvoiceDocument) -> Dress:
    """Return the dress of CII: the French one for French sellers, since it is the law."""
    french = document.seller.country == "FR"
    since = document.issued_on >= FRENCH_ELECTRONIC_INVOICES_SINCE
    return Dress.FRENCH if french and since else Dress.PLAIN
