"""What an invoice as data says, read back from its text, and whether its sums are right.

The official rules let a tax differ from its rate by almost a whole unit, and never compare a line's
net with its price. This reader does, and holds what it read against the invoice itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from xml.etree.ElementTree import Element  # nosec B405  # its type alone

from defusedxml.ElementTree import fromstring

from app.billing.invoices.document import InvoiceDocument
from app.billing.money import round_half_up
from app.currencies import exponent

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII = "urn:un:unece:uncefact:data:standard:"

_SPACES = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "ram": f"{_CII}ReusableAggregateBusinessInformationEntity:100",
}


@dataclass(frozen=True, slots=True)
class LineRead:
    """A line: what is charged for how many, and in which category and rate of tax."""

    quantity: Decimal
    price: Decimal
    base_quantity: Decimal
    net: Decimal
    category: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxRead:
    """The tax of a category and rate."""

    category: str
    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRead:
    """The figures of an invoice; a rate that is not said is 0."""

    type: str
    number: str
    currency: str
    lines: tuple[LineRead, ...]
    taxes: tuple[TaxRead, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    payable: Decimal
    tax_in_euros: Decimal | None

    @property
    def faults(self) -> list[str]:
        """Return which of its sums are wrong."""
        return list(_faults(self))


#: The paths of a syntax, by the names of `InvoiceRead`, `LineRead` and `TaxRead`.
_Paths = Mapping[str, str]

_TRADE = "./{*}SupplyChainTradeTransaction"
_SETTLEMENT = f"{_TRADE}/ram:ApplicableHeaderTradeSettlement"
_SUMS = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_SETTLEMENT = "ram:SpecifiedLineTradeSettlement"
_LINE_SUM = f"{_LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation"
_LINE_PRICE = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"

_CII_PATHS = {
    "type": "./{*}ExchangedDocument/ram:TypeCode",
    "number": "./{*}ExchangedDocument/ram:ID",
    "currency": f"{_SETTLEMENT}/ram:InvoiceCurrencyCode",
    "net": f"{_SUMS}/ram:TaxBasisTotalAmount",
    "total": f"{_SUMS}/ram:GrandTotalAmount",
    "payable": f"{_SUMS}/ram:DuePayableAmount",
    "tax_totals": f"{_SUMS}/ram:TaxTotalAmount",
    "lines": f"{_TRADE}/ram:IncludedSupplyChainTradeLineItem",
    "line.quantity": "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
    "line.price": f"{_LINE_PRICE}/ram:ChargeAmount",
    "line.base_quantity": f"{_LINE_PRICE}/ram:BasisQuantity",
    "line.net": f"{_LINE_SUM}/ram:LineTotalAmount",
    "line.category": f"{_LINE_SETTLEMENT}/ram:ApplicableTradeTax/ram:CategoryCode",
    "line.rate": f"{_LINE_SETTLEMENT}/ram:ApplicableTradeTax/ram:RateApplicablePercent",
    "taxes": f"{_SETTLEMENT}/ram:ApplicableTradeTax",
    "tax.category": "ram:CategoryCode",
    "tax.rate": "ram:RateApplicablePercent",
    "tax.net": "ram:BasisAmount",
    "tax.tax": "ram:CalculatedAmount",
}

_UBL_PATHS = {
    "number": "./cbc:ID",
    "currency": "./cbc:DocumentCurrencyCode",
    "net": "./cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
    "total": "./cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount",
    "payable": "./cac:LegalMonetaryTotal/cbc:PayableAmount",
    "tax_totals": "./cac:TaxTotal/cbc:TaxAmount",
    "line.price": "cac:Price/cbc:PriceAmount",
    "line.base_quantity": "cac:Price/cbc:BaseQuantity",
    "line.net": "cbc:LineExtensionAmount",
    "line.category": "cac:Item/cac:ClassifiedTaxCategory/cbc:ID",
    "line.rate": "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent",
    "taxes": "./cac:TaxTotal/cac:TaxSubtotal",
    "tax.category": "cac:TaxCategory/cbc:ID",
    "tax.rate": "cac:TaxCategory/cbc:Percent",
    "tax.net": "cbc:TaxableAmount",
    "tax.tax": "cbc:TaxAmount",
}

#: The paths of each root element.
_PATHS: Mapping[str, _Paths] = {
    "CrossIndustryInvoice": _CII_PATHS,
    "Invoice": {
        **_UBL_PATHS,
        "type": "./cbc:InvoiceTypeCode",
        "lines": "./cac:InvoiceLine",
        "line.quantity": "cbc:InvoicedQuantity",
    },
    "CreditNote": {
        **_UBL_PATHS,
        "type": "./cbc:CreditNoteTypeCode",
        "lines": "./cac:CreditNoteLine",
        "line.quantity": "cbc:CreditedQuantity",
    },
}


def read_invoice(data: bytes) -> InvoiceRead:
    """Read the figures of an invoice, in CII or UBL.

    Raises:
        ValueError: it is neither, or a figure is missing or none.
    """
    root = fromstring(data)
    paths = _PATHS.get(root.tag.partition("}")[2])
    if paths is None:
        raise ValueError(f"{root.tag} is no invoice")
    currency = _text(root, paths["currency"])
    by_currency = {
        one.get("currencyID"): Decimal(one.text or "")
        for one in root.findall(paths["tax_totals"], _SPACES)
    }
    return InvoiceRead(
        type=_text(root, paths["type"]),
        number=_text(root, paths["number"]),
        currency=currency,
        lines=tuple(_line(one, paths) for one in root.findall(paths["lines"], _SPACES)),
        taxes=tuple(_tax(one, paths) for one in root.findall(paths["taxes"], _SPACES)),
        net=Decimal(_text(root, paths["net"])),
        tax=by_currency.pop(currency),
        total=Decimal(_text(root, paths["total"])),
        payable=Decimal(_text(root, paths["payable"])),
        tax_in_euros=by_currency.get("EUR"),
    )


def checked(data: bytes, document: InvoiceDocument) -> bytes:
    """Return the text of an invoice, which was read back and says what the invoice says.

    Raises:
        RuntimeError: it does not.
    """
    read = read_invoice(data)
    faults = [*read.faults, *_differences(read, document)]
    if faults:
        raise RuntimeError(f"the XML of {document.number} is wrong: {'; '.join(faults)}")
    return data


def _line(one: Element, paths: _Paths) -> LineRead:
    return LineRead(
        quantity=Decimal(_text(one, paths["line.quantity"])),
        price=Decimal(_text(one, paths["line.price"])),
        base_quantity=Decimal(_text(one, paths["line.base_quantity"])),
        net=Decimal(_text(one, paths["line.net"])),
        category=_text(one, paths["line.category"]),
        rate=Decimal(one.findtext(paths["line.rate"], "0", _SPACES)),
    )


def _tax(one: Element, paths: _Paths) -> TaxRead:
    return TaxRead(
        category=_text(one, paths["tax.category"]),
        rate=Decimal(one.findtext(paths["tax.rate"], "0", _SPACES)),
        net=Decimal(_text(one, paths["tax.net"])),
        tax=Decimal(_text(one, paths["tax.tax"])),
    )


def _text(one: Element, path: str) -> str:
    text = one.findtext(path, None, _SPACES)
    if not text:
        raise ValueError(f"there is no {path}")
    return text


def _faults(read: InvoiceRead) -> Iterator[str]:
    """Yield what does not add up; halves of the smallest unit are rounded up."""
    for number, line in enumerate(read.lines, start=1):
        exact = Fraction(line.quantity) * Fraction(line.price) / Fraction(line.base_quantity)
        if _rounded(exact, read.currency) != line.net:
            yield f"line {number} is not its quantity times its price"
    for tax in read.taxes:
        nets = [line.net for line in read.lines if _group(line) == _group(tax)]
        if sum(nets) != tax.net:
            yield f"the tax {tax.category} of {tax.rate} % is not on the nets of its lines"
        if not _is_tax_of(tax, read):
            yield f"the tax {tax.category} is not {tax.rate} % of its net"
    sums = {
        "net": (sum(line.net for line in read.lines), read.net),
        "tax": (sum(tax.tax for tax in read.taxes), read.tax),
        "total": (read.net + read.tax, read.total),
        "payable amount": (read.total, read.payable),
    }
    yield from (f"the {name} is no sum" for name, (sum_, said) in sums.items() if sum_ != said)


def _is_tax_of(tax: TaxRead, read: InvoiceRead) -> bool:
    """Return whether a tax is that of its rate.

    A credit note closes the roundings of those before it, by less than one unit.
    """
    exact = Fraction(tax.net) * Fraction(tax.rate) / 100
    if read.type == "381":
        return abs(exact - Fraction(tax.tax)) < Fraction(1, 10 ** exponent(read.currency))
    return _rounded(exact, read.currency) == tax.tax


def _group(one: LineRead | TaxRead) -> tuple[str, Decimal]:
    return one.category, one.rate


def _rounded(exact: Fraction, currency: str) -> Decimal:
    decimals = exponent(currency)
    return Decimal(round_half_up(exact * 10**decimals)).scaleb(-decimals)


def _differences(read: InvoiceRead, document: InvoiceDocument) -> Iterator[str]:
    """Yield where the text says another thing than the invoice; a credit's signs are its type."""
    sign = -1 if document.credit else 1
    totals, unit = document.totals, Decimal(1).scaleb(-exponent(document.currency))
    cents = document.tax_euro_cents
    pairs = {
        "type": (read.type, "381" if document.credit else "380"),
        "number": (read.number, document.number),
        "currency": (read.currency, document.currency),
        "net": (read.net, sign * totals.net_minor * unit),
        "tax": (read.tax, sign * totals.tax_minor * unit),
        "total": (read.total, sign * totals.total_minor * unit),
        "lines": (
            [line.net for line in read.lines],
            [sign * line.net_minor * unit for line in document.lines],
        ),
        "taxes": (
            [(tax.net, tax.tax) for tax in read.taxes],
            [
                (sign * tax.net_minor * unit, sign * tax.tax_minor * unit)
                for tax in totals.tax_lines
            ],
        ),
        "tax in euros": (
            read.tax_in_euros,
            None if cents is None else sign * Decimal(cents).scaleb(-2),
        ),
    }
    yield from (f"another {name}" for name, (said, is_) in pairs.items() if said != is_)
