"""What an invoice says as data, and that every rule it relies on refuses a broken one."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from app.billing.grounds import ground
from app.billing.invoices.cii import cii_text
from app.billing.invoices.document import Credit, EuroRate, InvoiceDocument, InvoiceState, Note
from app.billing.invoices.dresses import Dress, usual_dress
from app.billing.invoices.party import Party
from app.billing.invoices.reading import checked, read_invoice
from app.billing.invoices.ubl import ubl_text
from app.billing.pricing import LineKind, priced_line
from app.billing.terms import Term
from app.errors import Unsayable
from app.i18n.languages import Language
from tests.support.invoice_rules import SCHEMAS, broken_rules, schema_faults

FRANCE = Party(
    legal_name="Nuage SAS",
    address_lines=("12 rue des Lilas",),
    postal_code="75011",
    city="Paris",
    country="FR",
    vat_id="FR40303265045",
    siren="303265045",
    electronic_address="0225:303265045",
    legal_form="SAS",
    share_capital="10 000 €",
    rcs_city="Paris",
    iban="FR1420041010050500013M02606",
)
FRENCH_BUYER = replace(
    FRANCE,
    legal_name="Échanges SARL",
    vat_id="FR61954506077",
    siren="954506077",
    electronic_address="0225:954506077",
    buyer_reference="SERVICE-1",
)
GERMAN_BUYER = Party(
    legal_name="Nimbus GmbH",
    address_lines=("Torstraße 12",),
    city="Berlin",
    country="DE",
    vat_id="DE136695976",
    electronic_address="9930:DE136695976",
    buyer_reference="K-7",
)
AMERICAN_BUYER = replace(
    GERMAN_BUYER, country="US", vat_id="", electronic_address="", email="pay@acme.example"
)
NOTES = (Note("PMD", "Pénalités."), Note("PMT", "40 €."), Note("AAB", "Néant."))


def line(rate=2000, *, quantity=5, price=60_000):
    service = Term(date(2026, 1, 1), 1).service_from(date(2026, 10, 17))
    return priced_line(LineKind.ADDITION, quantity, price, service, rate)


DOMESTIC = InvoiceDocument(
    number="INV-2026-000007",
    state=InvoiceState.ISSUED,
    issued_on=date(2026, 10, 17),
    due_on=date(2026, 11, 16),
    currency="EUR",
    language=Language("fr"),
    seller=FRANCE,
    buyer=FRENCH_BUYER,
    lines=(line(),),
    tax=ground("domestic 20"),
    notes=NOTES,
)
ABROAD = ground("outside_scope Article 44 de la directive 2006/112/CE")
KINDS = {
    "S": DOMESTIC,
    "AE": replace(
        DOMESTIC,
        buyer=GERMAN_BUYER,
        lines=(line(0),),
        tax=ground("reverse_charge"),
        reverse_charge=True,
    ),
    "O": replace(DOMESTIC, buyer=AMERICAN_BUYER, lines=(line(0),), tax=ABROAD),
    "E": replace(
        DOMESTIC, lines=(line(0),), tax=ground("exempt VATEX-FR-FRANCHISE Art. 293 B du CGI")
    ),
    "credit": replace(
        DOMESTIC,
        number="CN-2026-000001",
        lines=(line().credited(),),
        credit=Credit("INV-2026-000003", (1,), issued_on=date(2026, 9, 3)),
    ),
    "replacement": replace(
        DOMESTIC, replaces="INV-2026-000003", replaces_issued_on=date(2026, 9, 3)
    ),
    "dollars": replace(
        DOMESTIC, currency="USD", euro_rate=EuroRate(Decimal("0.9215"), date(2026, 10, 1), "ECB")
    ),
}


def dressed(kind, syntax):
    if syntax == "cii":
        return cii_text(KINDS[kind])
    return ubl_text(KINDS[kind], Dress.FRENCH)


RULES = {"cii": ("factur-x", "cii-french"), "ubl": ("ubl", "ubl-french")}


@pytest.mark.parametrize("syntax", RULES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_valid_by_schema_and_rules(kind, syntax):
    text = dressed(kind, syntax)

    assert schema_faults(text) == []
    assert broken_rules(text, *RULES[syntax]) == []


#: The rule, a kind of invoice, and what to put in which place of its CII so that it is broken.
BROKEN_CII = [
    (
        "BR-CO-10",
        "S",
        r"(<ram:LineTotalAmount>)[0-9.]+(?=</ram:LineTotalAmount>\s*<ram:T)",
        r"\g<1>1.00",
    ),
    ("BR-CO-13", "S", r"(<ram:TaxBasisTotalAmount>)[0-9.]+", r"\g<1>1.00"),
    ("BR-CO-14", "S", r"(<ram:TaxTotalAmount[^>]*>)[0-9.]+", r"\g<1>1.00"),
    ("BR-CO-15", "S", r"(<ram:GrandTotalAmount>)[0-9.]+", r"\g<1>1.00"),
    ("BR-CO-16", "S", r"(<ram:DuePayableAmount>)[0-9.]+", r"\g<1>1.00"),
    ("BR-CO-17", "S", r"(<ram:CalculatedAmount>)[0-9.]+", r"\g<1>1.00"),
    ("BR-S-02", "S", r"<ram:SpecifiedTaxRegistration>.*?</ram:SpecifiedTaxRegistration>", ""),
    ("BR-AE-02", "AE", r"<ram:SpecifiedTaxRegistration>.*?</ram:SpecifiedTaxRegistration>", ""),
    ("BR-AE-05", "AE", r"(<ram:RateApplicablePercent>)0.00", r"\g<1>20.00"),
    ("BR-AE-10", "AE", r"<ram:ExemptionReason(Code)?>.*?</ram:ExemptionReason(Code)?>", ""),
    ("BR-E-10", "E", r"<ram:ExemptionReason(Code)?>.*?</ram:ExemptionReason(Code)?>", ""),
    (
        "BR-O-02",
        "O",
        r"(</ram:URIUniversalCommunication>)",
        r'\1<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">FR40303265045</ram:ID>'
        r"</ram:SpecifiedTaxRegistration>",
    ),
    (
        "BR-O-05",
        "O",
        r"(<ram:CategoryCode>O</ram:CategoryCode>)",
        r"\1<ram:RateApplicablePercent>0.00</ram:RateApplicablePercent>",
    ),
    (
        "BR-CO-26",
        "O",
        r"<ram:SpecifiedLegalOrganization>.*?</ram:SpecifiedLegalOrganization>",
        "",
    ),
    ("BR-53", "dollars", r'<ram:TaxTotalAmount currencyID="EUR">.*?</ram:TaxTotalAmount>', ""),
    ("BR-DEC-12", "S", r"(<ram:TaxBasisTotalAmount>[0-9.]+)", r"\g<1>0"),
    ("BR-27", "S", r"<ram:ChargeAmount>", "<ram:ChargeAmount>-"),
    ("BR-29", "S", r'(format="102">)20261017', r"\g<1>20271017"),
    ("BR-06", "S", r"<ram:Name>Nuage SAS</ram:Name>", ""),
    ("BR-FR-01_BT-1", "S", r"INV-2026-000007", "I" * 36),
    ("BR-FR-02_BT-1", "S", r"INV-2026-000007", "INV 7"),
    ("BR-FR-05_BT-22_PMT", "S", r"(<ram:SubjectCode>)PMT", r"\1AAI"),
    ("BR-FR-05_BT-22_PMD", "S", r"(<ram:SubjectCode>)PMD", r"\1AAI"),
    ("BR-FR-05_BT-22_AAB", "S", r"(<ram:SubjectCode>)AAB", r"\1AAI"),
    ("BR-FR-06_BT-21_PMD", "S", r"(<ram:SubjectCode>)PMT", r"\1PMD"),
    ("BR-FR-08_BT-23", "S", r"<ram:ID>S1</ram:ID>", "<ram:ID>X1</ram:ID>"),
    ("BR-FR-10_BT-30", "S", r'<ram:ID schemeID="0002">303265045</ram:ID>', ""),
    ("BR-FR-11_BT-47", "S", r'<ram:ID schemeID="0002">954506077</ram:ID>', ""),
    ("BR-FR-12_BT-49", "S", r'<ram:URIID schemeID="0225">954506077</ram:URIID>', ""),
    ("BR-FR-13_BT-34", "S", r'<ram:URIID schemeID="0225">303265045</ram:URIID>', ""),
    ("BR-FR-16_BT-119", "S", r"(<ram:RateApplicablePercent>)20.00", r"\g<1>19.00"),
    ("BR-FR-20_BT-21", "S", r"<ram:Content>B2B<", "<ram:Content>B2X<"),
    ("BR-FR-21_BT-49", "S", r'schemeID="0225">954506077', 'schemeID="0088">7300010000001'),
    (
        "BR-FR-CO-05_BT-3",
        "credit",
        r"<ram:FormattedIssueDateTime>.*?</ram:FormattedIssueDateTime>",
        "",
    ),
    ("BR-FR-CO-07_BT-9", "S", r'(format="102">)20261116', r"\g<1>20261016"),
    ("BR-FR-CO-12_BT-5", "dollars", r"<ram:TaxCurrencyCode>EUR</ram:TaxCurrencyCode>", ""),
    ("BR-FR-DEC-02_BT-129", "S", r"(<ram:BilledQuantity[^>]*>)5", r"\g<1>5.12345"),
    ("BR-FR-DEC-03_BT-146", "S", r"(<ram:ChargeAmount>[0-9.]+)", r"\g<1>00001"),
]

BROKEN_UBL = [
    ("BR-CO-10", "S", r"(Total>\s*<cbc:LineExtensionAmount[^>]*>)[0-9.]+", r"\g<1>1.00"),
    ("BR-CO-15", "S", r"(<cbc:TaxInclusiveAmount[^>]*>)[0-9.]+", r"\g<1>1.00"),
    ("BR-CO-17", "S", r"(<cac:TaxSubtotal>.*?<cbc:TaxAmount[^>]*>)[0-9.]+", r"\g<1>1.00"),
    ("BR-S-02", "S", r"<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>", ""),
    ("BR-AE-02", "AE", r"<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>", ""),
    ("BR-E-10", "E", r"<cbc:TaxExemptionReason(Code)?>.*?</cbc:TaxExemptionReason(Code)?>", ""),
    ("BR-O-05", "O", r"(<cbc:ID>O</cbc:ID>)", r"\1<cbc:Percent>0.00</cbc:Percent>"),
    ("BR-DEC-14", "S", r"(<cbc:TaxInclusiveAmount[^>]*>[0-9.]+)", r"\g<1>0"),
    ("BR-FR-02_BT-1", "S", r"INV-2026-000007", "INV 7"),
    ("BR-FR-05_BT-22-1", "S", "#PMT#", ""),
    ("BR-FR-08_BT-23", "S", r"(<cbc:ProfileID>)S1", r"\1X1"),
    ("BR-FR-10_BT-30", "S", r'<cbc:CompanyID schemeID="0002">303265045</cbc:CompanyID>', ""),
    ("BR-FR-12_BT-49", "S", r'<cbc:EndpointID schemeID="0225">954506077</cbc:EndpointID>', ""),
    ("BR-FR-CO-05_BT-3", "credit", r"<cac:BillingReference>.*?</cac:BillingReference>", ""),
    ("BR-FR-CO-07_BT-9", "S", r"(<cbc:DueDate>)2026-11-16", r"\g<1>2026-10-16"),
    ("BR-FR-CO-12_BT-5", "dollars", r"<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>", ""),
]


@pytest.mark.parametrize(
    ("syntax", "rule", "kind", "place", "instead"),
    [*(("cii", *one) for one in BROKEN_CII), *(("ubl", *one) for one in BROKEN_UBL)],
)
def test_every_rule_that_is_relied_on_refuses_an_invoice_that_breaks_it(
    syntax, rule, kind, place, instead
):
    text = dressed(kind, syntax).decode()

    broken = re.sub(place, instead, text, flags=re.DOTALL)

    assert broken != text
    assert rule in broken_rules(broken.encode(), *RULES[syntax])


@pytest.mark.parametrize("syntax", RULES)
@pytest.mark.parametrize(
    ("kind", "place", "instead", "fault"),
    [
        # What the official rules take for valid.
        ("S", r"(<(ram:ChargeAmount|cbc:PriceAmount)[^>]*>)[0-9.]+", r"\g<1>1.00", "its price"),
        (
            "S",
            r"(<(ram:CalculatedAmount|ram:TaxTotalAmount|cbc:TaxAmount)[^>]*>)124.19",
            r"\g<1>124.20",
            "of its net",
        ),
        ("credit", "381", "380", "another type"),
        ("dollars", r'(currencyID="EUR">)[0-9.]+', r"\g<1>1.00", "another tax in euros"),
        ("S", "INV-2026-000007", "INV-2026-000008", "another number"),
        ("S", r"(GrandTotalAmount>|TaxInclusiveAmount[^>]*>)[0-9.]+", r"\g<1>1.00", "no sum"),
    ],
)
def test_what_is_not_the_invoice_is_not_given_out(syntax, kind, place, instead, fault):
    text = dressed(kind, syntax).decode()

    wrong = re.sub(place, instead, text)

    assert wrong != text
    with pytest.raises(RuntimeError, match=fault):
        checked(wrong.encode(), KINDS[kind])


@pytest.mark.parametrize("syntax", RULES)
def test_a_prorated_line_says_its_net_as_the_price_of_its_seats(syntax):
    (read,) = read_invoice(dressed("S", syntax)).lines

    assert (read.quantity, read.price, read.base_quantity) == (5, read.net, 5)
    assert read.net == Decimal("620.97")


@pytest.mark.parametrize("syntax", RULES)
def test_a_credit_note_is_positive_and_names_what_it_credits(syntax):
    text = dressed("credit", syntax).decode()

    assert read_invoice(text.encode()).total > 0
    assert "INV-2026-000003" in text
    assert "5 sièges" in text
    assert "-5" not in text.replace("+1", "")


@pytest.mark.parametrize("syntax", RULES)
def test_a_replacement_is_an_ordinary_invoice_that_names_the_old_one(syntax):
    text = dressed("replacement", syntax)

    assert read_invoice(text).type == "380"
    assert b"INV-2026-000003" in text


@pytest.mark.parametrize("syntax", RULES)
def test_outside_the_scope_no_vat_number_of_either_side_is_named(syntax):
    text = dressed("O", syntax).decode()

    assert FRANCE.vat_id not in text
    assert "B2BINT" in text


def test_a_seat_whose_price_rounds_to_nothing_has_a_price_in_france():
    cheap = replace(DOMESTIC, lines=(line(quantity=1, price=1),))

    (read,) = read_invoice(cii_text(cheap)).lines

    assert read.net == 0
    assert read.price > 0
    assert broken_rules(cii_text(cheap), *RULES["cii"]) == []


def test_peppol_has_its_own_specification_and_at_most_one_note():
    root = etree.fromstring(ubl_text(DOMESTIC, Dress.PEPPOL))

    assert root.findtext("{*}CustomizationID").endswith("#urn:fdc:peppol.eu:2017:poacc:billing:3.0")
    assert root.findtext("{*}ProfileID") == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert [note.text for note in root.findall("{*}Note")] == ["Pénalités. 40 €. Néant."]
    assert broken_rules(etree.tostring(root), "ubl") == []


def test_the_dress_follows_the_countries():
    assert usual_dress(DOMESTIC) is Dress.FRENCH
    assert usual_dress(KINDS["AE"]) is Dress.PEPPOL


def test_a_name_in_any_script_comes_back_and_what_xml_cannot_carry_is_marked():
    name = '株式会社 <&> "Ω" שלום 🦊 \x07'
    text = cii_text(replace(DOMESTIC, buyer=replace(FRENCH_BUYER, legal_name=name)))

    names = [one.text for one in etree.fromstring(text).iter("{*}Name")]

    assert name.replace("\x07", "\N{REPLACEMENT CHARACTER}") in names


def test_two_thousand_lines_are_said():
    many = replace(DOMESTIC, lines=(line(),) * 2000)

    assert len(read_invoice(ubl_text(many, Dress.FRENCH)).lines) == 2000


def without(side, **lacking):
    return replace(DOMESTIC, **{side: replace(getattr(DOMESTIC, side), **lacking)})


@pytest.mark.parametrize(
    ("document", "dress", "sentence"),
    [
        (replace(DOMESTIC, currency="KWD"), Dress.PLAIN, "Amounts in KWD have 3 decimals"),
        (without("seller", legal_name=""), Dress.PLAIN, "`seatgate seller set` --legal-name"),
        (without("seller", city=""), Dress.PLAIN, "`seatgate seller set` --address-line"),
        (without("seller", vat_id=""), Dress.PLAIN, "`seatgate seller set` --vat-id"),
        (without("buyer", legal_name=""), Dress.PLAIN, "`seatgate organization set` --legal-name"),
        (without("buyer", country=""), Dress.PLAIN, "`seatgate organization set` --address-line"),
        (replace(DOMESTIC, lines=(line(0),), tax=None), Dress.PLAIN, "`organization set` --tax"),
        (
            replace(KINDS["AE"], buyer=replace(GERMAN_BUYER, vat_id="")),
            Dress.PLAIN,
            "`seatgate organization set` --vat-id",
        ),
        (replace(KINDS["AE"], buyer=FRENCH_BUYER), Dress.PLAIN, "--tax"),
        (
            replace(KINDS["O"], seller=replace(FRANCE, siren="")),
            Dress.PLAIN,
            "`seatgate seller set` --registration",
        ),
        (replace(KINDS["dollars"], euro_rate=None), Dress.PLAIN, "`seatgate rate set`"),
        (without("seller", siren=""), Dress.FRENCH, "`seatgate seller set` --siren"),
        (without("buyer", siren=""), Dress.FRENCH, "`seatgate organization set` --siren"),
        (without("seller", electronic_address=""), Dress.FRENCH, "set` --electronic-address"),
        (without("buyer", electronic_address=""), Dress.FRENCH, "set` --electronic-address"),
        (replace(DOMESTIC, notes=NOTES[1:]), Dress.FRENCH, "--late-rate"),
        (replace(DOMESTIC, notes=NOTES[::2]), Dress.FRENCH, "--recovery-costs"),
        (replace(DOMESTIC, notes=NOTES[:2]), Dress.FRENCH, "--early-payment"),
        (replace(DOMESTIC, number="I" * 36), Dress.FRENCH, "--series"),
        (
            replace(DOMESTIC, lines=(line(1900),), tax=ground("domestic 19")),
            Dress.FRENCH,
            "France has no VAT of 19 %",
        ),
        (
            replace(DOMESTIC, seller=replace(GERMAN_BUYER, registration="HRB 1")),
            Dress.FRENCH,
            "for French sellers",
        ),
        (without("buyer", electronic_address="EM:a@b.example"), Dress.PEPPOL, "electronic-address"),
        (without("seller", electronic_address=""), Dress.PEPPOL, "seller set` --electronic-addr"),
        (without("buyer", buyer_reference=""), Dress.PEPPOL, "--buyer-reference"),
        (without("seller", country="NL"), Dress.PEPPOL, "Seatgate does not keep"),
        (
            replace(DOMESTIC, seller=GERMAN_BUYER, buyer=GERMAN_BUYER),
            Dress.PEPPOL,
            "Seatgate does not keep",
        ),
    ],
)
def test_what_cannot_be_said_is_a_sentence_that_names_it_and_where_it_is_entered(
    document, dress, sentence
):
    with pytest.raises(Unsayable) as refused:
        ubl_text(document, dress)

    assert sentence.replace("`organization", "`seatgate organization") in refused.value.message
    assert document.number in refused.value.message


def test_french_invoices_of_before_the_reform_need_no_platform():
    before = replace(
        without("seller", electronic_address=""), issued_on=date(2026, 8, 31), notes=()
    )

    assert broken_rules(cii_text(before), "factur-x") == []
    with pytest.raises(Unsayable):
        cii_text(replace(before, issued_on=date(2026, 9, 1)))


def test_there_is_a_schema_for_every_syntax():
    assert {*SCHEMAS} == {"CrossIndustryInvoice", "Invoice", "CreditNote"}
