"""An invoice as Factur-X writes it: UN/CEFACT Cross Industry Invoice, profile EN 16931."""

from collections.abc import Iterator
from datetime import date

from app.billing.invoices.core_invoice import (
    PIECES,
    CoreInvoice,
    CoreLine,
    CoreParty,
    CoreTax,
    Days,
    VatDue,
)
from app.billing.invoices.document import InvoiceDocument
from app.billing.invoices.dresses import cii_dress
from app.billing.invoices.reading import checked
from app.billing.invoices.stating import core_of
from app.billing.invoices.xml_text import Element, element, empty, xml_text

_NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}

#: When the tax is due, in the codes of UNTDID 2475.
_VAT_DUE = {VatDue.INVOICED: "5", VatDue.PAID: "72"}


def cii_text(invoice: InvoiceDocument) -> bytes:
    """Return an invoice as CII, for Factur-X; a French seller's in the French dress.

    It was read back, and its totals were recomputed.

    Raises:
        Unsayable: the standard has no way to say it, or it lacks what the standard wants.
    """
    core = core_of(invoice, cii_dress(invoice))
    return checked(xml_text(_document(core), _NAMESPACES), invoice)


def _document(core: CoreInvoice) -> Element:
    children = (
        element(
            "rsm:ExchangedDocumentContext",
            element(
                "ram:BusinessProcessSpecifiedDocumentContextParameter",
                element("ram:ID", core.process),
            ),
            element(
                "ram:GuidelineSpecifiedDocumentContextParameter",
                element("ram:ID", core.specification),
            ),
        ),
        _header(core),
        element(
            "rsm:SupplyChainTradeTransaction",
            *(_line(line) for line in core.lines),
            _agreement(core),
            empty("ram:ApplicableHeaderTradeDelivery"),
            _settlement(core),
        ),
    )
    return Element("rsm:CrossIndustryInvoice", {}, "", tuple(filter(None, children)))


def _header(core: CoreInvoice) -> Element | None:
    return element(
        "rsm:ExchangedDocument",
        element("ram:ID", core.number),
        element("ram:TypeCode", core.type.value),
        _day("ram:IssueDateTime", core.issued_on),
        *(
            element(
                "ram:IncludedNote",
                element("ram:Content", note.text),
                element("ram:SubjectCode", note.code),
            )
            for note in core.notes
        ),
    )


def _line(line: CoreLine) -> Element | None:
    return element(
        "ram:IncludedSupplyChainTradeLineItem",
        element(
            "ram:AssociatedDocumentLineDocument",
            element("ram:LineID", line.number),
            element("ram:IncludedNote", element("ram:Content", line.note)),
        ),
        element("ram:SpecifiedTradeProduct", element("ram:Name", line.name)),
        element(
            "ram:SpecifiedLineTradeAgreement",
            element(
                "ram:NetPriceProductTradePrice",
                element("ram:ChargeAmount", line.price),
                element("ram:BasisQuantity", line.base_quantity, unitCode=PIECES),
            ),
        ),
        element(
            "ram:SpecifiedLineTradeDelivery",
            element("ram:BilledQuantity", line.quantity, unitCode=PIECES),
        ),
        element(
            "ram:SpecifiedLineTradeSettlement",
            element(
                "ram:ApplicableTradeTax",
                element("ram:TypeCode", "VAT"),
                element("ram:CategoryCode", line.category),
                element("ram:RateApplicablePercent", line.rate),
            ),
            _period(line.days),
            element(
                "ram:SpecifiedTradeSettlementLineMonetarySummation",
                element("ram:LineTotalAmount", line.net),
            ),
        ),
    )


def _agreement(core: CoreInvoice) -> Element | None:
    return element(
        "ram:ApplicableHeaderTradeAgreement",
        element("ram:BuyerReference", core.buyer_reference),
        _party("ram:SellerTradeParty", core.seller),
        _party("ram:BuyerTradeParty", core.buyer),
        element(
            "ram:BuyerOrderReferencedDocument", element("ram:IssuerAssignedID", core.purchase_order)
        ),
    )


def _party(name: str, party: CoreParty) -> Element | None:
    return element(
        name,
        element("ram:Name", party.name),
        element("ram:Description", party.legal_words),
        element(
            "ram:SpecifiedLegalOrganization",
            element("ram:ID", party.legal_id.value, schemeID=party.legal_id.scheme),
        ),
        element(
            "ram:DefinedTradeContact",
            element("ram:EmailURIUniversalCommunication", element("ram:URIID", party.email)),
        ),
        element("ram:PostalTradeAddress", *_address(party)),
        element(
            "ram:URIUniversalCommunication",
            element("ram:URIID", party.endpoint.value, schemeID=party.endpoint.scheme),
        ),
        element("ram:SpecifiedTaxRegistration", element("ram:ID", party.vat_id, schemeID="VA")),
    )


def _address(party: CoreParty) -> Iterator[Element | None]:
    yield element("ram:PostcodeCode", party.postal_code)
    names = ("ram:LineOne", "ram:LineTwo", "ram:LineThree")
    yield from (element(*both) for both in zip(names, party.address_lines, strict=False))
    yield element("ram:CityName", party.city)
    yield element("ram:CountryID", party.country)


def _settlement(core: CoreInvoice) -> Element | None:
    in_euros = core.totals.tax_in_euros
    return element(
        "ram:ApplicableHeaderTradeSettlement",
        element("ram:PaymentReference", core.payment.reference if core.payment else ""),
        element("ram:TaxCurrencyCode", "" if in_euros is None else "EUR"),
        element("ram:InvoiceCurrencyCode", core.currency),
        _payment(core),
        *(_tax(tax, core) for tax in core.taxes),
        _period(core.days),
        element(
            "ram:SpecifiedTradePaymentTerms",
            element("ram:Description", core.terms),
            _day("ram:DueDateDateTime", core.due_on),
        ),
        _totals(core),
        _preceding(core),
        element(
            "ram:ReceivableSpecifiedTradeAccountingAccount", element("ram:ID", core.cost_centre)
        ),
    )


def _payment(core: CoreInvoice) -> Element | None:
    if core.payment is None:
        return None
    return element(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        element("ram:TypeCode", core.payment.code),
        element("ram:PayeePartyCreditorFinancialAccount", element("ram:IBANID", core.payment.iban)),
        element(
            "ram:PayeeSpecifiedCreditorFinancialInstitution", element("ram:BICID", core.payment.bic)
        ),
    )


def _tax(tax: CoreTax, core: CoreInvoice) -> Element | None:
    return element(
        "ram:ApplicableTradeTax",
        element("ram:CalculatedAmount", tax.tax),
        element("ram:TypeCode", "VAT"),
        element("ram:ExemptionReason", tax.reason),
        element("ram:BasisAmount", tax.net),
        element("ram:CategoryCode", tax.category),
        element("ram:ExemptionReasonCode", tax.reason_code),
        element("ram:DueDateTypeCode", _VAT_DUE[core.vat_due] if core.vat_due else ""),
        element("ram:RateApplicablePercent", tax.rate),
    )


def _totals(core: CoreInvoice) -> Element | None:
    totals = core.totals
    return element(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        element("ram:LineTotalAmount", totals.net),
        element("ram:TaxBasisTotalAmount", totals.net),
        element("ram:TaxTotalAmount", totals.tax, currencyID=core.currency),
        element("ram:TaxTotalAmount", totals.tax_in_euros, currencyID="EUR"),
        element("ram:GrandTotalAmount", totals.total),
        element("ram:DuePayableAmount", totals.total),
    )


def _preceding(core: CoreInvoice) -> Element | None:
    if core.preceding is None:
        return None
    return element(
        "ram:InvoiceReferencedDocument",
        element("ram:IssuerAssignedID", core.preceding.number),
        _day("ram:FormattedIssueDateTime", core.preceding.issued_on, kind="qdt"),
    )


def _period(days: Days) -> Element | None:
    return element(
        "ram:BillingSpecifiedPeriod",
        _day("ram:StartDateTime", days.first_on),
        _day("ram:EndDateTime", days.last_on),
    )


def _day(name: str, day: date | None, *, kind: str = "udt") -> Element | None:
    text = f"{day:%Y%m%d}" if day else ""
    return element(name, element(f"{kind}:DateTimeString", text, format="102"))
