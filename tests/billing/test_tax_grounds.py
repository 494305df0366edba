"""On which ground an organization is taxed: a closed set, guarded, and kept on its invoices."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.access.context import acting
from app.billing.grounds import TaxCategory, ground, ground_of
from app.billing.invoices.crediting import credit_invoice
from app.billing.invoices.document import EuroRate, Party, TaxBreakdown
from app.billing.invoices.issuing import document_of
from app.billing.invoices.particulars import Particular
from app.billing.invoices.wording import Fact, invoice_words
from app.billing.law import has_euro, outdated_law
from app.billing.published_rates import Publication, enter_rate
from app.errors import InvalidInput
from app.i18n.languages import Language
from app.models import Organization
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    create_organization,
    find_organization,
    set_organization,
    set_seller,
)
from tests.support.builders import NOW, a_contract, a_quote, an_organization, buy, confirm

ABROAD = "outside_scope Article 44 of Directive 2006/112/EC"
SMALL = "exempt VATEX-FR-FRANCHISE Art. 293 B du CGI"
FRENCH = Language("fr")


def change(customer, *, at=NOW, **changes):
    return set_organization(acting(customer.operator, at=at), OrganizationChanges(**changes))


def sell_from(country, **party):
    set_seller(SellerChanges(party={"country": country, **party}), at=NOW)


def taxed(customer):
    row = find_organization(customer.id)
    return row.tax, row.tax_rate_basis_points, row.reverse_charge


@pytest.mark.parametrize(
    ("text", "category", "code"),
    [
        ("domestic 20", TaxCategory.STANDARD, ""),
        ("reverse_charge", TaxCategory.REVERSE_CHARGE, "VATEX-EU-AE"),
        (ABROAD, TaxCategory.OUTSIDE_SCOPE, "VATEX-EU-O"),
        (SMALL, TaxCategory.EXEMPT, "VATEX-FR-FRANCHISE"),
        ("exempt Section 19 UStG", TaxCategory.EXEMPT, ""),
    ],
)
def test_each_ground_has_its_category_and_code(text, category, code):
    known = ground(text)

    assert (known.category, known.code, known.text) == (category, code, text)


@pytest.mark.parametrize(
    "text",
    [
        "zero",
        "domestic",
        "domestic 0",
        "domestic 101",
        "reverse_charge Article 196",
        "outside_scope",
        "exempt  ",
        "exempt VATEX-FR-FRANCHISE",
        "exempt VATEX-EU-NOWHERE some law",
        "outside_scope VATEX-FR-FRANCHISE some law",
    ],
)
def test_nothing_else_is_a_ground(text):
    with pytest.raises(InvalidInput) as refused:
        ground(text)

    assert refused.value.field == "tax"


def test_a_rate_of_nothing_is_no_ground():
    assert ground_of(None, 0, reverse_charge=False) is None
    assert ground_of(None, 1900, reverse_charge=False).text == "domestic 19"
    assert ground_of(ABROAD, 1900, reverse_charge=False).text == "domestic 19"


@pytest.mark.usefixtures("database")
def test_rate_and_reverse_charge_follow_the_ground_and_the_ground_follows_them():
    acme = an_organization(None)

    change(acme, tax="domestic 5.5")
    assert taxed(acme) == ("domestic 5.5", 550, False)
    change(acme, tax="reverse_charge")
    assert taxed(acme) == ("reverse_charge", 0, True)
    change(acme, tax=ABROAD)
    assert taxed(acme) == (ABROAD, 0, False)
    change(acme, tax_rate="19")
    assert taxed(acme) == ("domestic 19", 1900, False)
    change(acme, tax="")
    assert taxed(acme) == (None, 0, False)


@pytest.mark.usefixtures("database")
def test_a_ground_beside_its_figures_is_refused():
    acme = an_organization(None)

    with pytest.raises(InvalidInput, match="one follows the other"):
        change(acme, tax="domestic 20", tax_rate="20")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("seller", "buyer", "tax", "problem"),
    [
        ("FR", "FR", "reverse_charge", "both in FR"),
        ("US", "US", "reverse_charge", "both in US"),
        ("FR", "US", "reverse_charge", "outside it"),
        ("FR", "DE", ABROAD, "in the European Union"),
        ("FR", "FR", ABROAD, "in the European Union"),
    ],
)
def test_a_ground_that_cannot_be_between_two_countries_is_refused(seller, buyer, tax, problem):
    sell_from(seller)
    acme = an_organization(None)
    change(acme, party={"country": buyer})

    with pytest.raises(InvalidInput, match=problem) as refused:
        change(acme, tax=tax)

    assert refused.value.field == "tax"
    assert taxed(acme) == (None, 0, False)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("seller", "buyer", "tax"),
    [
        ("FR", "DE", "reverse_charge"),
        ("FR", "US", ABROAD),
        ("FR", "FR", SMALL),
        ("US", "FR", ABROAD),
        ("", "", "reverse_charge"),
    ],
)
def test_a_ground_that_can_be_is_taken(seller, buyer, tax):
    sell_from(seller)
    acme = an_organization(None)

    change(acme, tax=tax, party={"country": buyer})

    assert taxed(acme)[0] == tax


@pytest.mark.usefixtures("database")
def test_a_buyer_cannot_move_to_where_the_ground_cannot_be():
    sell_from("FR")
    acme = an_organization(None)
    change(acme, tax="reverse_charge", party={"country": "DE"})

    with pytest.raises(InvalidInput) as refused:
        change(acme, party={"country": "FR"})

    assert refused.value.field == "country"


@pytest.mark.usefixtures("database")
def test_a_seller_that_moved_makes_the_ground_a_thing_that_is_missing():
    sell_from("FR")
    acme = an_organization(1)
    change(acme, tax="reverse_charge", party={"country": "DE"})
    sell_from("DE")

    invoice = buy(acme, 1).invoice

    assert Particular.TAX_COUNTRY in document_of(invoice, date(2026, 3, 1)).missing


def test_a_law_is_cited_as_long_as_it_may_be():
    text = ground(SMALL).reference

    assert outdated_law(text, date(2027, 12, 31)) is None
    assert outdated_law(text, date(2028, 1, 1)).successor == "CIBS"
    assert outdated_law("article L. 213-1 du CIBS", date(2028, 1, 1)) is None


@pytest.mark.usefixtures("database")
def test_a_law_of_the_past_is_neither_taken_nor_passed_over():
    acme = an_organization(1, auto_renew=True)
    change(acme, tax=SMALL)
    later = datetime(2028, 1, 3, tzinfo=UTC)

    invoice = replace(document_of(acme.signing.invoice, date(2026, 3, 1)), tax=ground(SMALL))

    assert Particular.TAX_REFERENCE not in invoice.missing
    assert Particular.TAX_REFERENCE in replace(invoice, issued_on=later.date()).missing
    with pytest.raises(InvalidInput, match="replaced by the CIBS"):
        change(acme, tax=SMALL, at=later)


@pytest.mark.usefixtures("database")
def test_a_new_organization_starts_with_the_sellers_ground_and_others_keep_theirs():
    before = an_organization(None)
    set_seller(SellerChanges(default_tax="domestic 20"), at=NOW)

    fresh = create_organization("Bolt", at=NOW)

    assert (fresh.tax, fresh.tax_rate_basis_points) == ("domestic 20", 2000)
    assert taxed(before) == (None, 0, False)


@pytest.mark.usefixtures("database")
def test_a_contract_is_signed_without_a_ground_and_its_invoice_says_that_it_lacks():
    acme = an_organization(1)

    document = document_of(acme.signing.invoice, date(2026, 1, 1))

    assert Particular.TAX_GROUND in document.missing
    assert document.tax_breakdown[0].category is None


@pytest.mark.usefixtures("database")
def test_an_invoice_keeps_the_ground_of_its_issue_and_its_credit_note_too():
    acme = an_organization(1)
    change(acme, tax=ABROAD)
    invoice = buy(acme, 1).invoice
    change(acme, tax=SMALL)

    note = credit_invoice(acting(acme.operator, at=NOW), invoice.id)

    assert (invoice.tax, note.tax) == (ABROAD, ABROAD)
    assert acme.signing.invoice.tax is None


@pytest.mark.usefixtures("database")
def test_a_ground_that_is_added_leaves_open_quotes_open_and_stands_on_their_invoice():
    acme = an_organization(1)
    quote = a_quote(acme, 1)
    change(acme, tax=ABROAD)

    assert confirm(acme, quote).invoice.tax == ABROAD


def test_outside_the_scope_there_is_no_rate_and_data_name_no_vat_number(an_invoice, a_line):
    document = an_invoice(lines=(a_line(rate=0),), tax=ground(ABROAD))

    assert document.tax_breakdown == (
        TaxBreakdown(
            TaxCategory.OUTSIDE_SCOPE,
            None,
            250_000,
            0,
            "VATEX-EU-O",
            "Article 44 of Directive 2006/112/EC",
        ),
    )
    assert not document.names_vat_ids_in_data
    assert an_invoice().names_vat_ids_in_data


@pytest.mark.parametrize(
    ("tax", "label", "sentence"),
    [
        ("reverse_charge", "Autoliquidation", "article 196 de la directive 2006/112/CE"),
        (
            "outside_scope art. 259-1 du CGI",
            "TVA non applicable",
            "TVA non applicable – prestation hors du champ territorial de la TVA française"
            " (art. 259-1 du CGI).",
        ),
        (
            SMALL,
            "TVA non applicable",
            "TVA non applicable, Art. 293 B du CGI.",
        ),
    ],
)
def test_the_ground_stands_where_a_rate_of_nothing_would(an_invoice, a_line, tax, label, sentence):
    known = ground(tax)
    seller = replace(an_invoice().seller, country="FR")

    words = invoice_words(
        an_invoice(
            lines=(a_line(rate=0),),
            tax=known,
            reverse_charge=known.reverse_charge,
            seller=seller,
            language=FRENCH,
        )
    )

    assert words.totals[1] == Fact(label, "0,00")
    assert any(sentence in note for note in words.grounds)
    assert words.lines[0].figures[2] == "–"
    assert "0\xa0%" not in str(words)


def test_an_invoice_of_before_says_what_it_said(an_invoice, a_line):
    words = invoice_words(an_invoice(lines=(a_line(rate=0),), reverse_charge=True))

    assert words.totals[1] == Fact("VAT 0% on 2,500.00", "0.00")
    assert words.lines[0].figures[2] == "0%"


def test_the_paper_names_the_sellers_register_and_never_what_lacks(an_invoice):
    seller = replace(
        an_invoice().seller,
        **{"legal_form": "SAS", "share_capital": "10 000 €", "siren": "303265045"},
        rcs_city="Paris",
        registered_office="2 rue du Siège, 75001 Paris",
    )

    lines = invoice_words(an_invoice(seller=seller, language=FRENCH)).seller.lines

    assert "SAS au capital de 10 000 €" in lines
    assert "RCS Paris 303 265 045" in lines
    assert "Siège social\N{NO-BREAK SPACE}: 2 rue du Siège, 75001 Paris" in lines


@pytest.mark.usefixtures("database")
class TestTaxInEuros:
    def an_invoice_in(self, currency, *, tax="domestic 20", country="FR"):
        sell_from(country)
        acme = an_organization(None)
        change(acme, tax=tax)
        invoice = a_contract(acme, 1, currency=currency).invoice
        return acme, invoice, document_of(invoice, date(2026, 1, 1))

    def enter(self, rate, day, code="USD"):
        return enter_rate(Publication(code, rate, day, "ECB"), at=NOW)

    def test_the_last_rate_of_before_the_issue_is_kept_and_printed(self):
        for rate, day in (("0.8", date(2025, 12, 1)), ("0.9215", date(2025, 12, 31))):
            self.enter(rate, day)
        self.enter("0.5", date(2026, 1, 2))

        acme, invoice, document = self.an_invoice_in("USD")
        self.enter("0.7", date(2026, 1, 1))

        assert document.euro_rate == EuroRate(Decimal("0.9215"), date(2025, 12, 31), "ECB")
        assert document.tax_euro_cents == 11_058
        words = invoice_words(replace(document, language=FRENCH))
        assert (
            Fact("TVA en euros (1 USD = 0,9215 EUR, ECB, 31 décembre 2025)", "110,58\xa0EUR")
            in words.totals
        )
        note = credit_invoice(acting(acme.operator, at=NOW), invoice.id)
        assert document_of(note, date(2026, 3, 1)).tax_euro_cents == -11_058

    @pytest.mark.parametrize("day", [None, date(2025, 11, 30)])
    def test_without_a_rate_or_with_an_old_one_it_lacks(self, day):
        if day:
            self.enter("0.9", day)

        _, _, document = self.an_invoice_in("USD")

        assert document.tax_euro_cents is None
        assert Particular.EURO_RATE in document.missing

    @pytest.mark.parametrize(
        ("currency", "tax", "country", "cents"),
        [
            ("USD", "reverse_charge", "FR", 0),
            ("EUR", "domestic 20", "FR", None),
            ("USD", "domestic 20", "US", None),
        ],
    )
    def test_it_is_stated_where_it_must_be(self, currency, tax, country, cents):
        _, _, document = self.an_invoice_in(currency, tax=tax, country=country)

        assert document.tax_euro_cents == cents
        assert Particular.EURO_RATE not in document.missing

    @pytest.mark.parametrize(
        ("code", "rate", "source", "field"),
        [
            ("XXX", "1", "ECB", "code"),
            ("EUR", "1", "ECB", "code"),
            ("USD", "0", "ECB", "rate"),
            ("USD", "0,92", "ECB", "rate"),
            ("USD", "-1", "ECB", "rate"),
            ("USD", "1e3", "ECB", "rate"),
            ("USD", "0.92", " ", "source"),
        ],
    )
    def test_what_is_no_rate_is_refused(self, code, rate, source, field):
        with pytest.raises(InvalidInput) as refused:
            enter_rate(Publication(code, rate, date(2026, 1, 1), source), at=NOW)

        assert refused.value.field == field


def test_the_euro_comes_to_a_country_on_its_day():
    assert not has_euro("BG", date(2025, 12, 31))
    assert has_euro("BG", date(2026, 1, 1))


@pytest.mark.usefixtures("database")
def test_a_party_without_a_country_is_guarded_against_nothing():
    acme = an_organization(None)

    change(acme, tax="reverse_charge")

    assert Party().country == ""
    assert Organization.get_by_id(acme.id).reverse_charge
