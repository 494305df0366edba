"""An invoice as UBL 2.1 writes it: `Invoice`, or `CreditNote`."""

from collections.abc import Iterator

from app.billing.invoices.core_invoice import (
    PIECES,
    CoreInvoice,
    CoreLine,
    CoreNote,
    CoreParty,
    CoreTax,
    VatDue,
)
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.dresses import Dress
from app.billing.invoices.reading import checked
from app.billing.invoices.stating import core_of
from app.billing.invoices.xml_text import Element, element, xml_text

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:"

_NAMESPACES = {
    "cac": f"{_SCHEMA}CommonAggregateComponents-2",
    "cbc": f"{_SCHEMA}CommonBasicComponents-2",
}

#: When the tax is due, in the codes of UNTDID 2005.
_VAT_DUE = {VatDue.INVOICED: "3", VatDue.PAID: "432"}


def ubl_text(invoice: InvoiceDocument, dress: Dress) -> bytes:
    """Return an invoice as UBL in a dress.

    It was read back, and its totals were recomputed.

    Raises:
        Unsayable: the standard has no way to say it, or it lacks what the dress wants.
    """
    core = core_of(invoice, dress)
    root = "CreditNote" if core.is_credit_note else "Invoice"
    namespaces = {"": f"{_SCHEMA}{root}-2", **_NAMESPACES}
    children = _head(core), _parties(core), _money(core), _lines(core)
    document = Element(root, {}, "", tuple(one for part in children for one in part if one))
    return checked(xml_text(document, namespaces), invoice)


def _head(core: CoreInvoice) -> Iterator[Element | None]:
    yield element("cbc:CustomizationID", core.specification)
    yield element("cbc:ProfileID", core.process)
    yield element("cbc:ID", core.number)
    yield element("cbc:IssueDate", core.issued_on)
    if core.is_credit_note:
        yield element("cbc:CreditNoteTypeCode", core.type.value)
    else:
        yield element("cbc:DueDate", core.due_on)
        yield element("cbc:InvoiceTypeCode", core.type.value)
    yield from (element("cbc:Note", _note(note)) for note in core.notes)
    yield element("cbc:DocumentCurrencyCode", core.currency)
    yield element("cbc:TaxCurrencyCode", "" if core.totals.tax_in_euros is None else "EUR")
    yield element("cbc:AccountingCost", core.cost_centre)
    yield element("cbc:BuyerReference", core.buyer_reference)
    yield element(
        "cac:InvoicePeriod",
        element("cbc:StartDate", core.days.first_on),
        element("cbc:EndDate", core.days.last_on),
        element("cbc:DescriptionCode", _VAT_DUE[core.vat_due] if core.vat_due else ""),
    )
    yield element("cac:OrderReference", element("cbc:ID", core.purchase_order))
    yield _preceding(core)


def _note(note: CoreNote) -> str:
    """Return a note with its code before it, for which UBL has no element."""
    return f"#{note.code}#{note.text}" if note.code else note.text


def _preceding(core: CoreInvoice) -> Element | None:
    if core.preceding is None:
        return None
    return element(
        "cac:BillingReference",
        element(
            "cac:InvoiceDocumentReference",
            element("cbc:ID", core.preceding.number),
            element("cbc:IssueDate", core.preceding.issued_on),
        ),
    )


def _parties(core: CoreInvoice) -> Iterator[Element | None]:
    yield element("cac:AccountingSupplierParty", _party(core.seller))
    yield element("cac:AccountingCustomerParty", _party(core.buyer))


def _party(party: CoreParty) -> Element | None:
    return element(
        "cac:Party",
        element("cbc:EndpointID", party.endpoint.value, schemeID=party.endpoint.scheme),
        element("cac:PostalAddress", *_address(party)),
        element(
            "cac:PartyTaxScheme",
            element("cbc:CompanyID", party.vat_id),
            _scheme() if party.vat_id else None,
        ),
        element(
            "cac:PartyLegalEntity",
            element("cbc:RegistrationName", party.name),
            element("cbc:CompanyID", party.legal_id.value, schemeID=party.legal_id.scheme),
            element("cbc:CompanyLegalForm", party.legal_words),
        ),
        element("cac:Contact", element("cbc:ElectronicMail", party.email)),
    )


def _address(party: CoreParty) -> Iterator[Element | None]:
    street, more, third = (*party.address_lines, "", "", "")[:3]
    yield element("cbc:StreetName", street)
    yield element("cbc:AdditionalStreetName", more)
    yield element("cbc:CityName", party.city)
    yield element("cbc:PostalZone", party.postal_code)
    yield element("cac:AddressLine", element("cbc:Line", third))
    yield element("cac:Country", element("cbc:IdentificationCode", party.country))


def _money(core: CoreInvoice) -> Iterator[Element | None]:
    totals, currency = core.totals, core.currency
    yield _payment(core)
    yield element("cac:PaymentTerms", element("cbc:Note", core.terms))
    yield element(
        "cac:TaxTotal",
        element("cbc:TaxAmount", totals.tax, currencyID=currency),
        *(_tax(tax, currency) for tax in core.taxes),
    )
    yield element("cac:TaxTotal", element("cbc:TaxAmount", totals.tax_in_euros, currencyID="EUR"))
    yield element(
        "cac:LegalMonetaryTotal",
        element("cbc:LineExtensionAmount", totals.net, currencyID=currency),
        element("cbc:TaxExclusiveAmount", totals.net, currencyID=currency),
        element("cbc:TaxInclusiveAmount", totals.total, currencyID=currency),
        element("cbc:PayableAmount", totals.total, currencyID=currency),
    )


def _payment(core: CoreInvoice) -> Element | None:
    if core.payment is None:
        return None
    return element(
        "cac:PaymentMeans",
        element("cbc:PaymentMeansCode", core.payment.code),
        element("cbc:PaymentID", core.payment.reference),
        element(
            "cac:PayeeFinancialAccount",
            element("cbc:ID", core.payment.iban),
            element("cac:FinancialInstitutionBranch", element("cbc:ID", core.payment.bic)),
        ),
    )


def _tax(tax: CoreTax, currency: str) -> Element | None:
    return element(
        "cac:TaxSubtotal",
        element("cbc:TaxableAmount", tax.net, currencyID=currency),
        element("cbc:TaxAmount", tax.tax, currencyID=currency),
        element(
            "cac:TaxCategory",
            element("cbc:ID", tax.category),
            element("cbc:Percent", tax.rate),
            element("cbc:TaxExemptionReasonCode", tax.reason_code),
            element("cbc:TaxExemptionReason", tax.reason),
            _scheme(),
        ),
    )


def _lines(core: CoreInvoice) -> Iterator[Element | None]:
    root, quantity = (
        ("cac:CreditNoteLine", "cbc:CreditedQuantity")
        if core.is_credit_note
        else ("cac:InvoiceLine", "cbc:InvoicedQuantity")
    )
    for line in core.lines:
        counted = element(quantity, line.quantity, unitCode=PIECES)
        yield element(root, *_line(line, counted, core.currency))


def _line(line: CoreLine, counted: Element | None, currency: str) -> Iterator[Element | None]:
    yield element("cbc:ID", line.number)
    yield element("cbc:Note", line.note)
    yield counted
    yield element("cbc:LineExtensionAmount", line.net, currencyID=currency)
    yield element(
        "cac:InvoicePeriod",
        element("cbc:StartDate", line.days.first_on),
        element("cbc:EndDate", line.days.last_on),
    )
    yield element(
        "cac:Item",
        element("cbc:Name", line.name),
        element(
            "cac:ClassifiedTaxCategory",
            element("cbc:ID", line.category),
            element("cbc:Percent", line.rate),
            _scheme(),
        ),
    )
    yield element(
        "cac:Price",
        element("cbc:PriceAmount", line.price, currencyID=currency),
        element("cbc:BaseQuantity", line.base_quantity, unitCode=PIECES),
    )


def _scheme() -> Element | None:
    return element("cac:TaxScheme", element("cbc:ID", "VAT"))
