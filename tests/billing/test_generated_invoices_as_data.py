"""Invoices by chance, as data: all valid by the official rules, with the invoice's own totals."""

from collections import Counter
from random import Random

import pytest

from app.billing.invoices.cii import cii_text
from app.billing.invoices.dresses import Dress, cii_dress
from app.billing.invoices.issuing import document_of, lines_of
from app.billing.invoices.reading import read_invoice
from app.billing.invoices.ubl import ubl_text
from app.currencies import exponent
from app.errors import Unsayable
from tests.support.invoice_rules import broken_rules, schema_faults
from tests.support.issued_invoices import Seller

#: How many invoices each of the parts makes, in `make test` and in `make test-long`.
INVOICES, INVOICES_LONG, PARTS = 25, 500, 4


@pytest.fixture
def invoices_wanted(request):
    long = request.config.getoption("hypothesis_profile") == "long"
    return INVOICES_LONG if long else INVOICES


def in_minor_units(amount, currency):
    return int(amount.scaleb(exponent(currency)))


def texts_of(document):
    """Yield each dress that an invoice can wear, with its text and the rules that it must keep."""
    french = cii_dress(document) is Dress.FRENCH
    yield "cii", cii_text(document), ["factur-x", *(["cii-french"] if french else [])]
    if french:
        yield Dress.FRENCH, ubl_text(document, Dress.FRENCH), ["ubl", "ubl-french"]
    if takes_peppol(document):
        yield Dress.PEPPOL, ubl_text(document, Dress.PEPPOL), ["ubl"]
    else:
        with pytest.raises(Unsayable):
            ubl_text(document, Dress.PEPPOL)


def takes_peppol(document):
    sides = (document.seller, document.buyer)
    referred = document.purchase_order or document.buyer.buyer_reference
    german = {side.country for side in sides} == {"DE"}
    return bool(referred) and all(side.electronic_address for side in sides) and not german


def check_figures(row, read):
    """Check that data say what the invoice's JSON says, to the last unit."""
    sign, currency = (-1 if row.credit_of else 1), row.currency
    assert (read.type, read.number) == ("381" if row.credit_of else "380", row.number)
    amounts = [in_minor_units(amount, currency) for amount in (read.net, read.tax, read.total)]
    assert amounts == [sign * row.net_minor, sign * row.tax_minor, sign * row.total_minor]
    nets = [sign * line.net_minor for line in lines_of(row)]
    assert [in_minor_units(line.net, currency) for line in read.lines] == nets
    assert min(amounts) >= 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.usefixtures("database")
def test_every_invoice_is_valid_and_says_the_totals_of_its_json(part, invoices_wanted):
    seller, seen = Seller(Random(part)), Counter()  # noqa: S311
    while seen["cii"] < invoices_wanted:
        for row in seller.sell():
            document = document_of(row, seller.at.date())
            for dress, text, rules in texts_of(document):
                read = read_invoice(text)
                assert schema_faults(text) + broken_rules(text, *rules) == [], text.decode()
                check_figures(row, read)
                seen.update([dress, read.type, *(tax.category for tax in read.taxes)])
            seen["replacement"] += bool(document.replaces)

    assert {*seen} >= {"cii", *Dress} - {Dress.PLAIN} | {"380", "381", "S", "AE", "O", "E"}
    assert seen["replacement"]
