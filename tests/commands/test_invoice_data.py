"""An invoice as data, from the command line."""

import pytest

from app.billing.invoices.reading import read_invoice
from tests.support.command_line import SIGNING

SELLER = (
    *("--legal-name", "Nuage", "--address-line", "1 rue Une", "--city", "Paris"),
    *("--country", "FR", "--vat-id", "FR40303265045", "--siren", "303265045"),
    *("--electronic-address", "0225:303265045"),
)
BUYER = (
    *("--legal-name", "Nimbus", "--address-line", "Torstraße 1", "--city", "Berlin"),
    *("--country", "DE", "--vat-id", "DE136695976", "--tax", "reverse_charge"),
    *("--electronic-address", "9930:DE136695976"),
)


@pytest.fixture
def invoice(operator):
    """Return the options that name an invoice which lacks what Peppol wants of a reference."""
    operator.says("seller", "set", *SELLER)
    bolt = operator.answers("organization", "create", "Bolt")["id"]
    operator.says("organization", "set", bolt, *BUYER)
    operator.says("contract", "sign", "--organization", bolt, "--seats", 2, *SIGNING)
    return ("INV-2026-000001", "--organization", bolt)


def test_an_invoice_is_written_as_data_with_its_totals(operator, invoice):
    data = operator.says("invoice", "xml", *invoice)
    shown = operator.answers("invoice", "show", *invoice)

    read = read_invoice(data.encode())

    assert data.startswith("<?xml")
    assert (read.number, read.total * 100) == (shown["number"], shown["total_minor"])


def test_ubl_is_written_in_the_dress_that_the_countries_or_the_operator_say(operator, invoice):
    with_order = (*invoice, "--format", "ubl")

    refusal = operator.refuses("invoice", "xml", *with_order)
    french = operator.refuses("invoice", "xml", *with_order, "--dress", "peppol")

    assert "buyer’s reference" in refusal
    assert refusal == french
    assert "<cbc:ProfileID>S1<" in operator.says("invoice", "xml", *with_order, "--dress", "french")


def test_a_dress_is_of_ubl_alone(operator, invoice):
    assert operator.run("invoice", "xml", *invoice, "--dress", "french").exit_code == 2


def test_what_is_missing_is_named_in_place_of_the_data(operator, signed_acme):
    refusal = operator.refuses("invoice", "xml", "INV-2026-000001", "--organization", signed_acme)

    assert refusal.startswith("There is no XML of INV-2026-000001, which lacks this: ")
    assert "`seatgate seller set` --legal-name" in refusal
