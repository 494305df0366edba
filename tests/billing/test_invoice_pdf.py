import json
import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PdfReader

from app.billing.invoices import typefaces
from app.billing.invoices.document import Credit, InvoiceState, Party
from app.billing.invoices.mentions import mentions_of
from app.billing.invoices.pdf import invoice_pdf
from app.billing.taxes import TaxLine
from app.i18n.languages import Language

INVOICES = Path(__file__).parents[2] / "fixtures" / "invoices"


@pytest.fixture
def bare_machine(monkeypatch):
    """Let no font be installed."""
    monkeypatch.setattr(typefaces, "FOLDERS", ())
    typefaces.typefaces_for.cache_clear()
    yield
    typefaces.typefaces_for.cache_clear()


@pytest.fixture
def a_machine_with(monkeypatch, tmp_path):
    """Return what installs a font with squares for the letters of a text."""

    def install(text, rights=0):
        square = TTGlyphPen(None)
        for move, *point in ((1, 0, 0), (0, 0, 700), (0, 500, 700), (0, 500, 0)):
            (square.moveTo if move else square.lineTo)(tuple(point))
        square.closePath()
        names = {ord(one): f"u{ord(one):04X}" for one in text}
        font = FontBuilder(1000)
        font.setupGlyphOrder([".notdef", *names.values()])
        font.setupCharacterMap(names)
        font.setupGlyf(dict.fromkeys([".notdef", *names.values()], square.glyph()))
        font.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (600, 0)))
        font.setupHorizontalHeader(ascent=800, descent=-200)
        font.setupOS2(sTypoAscender=800, fsType=rights)
        font.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
        font.setupPost()
        font.save(tmp_path / "SquaresSans.ttf")
        monkeypatch.setattr(typefaces, "FOLDERS", (tmp_path,))
        typefaces.typefaces_for.cache_clear()
        return tmp_path

    yield install
    typefaces.typefaces_for.cache_clear()


def read(document, data=None):
    return PdfReader(BytesIO(invoice_pdf(document, data)))


def amounts_in(text):
    """Return the amounts of an English text, in the minor unit."""
    found = re.findall(r"-?[0-9][0-9,]*\.[0-9]{2}(?![0-9])", text)
    return [int(one.replace(",", "").replace(".", "")) for one in found]


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

    said = reader.xmp_metadata
    assert said.dc_title == {"x-default": "Facture NIM-2026-000002"}
    assert said.dc_creator == ["Nimbus Software GmbH"]
    assert said.xmp_create_date == datetime(2026, 3, 1)  # noqa: DTZ001  # so pypdf reads UTC
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
@pytest.mark.usefixtures("bare_machine")
def test_characters_without_a_glyph_are_shown_as_such_and_the_invoice_says_so(an_invoice, name):
    text = text_of(an_invoice(buyer=Party(legal_name=name)))

    shown, footnote = text.count("\N{REPLACEMENT CHARACTER}"), "are not in this document"
    assert shown == sum(ord(character) > 0x500 for character in name) + 1
    assert footnote in text


def test_invisible_characters_are_left_out(an_invoice):
    text = text_of(an_invoice(buyer=Party(legal_name="Ac\N{ZERO WIDTH JOINER}me\N{SOFT HYPHEN}!")))

    assert "Acme!" in text


def test_every_page_of_a_long_invoice_has_the_header_of_its_table(an_invoice, a_line):
    *pages, last = read(an_invoice(lines=(a_line(),) * 24)).pages

    assert len(pages) > 1
    assert ["Price per year" in page.extract_text() for page in pages] == [True] * len(pages)
    assert f"Page {len(pages) + 1} of {len(pages) + 1}" in last.extract_text()


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


def test_a_name_of_ten_thousand_characters_is_printed_whole(an_invoice):
    name = "Nom et nom " * 900 + "Q" * 100
    buyer = replace(an_invoice().buyer, legal_name=name)

    text = text_of(an_invoice(buyer=buyer))

    assert text.count("Nom et") + text.count("Nom\net") == 900
    assert text.count("Q") == 100
    assert "Page 4 of 4" in text
    assert "\nTotal 3,000.00" in text


def test_two_thousand_lines_are_printed_with_all_their_amounts(an_invoice, a_line):
    lines = tuple(a_line(quantity=1 + number % 7) for number in range(2_000))
    document = an_invoice(lines=lines)

    text = text_of(document)

    totals = document.totals
    nets = sum(line.net_minor for line in lines)
    found = re.findall(r"\n[1-7] 600\.00 20% ([0-9,.]+)", text)
    assert len(found) == 2_000
    assert sum(amounts_in("\n".join(found))) == nets == totals.net_minor
    assert f"\nTotal {totals.total_minor / 100:,.2f}" in text


@pytest.mark.parametrize("rates", [(2000,), (2000, 550), (2000, 550, 1000)])
def test_every_total_on_paper_is_that_of_the_invoice(an_invoice, a_line, rates):
    lines = tuple(a_line(rate=rate, bought_on=date(2026, 3, 17)) for rate in rates)
    document = an_invoice(lines=lines)

    text = text_of(document)

    sums = amounts_in(text[text.index("Total before VAT") : text.index("Payment")])
    taxes = [minor for tax in document.totals.tax_lines for minor in (tax.net_minor, tax.tax_minor)]
    assert sums == [document.totals.net_minor, *taxes, document.totals.total_minor]


def test_a_credit_note_on_paper_takes_back_what_its_taxes_say(an_invoice, a_line):
    taxes = (TaxLine(2000, -250_000, -50_001),)
    document = an_invoice(
        credit=Credit("NIM-1", (1,), in_full=False, issued_on=date(2026, 2, 1)),
        lines=(a_line().credited(),),
        credited_taxes=taxes,
    )

    text = text_of(document)

    assert "Credit on invoice\nNIM-1 of 1 February 2026" in text
    assert amounts_in(text[text.index("Total before VAT") :]) == [
        *(-250_000, -250_000, -50_001, -300_001),
    ]


def test_a_buyer_in_the_united_states_gets_paper_of_the_size_letter(an_invoice):
    page = read(an_invoice(buyer=Party(legal_name="Acme, Inc.", country="US"))).pages[0]

    assert [round(float(length)) for length in page.mediabox[2:]] == [612, 792]


def test_other_scripts_are_printed_with_a_font_that_is_installed(an_invoice, a_machine_with):
    a_machine_with("日本株式会社")

    text = text_of(an_invoice(buyer=Party(legal_name="日本株式会社 K.K.")))

    assert "日本株式会社 K.K." in text
    assert "\N{REPLACEMENT CHARACTER}" not in text


def test_right_to_left_names_are_printed_in_the_order_of_the_eye(an_invoice, a_machine_with):
    name = "חברת הבדיקה " * 20
    a_machine_with("חברת הבדיקה")

    text = text_of(an_invoice(buyer=Party(legal_name=name.strip())))

    seen = [line for line in text.splitlines() if "ח" in line]
    assert len(seen) > 1
    # The reader gives words back in the order in which they are read.
    assert "".join(seen).replace(" ", "") == name.replace(" ", "")


def test_a_font_whose_maker_refuses_embedding_is_not_used(an_invoice, a_machine_with):
    a_machine_with("日本", rights=2)

    text = text_of(an_invoice(buyer=Party(legal_name="日本")))

    assert text.count("\N{REPLACEMENT CHARACTER}") == 3


def test_a_file_that_is_no_font_fails_no_invoice(an_invoice, a_machine_with, caplog):
    folder = a_machine_with("本")
    (folder / "AbrokenSans.ttf").write_bytes(b"\0\1\0\0" + b"x" * 50)

    text = text_of(an_invoice(buyer=Party(legal_name="日本")))

    assert "\N{REPLACEMENT CHARACTER}本" in text
    assert "a font cannot be read" in caplog.text


def test_a_font_that_breaks_when_it_is_used_fails_no_invoice(
    an_invoice, a_machine_with, monkeypatch, caplog
):
    folder = a_machine_with("日本")
    found = typefaces.typefaces_for(frozenset("日本"))
    (folder / "SquaresSans.ttf").unlink()
    monkeypatch.setattr("app.billing.invoices.sheets.typefaces_for", lambda _: found)

    text = text_of(an_invoice(buyer=Party(legal_name="日本")))

    assert "Total 3,000.00" in text
    assert "goes without" in caplog.text


def test_the_pdf_is_an_archive_copy_with_the_invoice_as_data(an_invoice):
    reader = read(an_invoice(), b"<Invoice/>")

    said = reader.xmp_metadata
    assert (said.pdfaid_part, said.pdfaid_conformance) == ("3", "B")
    assert reader.attachments == {"factur-x.xml": [b"<Invoice/>"]}
    (attached,) = reader.root_object["/AF"]
    assert attached["/AFRelationship"] == "/Alternative"
    assert reader.root_object["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    raw = reader.root_object["/Metadata"].get_data().decode()
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in raw


def test_a_pdf_without_data_does_not_claim_to_have_any(an_invoice):
    reader = read(an_invoice())

    assert reader.attachments == {}
    assert "factur-x" not in reader.root_object["/Metadata"].get_data().decode()


def test_markup_in_names_stays_text_in_the_metadata(an_invoice):
    seller = replace(an_invoice().seller, legal_name="A & B <c> **d**")

    reader = read(an_invoice(seller=seller))

    assert reader.xmp_metadata.dc_creator == ["A & B <c> **d**"]
    assert "A & B <c> **d**" in reader.pages[0].extract_text()


def test_the_french_mentions_are_on_paper(an_invoice):
    french = Language("fr")
    seller = Party(legal_name="Nimbus", country="FR")
    document = an_invoice(seller=seller, language=french, notes=tuple(mentions_of(seller, french)))

    text = text_of(document)

    for words in ("BCE majoré de 10 points", "40 €", "Escompte pour paiement anticipé"):
        assert words in text
    assert "30 jours à compter de l’émission, soit le 31 mars 2026" in text
