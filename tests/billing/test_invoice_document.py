from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from app.billing.invoices.document import Credit, InvoiceState, Note, Particular, Party
from app.billing.invoices.labels import missing_text
from app.billing.invoices.page import invoice_page
from app.billing.invoices.wording import Fact, arithmetic, invoice_words
from app.billing.pricing import LineKind
from app.i18n.languages import Language, languages
from tests.support.languages import add_german

TIMES = "\N{MULTIPLICATION SIGN}"


def facts_of(words):
    return {fact.label: fact.text for fact in words.facts}


@pytest.mark.parametrize(
    ("language", "purchase", "words"),
    [
        ("en", {}, "5 seats x €600.00 x 10 months / 12"),
        ("fr", {}, "5 sièges x 600,00\N{NO-BREAK SPACE}€ x 10 mois / 12"),
        (
            "en",
            {"bought_on": date(2026, 3, 17)},
            "5 seats x €600.00 x (9 months + 15 days of 31) / 12",
        ),
        (
            "fr",
            {"bought_on": date(2026, 3, 17)},
            "5 sièges x 600,00\N{NO-BREAK SPACE}€ x (9 mois + 15 jours sur 31) / 12",
        ),
        ("en", {"bought_on": date(2026, 12, 30)}, "5 seats x €600.00 x (2 days of 31) / 12"),
        (
            "en",
            {"quantity": 100, "bought_on": date(2026, 1, 1)},
            "100 seats x €600.00",
        ),
        ("fr", {"quantity": 1}, "1 siège x 600,00\N{NO-BREAK SPACE}€ x 10 mois / 12"),
        ("en", {"quantity": -5}, "-5 seats x €600.00 x 10 months / 12"),
    ],
)
def test_the_invoice_shows_its_arithmetic(a_line, language, purchase, words):
    line = a_line(**purchase)

    assert arithmetic(line, "EUR", Language(language)).replace(TIMES, "x") == words


def test_a_line_names_its_service_period_with_its_last_day(an_invoice):
    words = invoice_words(an_invoice())

    assert words.lines[0].details[1] == "1 March 2026 \N{EN DASH} 31 December 2026"


def test_complete_parties_lack_nothing(an_invoice):
    assert an_invoice().missing == ()


def test_empty_parties_lack_names_and_addresses_and_under_reverse_charge_a_vat_number(an_invoice):
    document = an_invoice(seller=Party(), buyer=Party(), reverse_charge=True)

    assert document.missing == (
        Particular.SELLER_NAME,
        Particular.SELLER_ADDRESS,
        Particular.BUYER_NAME,
        Particular.BUYER_ADDRESS,
        Particular.BUYER_VAT_ID,
    )


@pytest.mark.parametrize(("country", "missing"), [("DE", (Particular.SELLER_VAT_ID,)), ("US", ())])
def test_a_seller_in_the_european_union_needs_a_vat_number(an_invoice, country, missing):
    document = an_invoice()

    without = an_invoice(seller=replace(document.seller, vat_id="", country=country))

    assert without.missing == missing


@pytest.mark.parametrize("particular", ["address_lines", "city", "country"])
def test_a_letter_needs_street_city_and_country(an_invoice, particular):
    buyer = an_invoice().buyer

    partial_buyer = replace(buyer, **{particular: type(getattr(buyer, particular))()})

    assert an_invoice(buyer=partial_buyer).missing == (Particular.BUYER_ADDRESS,)


@pytest.mark.parametrize("language", languages())
def test_what_an_invoice_lacks_is_never_on_its_paper(an_invoice, language):
    document = an_invoice(buyer=Party(legal_name="Acme"), language=language)

    page = " ".join(Outline(invoice_page(document)).texts)

    assert missing_text(Particular.BUYER_ADDRESS, language) not in page


def test_an_invoice_without_tax_lacks_the_ground_for_it(an_invoice, a_line):
    without_tax = (a_line(rate=0),)

    assert an_invoice(lines=without_tax).missing == (Particular.TAX_GROUND,)
    assert an_invoice(lines=without_tax, reverse_charge=True).missing == ()


FRENCH = {
    "country": "FR",
    "vat_id": "FR40303265045",
    "siren": "303265045",
    "legal_form": "SAS",
    "share_capital": "10 000 €",
    "rcs_city": "Paris",
    "electronic_address": "0225:303265045",
}
MENTIONS = (Particular.LATE_PENALTIES, Particular.RECOVERY_COSTS, Particular.EARLY_PAYMENT)


def test_a_french_sellers_invoice_lacks_three_mentions_and_its_credit_notes_none(an_invoice):
    seller = replace(an_invoice().seller, **FRENCH)

    assert an_invoice(seller=seller).missing == MENTIONS
    assert an_invoice(seller=seller, credit=Credit("NIM-2026-000001")).missing == ()
    noted = tuple(Note(code, "so") for code in ("PMD", "PMT", "AAB"))
    assert an_invoice(seller=seller, notes=noted).missing == ()


@pytest.mark.parametrize(
    ("member", "particular"),
    [
        ("siren", Particular.SELLER_SIREN),
        ("legal_form", Particular.SELLER_LEGAL_FORM),
        ("share_capital", Particular.SELLER_CAPITAL),
        ("rcs_city", Particular.SELLER_REGISTER),
    ],
)
def test_a_french_seller_names_its_form_and_its_registers(an_invoice, member, particular):
    seller = replace(an_invoice().seller, **{**FRENCH, member: ""})

    assert an_invoice(seller=seller).missing == (particular, *MENTIONS)


@pytest.mark.parametrize(
    ("issued_on", "missing"),
    [
        (date(2026, 8, 31), ()),
        (date(2026, 9, 1), (Particular.BUYER_SIREN, Particular.BUYER_ELECTRONIC_ADDRESS)),
    ],
)
def test_french_businesses_need_numbers_for_data_once_invoices_are_exchanged_as_data(
    an_invoice, issued_on, missing
):
    seller = replace(an_invoice().seller, **FRENCH)

    document = an_invoice(seller=seller, issued_on=issued_on)

    assert document.missing == (*missing, *MENTIONS)


@pytest.mark.parametrize("particular", Particular)
@pytest.mark.parametrize("language", languages())
def test_everything_that_can_be_missing_has_its_words(particular, language):
    assert missing_text(particular, language)


def test_a_part_of_an_invoice_is_credited_without_saying_that_it_is_cancelled(an_invoice, a_line):
    part = replace(a_line().credited(), quantity=0, net_minor=-100)
    credit = Credit("NIM-2026-000001", (1,), in_full=False)

    words = invoice_words(an_invoice(credit=credit, lines=(part,), language=Language("fr")))

    assert facts_of(words)["Avoir sur la facture"] == "NIM-2026-000001"
    assert "Annule la facture" not in facts_of(words)
    assert words.lines[0].details[0] == "Montant sur la ligne 1 de la facture NIM-2026-000001"
    assert words.lines[0].figures == ("", "", "20\xa0%", "-1,00")


@pytest.mark.parametrize(
    ("notes", "text"),
    [
        (("AV-1",), "NIM-1, annulée par l’avoir AV-1"),
        (("AV-1", "AV-2"), "NIM-1, annulée par les avoirs AV-1, AV-2"),
    ],
)
def test_a_replacement_names_what_it_replaces_and_what_took_that_back(an_invoice, notes, text):
    document = an_invoice(replaces="NIM-1", replaced_credits=notes, language=Language("fr"))

    assert facts_of(invoice_words(document))["Remplace la facture"] == text


def test_a_partly_credited_invoice_says_what_is_still_to_be_paid(an_invoice):
    document = an_invoice(
        state=InvoiceState.PARTLY_CREDITED, credited_minor=50_000, paid_minor=100_000
    )

    words = invoice_words(document)

    assert words.headline == "1,500.00\xa0EUR due on 31 March 2026"
    assert [(fact.label, fact.text) for fact in words.totals[-3:]] == [
        ("Credited", "-500.00"),
        ("Paid so far", "-1,000.00"),
        ("Still to pay", "1,500.00\xa0EUR"),
    ]
    assert words.payment != ()


def test_reverse_charge_is_stated_with_its_legal_ground(an_invoice, a_line):
    words = invoice_words(an_invoice(lines=(a_line(rate=0),), reverse_charge=True))

    assert words.totals[1] == Fact("VAT 0% on 2,500.00", "0.00")
    assert "Reverse charge" in words.grounds[0]
    assert "Article 196" in words.grounds[0]


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        (InvoiceState.ISSUED, "3,000.00\xa0EUR due on 31 March 2026"),
        (InvoiceState.OVERDUE, "3,000.00\xa0EUR was due on 31 March 2026"),
        (InvoiceState.PAID, "3,000.00\xa0EUR paid"),
        (InvoiceState.VOID, "3,000.00\xa0EUR cancelled"),
    ],
)
def test_the_headline_says_what_is_to_be_done(an_invoice, state, headline):
    assert invoice_words(an_invoice(state=state)).headline == headline


@pytest.mark.parametrize("state", [InvoiceState.PAID, InvoiceState.VOID])
def test_what_need_not_be_paid_shows_no_bank_account(an_invoice, state):
    assert invoice_words(an_invoice(state=state)).payment == ()


def test_a_credit_note_names_the_invoice_and_asks_for_no_money(an_invoice, a_line):
    document = an_invoice(credit=Credit("NIM-2026-000001"), lines=(a_line().credited(),))

    words = invoice_words(document)

    assert words.title == "Credit note"
    assert facts_of(words)["Credits invoice"] == "NIM-2026-000001"
    assert "Due date" not in facts_of(words)
    assert words.headline == "3,000.00\xa0EUR credited"
    assert words.totals[-1] == Fact("Total", "-3,000.00\xa0EUR")
    assert words.payment == ()


def test_purchase_order_and_cost_centre_are_shown_when_given(an_invoice):
    words = invoice_words(an_invoice(purchase_order="PO-4711", cost_centre="R&D"))

    assert facts_of(words)["Purchase order"] == "PO-4711"
    assert facts_of(words)["Cost centre"] == "R&D"


@pytest.mark.parametrize("kind", LineKind)
@pytest.mark.parametrize("language", languages())
def test_every_kind_of_line_has_a_description(an_invoice, a_line, kind, language):
    words = invoice_words(an_invoice(lines=(a_line(kind),), language=language))

    assert words.lines[0].description


class Outline(HTMLParser):
    """The texts and the header scopes of a page."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.scopes, self.language = [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "html":
            self.language = dict(attrs)["lang"]
        if tag == "th":
            self.scopes.append(dict(attrs)["scope"])

    def handle_data(self, data):
        self.texts.extend(filter(None, [data.strip()]))


def test_the_page_says_every_word_of_the_invoice(an_invoice):
    document = an_invoice(buyer=Party(legal_name="\N{CJK UNIFIED IDEOGRAPH-65E5}"))
    words = invoice_words(document)

    texts = Outline(invoice_page(document)).texts

    for said in (*words.facts, *words.totals, *words.payment):
        assert {said.label, said.text} <= set(texts)
    for line in words.lines:
        assert {line.description, *line.details, *line.figures} <= set(texts)
    assert {*words.columns, words.headline, words.buyer.name} <= set(texts)


def test_the_page_is_in_the_language_of_the_invoice_and_its_table_has_headers(an_invoice):
    outline = Outline(invoice_page(an_invoice(language=Language("fr"))))

    assert outline.language == "fr"
    assert outline.scopes == ["col"] * 5 + ["row"] * 4


def test_what_a_party_calls_itself_is_text_and_never_markup(an_invoice):
    page = invoice_page(an_invoice(buyer=Party(legal_name="<script>alert(1)</script>")))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_loads_nothing_from_elsewhere(an_invoice):
    page = invoice_page(an_invoice())

    assert "src=" not in page
    assert "url(" not in page
    assert "href=" not in page


def test_an_invoice_is_written_in_a_language_that_was_added(an_invoice, tmp_path, monkeypatch):
    german = add_german(tmp_path, monkeypatch)

    page = invoice_page(an_invoice(language=german))

    assert '<html lang="de">' in page
    assert "Gesamtbetrag" in page
    assert "5 Plätze × 600,00\N{NO-BREAK SPACE}€ × 10 Monate / 12" in page
    assert "1. März 2026 – 31. Dezember 2026" in page
    assert "2.500,00" in page
    assert "Due date" in page  # not translated yet
    assert "Customer number" not in page
