import json
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.billing.invoices.document import Credit, InvoiceState, Party
from app.billing.invoices.pdf import invoice_pdf
from app.i18n.languages import Language

INVOICES = Path(__file__).parents[2] / "fixtures" / "invoices"


def read(document):
    return PdfReader(BytesIO(invoice_pdf(document)))


def text_of(document):
    return "\n".join(page.extract_text() for page in read(document).pages)


@pytest.fixture
def printed(an_invoice, a_line):
    without_tax = a_line(rate=0)
    return {
        "addition.en": an_invoice(purchase_order="PO-4711", cost_centre="R&D"),
        "mid_month.fr": an_invoice(
            language=Language("fr"), lines=(a_line(bought_on=date(2026, 3, 17)),)
        ),
        "reverse_charge.fr": an_invoice(
            language=Language("fr"),
            lines=(without_tax,),
            reverse_charge=True,
            buyer=Party(legal_name="Société des Échanges"),
        ),
        "credit_note.en": an_invoice(
            number="NIM-2026-000003",
            credit=Credit("NIM-2026-000002"),
            lines=(a_line().credited(),),
        ),
        "paid.en": an_invoice(state=InvoiceState.PAID),
    }


@pytest.mark.parametrize("path", sorted(INVOICES.glob("*.txt")), ids=lambda path: path.stem)
def test_the_pdf_says_what_was_promised(printed, path):
    assert text_of(printed[path.stem]).splitlines() == path.read_text("utf-8").splitlines()


def test_the_same_invoice_gives_the_same_bytes(an_invoice):
    assert invoice_pdf(an_invoice()) == invoice_pdf(an_invoice())


def test_the_pdf_says_what_it_is_and_in_which_language(an_invoice):
    reader = read(an_invoice(language=Language("fr")))

    assert reader.metadata.title == "Facture NIM-2026-000002"
    assert reader.metadata.author == "Nimbus Software GmbH"
    assert reader.metadata.creation_date == datetime(2026, 3, 1, tzinfo=UTC)
    assert reader.root_object["/Lang"] == "fr"


def test_the_pdf_is_a4_and_brings_its_typeface(an_invoice):
    page = read(an_invoice()).pages[0]

    assert [round(float(length)) for length in page.mediabox[2:]] == [595, 842]
    for font in page["/Resources"]["/Font"].values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        assert "/FontFile2" in descendant["/FontDescriptor"]


@pytest.mark.parametrize("name", json.loads((INVOICES / "printable_names.json").read_text("utf-8")))
def test_latin_greek_and_cyrillic_names_are_printed(an_invoice, name):
    text = text_of(an_invoice(buyer=Party(legal_name=name)))

    assert name in text
    assert "\N{REPLACEMENT CHARACTER}" not in text


@pytest.mark.parametrize("name", ["日本株式会社", "حساب", "Acme \N{ROCKET}"])
def test_characters_without_a_glyph_are_shown_as_such_and_the_invoice_says_so(an_invoice, name):
    text = text_of(an_invoice(buyer=Party(legal_name=name)))

    shown, footnote = text.count("\N{REPLACEMENT CHARACTER}"), "are not in this document"
    assert shown == sum(ord(character) > 0x500 for character in name) + 1
    assert footnote in text


def test_invisible_characters_are_left_out(an_invoice):
    text = text_of(an_invoice(buyer=Party(legal_name="Ac\N{ZERO WIDTH JOINER}me\N{SOFT HYPHEN}!")))

    assert "Acme!" in text


def test_every_page_of_a_long_invoice_has_the_header_of_its_table(an_invoice, a_line):
    first, second, last = read(an_invoice(lines=(a_line(),) * 24)).pages

    assert "Price per year" in first.extract_text()
    assert "Price per year" in second.extract_text()
    assert "Page 3 of 3" in last.extract_text()


@pytest.mark.parametrize("count", range(2, 16))
def test_totals_and_payment_are_not_parted_by_a_page(an_invoice, a_line, count):
    pages = [page.extract_text() for page in read(an_invoice(lines=(a_line(),) * count)).pages]

    for first, last in (
        ("Total before VAT", f"\nTotal {count * 3000:,}.00"),
        ("IBAN", "Reference"),
    ):
        assert [first in page for page in pages] == [last in page for page in pages]


def test_a_name_of_any_length_stays_on_the_page(an_invoice):
    buyer = replace(an_invoice().buyer, legal_name="W" * 300)

    text = text_of(an_invoice(buyer=buyer))

    assert text.count("W") == 300
