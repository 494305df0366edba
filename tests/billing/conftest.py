"""An invoice to print: 5 seats more on 1 March, from Berlin to Paris."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from app.billing.invoices.document import InvoiceDocument, InvoiceState, Party
from app.billing.pricing import LineKind, priced_line
from app.billing.terms import Term
from app.i18n.languages import ENGLISH

SELLER = Party(
    legal_name="Nimbus Software GmbH",
    address_lines=("Torstraße 12", "Hinterhof"),
    postal_code="10119",
    city="Berlin",
    country="DE",
    vat_id="DE136695976",
    registration="HRB 12345 B",
    email="billing@nimbus.example",
    bank="Beispielbank",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
)
BUYER = Party(
    legal_name="Société des Échanges",
    address_lines=("1 rue de la Paix",),
    postal_code="75002",
    city="Paris",
    country="FR",
    vat_id="FR40303265045",
)


@pytest.fixture
def a_line():
    def line(kind=LineKind.ADDITION, *, quantity=5, bought_on=date(2026, 3, 1), rate=2000):
        service = Term(date(2026, 1, 1), 1).service_from(bought_on)
        return priced_line(kind, quantity, 60000, service, rate)

    return line


@pytest.fixture
def an_invoice(a_line):
    return partial(
        replace,
        InvoiceDocument(
            number="NIM-2026-000002",
            state=InvoiceState.ISSUED,
            issued_on=date(2026, 3, 1),
            due_on=date(2026, 3, 31),
            currency="EUR",
            language=ENGLISH,
            seller=SELLER,
            buyer=BUYER,
            lines=(a_line(),),
        ),
    )
