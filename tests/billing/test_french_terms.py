"""Terms of payment of French sellers and buyers: what the law bounds, and what invoices note."""

from datetime import date

import pytest

from app.access.context import acting
from app.billing.invoices.issuing import document_of
from app.billing.invoices.mentions import mentions_of
from app.billing.invoices.party import Party
from app.billing.invoices.wording import invoice_words
from app.billing.published_rates import LEGAL_INTEREST, Publication, enter_rate
from app.errors import InvalidInput
from app.i18n.languages import ENGLISH, Language
from app.organizations.settings import (
    OrganizationChanges,
    SellerChanges,
    set_organization,
    set_seller,
    the_seller,
)
from tests.support.builders import NOW, a_contract, an_organization, buy

FRENCH = Language("fr")


def texts(**party):
    return [note.text for note in mentions_of(Party(**party), FRENCH)]


def sell(**party):
    set_seller(SellerChanges(party=party), at=NOW)


def legal_interest(percent):
    enter_rate(Publication(LEGAL_INTEREST, percent, date(2026, 1, 1), "JO"), at=NOW)


def test_a_french_sellers_invoices_note_the_usual_terms():
    assert texts(country="FR") == [
        "Pénalités de retard\N{NO-BREAK SPACE}: taux de refinancement de la BCE majoré de 10"
        " points, exigibles dès le lendemain de l’échéance, sans rappel.",
        "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement"
        "\N{NO-BREAK SPACE}: 40 €.",
        "Escompte pour paiement anticipé\N{NO-BREAK SPACE}: néant.",
    ]
    assert [note.code for note in mentions_of(Party(country="FR"), ENGLISH)] == [
        "PMD",
        "PMT",
        "AAB",
    ]


def test_a_seller_has_its_own_rate_and_words():
    said = texts(
        country="FR", late_rate="12.5", early_payment="Escompte de 2 %.", vat_on_debits="yes"
    )

    assert "Pénalités de retard\N{NO-BREAK SPACE}: 12,5\xa0% par an" in said[0]
    assert said[2:] == [
        "Escompte de 2 %.",
        "Option pour le paiement de la taxe d’après les débits.",
    ]


def test_a_seller_elsewhere_notes_what_it_has_words_for():
    assert texts(country="DE") == []
    assert texts(country="DE", early_payment="2 % Skonto.") == ["2 % Skonto."]


@pytest.mark.usefixtures("database")
def test_what_is_noted_is_kept_at_issue():
    acme = an_organization(1)
    before = acme.signing.invoice
    sell(country="FR")
    invoice = buy(acme, 1).invoice
    sell(early_payment="Discount of 2 %.")

    assert document_of(before, date(2026, 3, 1)).notes == ()
    document = document_of(invoice, date(2026, 3, 1))
    assert [note.code for note in document.notes] == ["PMD", "PMT", "AAB"]
    assert invoice_words(document).notes[-1] == "Discount for early payment: none."


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("rate", "legal", "problem"),
    [
        ("8.27", "2.76", "no less than 3 times"),
        ("8.28", None, "rate set LEGAL_INTEREST"),
        ("ECB+9", "2.76", "ECB\\+10 or more"),
    ],
)
def test_a_late_rate_below_the_legal_one_is_refused(rate, legal, problem):
    if legal:
        legal_interest(legal)

    with pytest.raises(InvalidInput, match=problem) as refused:
        sell(country="FR", late_rate=rate)

    assert refused.value.field == "late_rate"
    assert the_seller().party == {}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("rate", ["8.28", "ECB+10", "ecb + 12"])
def test_a_late_rate_that_the_law_allows_is_kept(rate):
    legal_interest("2.76")

    sell(country="FR", late_rate=rate)

    assert the_seller().party["late_rate"] == rate.upper().replace(" ", "")


@pytest.mark.usefixtures("database")
def test_a_seller_elsewhere_is_bound_once_it_is_in_france():
    sell(country="DE", late_rate="5")

    with pytest.raises(InvalidInput):
        sell(country="FR")


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("party", "field"),
    [
        ({"late_rate": "soon"}, "late_rate"),
        ({"recovery_costs": "une indemnité"}, "recovery_costs"),
        ({"vat_on_debits": "perhaps"}, "vat_on_debits"),
        ({"siren": "303265046"}, "siren"),
        ({"electronic_address": "0225"}, "electronic_address"),
        ({"electronic_address": "9999:1"}, "electronic_address"),
        ({"electronic_address": "0225:303265046"}, "electronic_address"),
        ({"electronic_address": "0225:30326504"}, "electronic_address"),
        ({"electronic_address": "0088:4012345000008"}, "electronic_address"),
        ({"electronic_address": "0009:30326504500012"}, "electronic_address"),
        ({"electronic_address": "EM:nowhere"}, "electronic_address"),
        ({"electronic_address": "0225:"}, "electronic_address"),
        ({"siren": "552008443", "vat_id": "FR40303265045"}, "siren"),
        ({"siren": "303265045", "electronic_address": "0225:552008443"}, "siren"),
    ],
)
def test_a_particular_that_cannot_be_is_refused_by_its_name(party, field):
    with pytest.raises(InvalidInput) as refused:
        sell(**party)

    assert refused.value.field == field


@pytest.mark.usefixtures("database")
def test_particulars_are_kept_as_they_are_written():
    sell(siren="303 265 045", electronic_address="em: bills@example.com", vat_on_debits="No")

    assert the_seller().party == {
        "siren": "303265045",
        "electronic_address": "EM:bills@example.com",
    }
    assert Party(electronic_address="0225:303265045").electronic_scheme == "0225"
    assert Party(electronic_address="0225:303265045").electronic_identifier == "303265045"


@pytest.mark.usefixtures("database")
class TestDaysToPay:
    def customer(self, country):
        acme = an_organization(None)
        changes = OrganizationChanges(party={"country": country})
        set_organization(acting(acme.operator, at=NOW), changes)
        return acme

    def test_more_than_sixty_need_a_reason_in_france(self):
        with pytest.raises(InvalidInput, match="L441-10") as refused:
            a_contract(self.customer("FR"), net_days=61)

        assert refused.value.field == "net_days"

    @pytest.mark.parametrize(
        ("country", "net_days", "reason"),
        [("FR", 60, None), ("DE", 90, None), ("FR", 90, "Agreement of the trade")],
    )
    def test_other_terms_are_signed(self, country, net_days, reason):
        signing = a_contract(self.customer(country), net_days=net_days, net_days_reason=reason)

        assert signing.contract.net_days_reason == reason
