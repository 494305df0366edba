"""Settings by hand: what the settings' table has, and what invoices say of the buyer."""

import pytest

from app.access.principal import Role
from app.models import Organization
from app.organizations.parties import BUYER_PARTICULARS
from app.organizations.setting import OwnerMay, open_to_owners
from app.web.console.settings import LABELS
from tests.support.browser import Browser

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def form_page(acme, owner):
    return owner.get(f"/console/{acme.id}/settings")


#: What stands in the form where one of a few is chosen.
CHOSEN = {"language": "en", "seat_refusal_status": "403", "when_full": "reject"}


def kept(customer):
    return Organization.get_by_id(customer.id)


def test_every_setting_that_owners_see_has_a_name_on_the_page(form_page):
    there = {each.name for each in open_to_owners(OwnerMay.CHANGE, OwnerMay.READ)}

    assert form_page.heading == "Settings"
    assert set(LABELS) == there | {member.name for member in BUYER_PARTICULARS}


def test_settings_are_changed_and_shown(acme, owner, form_page):
    page = owner.send(
        form_page,
        "Save the settings",
        when_full="park",
        language="fr",
        seat_refusal_status="400",
        reserve_for_denied="yes",
        login_by_email="no",
        alert_thresholds="5, 10%",
        billing_contacts="a@example.com, b@example.com",
        city="Lyon",
        country="fr",
        address_lines="1 rue A\n2e étage",
    )

    assert "Your settings are saved." in page.text
    row = kept(acme)
    assert (row.when_full, row.language, row.seat_refusal_status) == ("park", "fr", 400)
    assert (row.reserve_for_denied, row.login_by_email) == (True, False)
    assert row.party["address_lines"] == ["1 rue A", "2e étage"]
    shown = [each.get("value") for each in page.of("input")]
    assert {"5, 10%", "a@example.com, b@example.com", "Lyon", "FR"} <= set(shown)


@pytest.mark.parametrize(
    ("field", "text", "advice"),
    [
        ("vat_id", "FR1", ("'FR1' is not a valid VAT number", "n'est pas un numéro de TVA")),
        ("country", "Freedonia", ("'Freedonia' is not a country", "n'est pas un pays")),
        ("billing_contacts", "no address", ("not an e-mail address", "n'est pas une adresse")),
        ("alert_thresholds", "many", ("a share from 1% to 99%", "une part de 1% à 99%")),
        ("alert_thresholds", "1, 1", ("each once", "chacun une fois")),
        ("login_help", "x" * 500, ("characters to follow Ask", "caractères, comme")),
        ("legal_name", "x" * 501, ("Legal name: Give at most 500", "sociale : Donnez au plus 500")),
        ("city", "Ly\u200bon", ("or invisible character", "ou invisible")),
        ("when_full", "explode", ("Send one of reject, park.", "Choisissez reject ou park.")),
        ("seat_refusal_status", "\u0662", ("give 403 or 400", "donnez 403 ou 400")),
        ("language", "xx", ("'xx' is not a language that", "'xx' n'est pas une langue")),
    ],
)
def test_what_cannot_be_used_comes_back_and_changes_nothing(acme, owner, field, text, advice):
    entered = {**CHOSEN, "city": "Lyon", field: text}
    for language, words in zip(("en", "fr"), advice, strict=True):
        form = owner.get(f"/console/{acme.id}/settings").form("Save the settings")
        page = owner.post(form.action, form.fields | entered, headers={"Accept-Language": language})

        assert page.status == 422
        assert words in page.text
    assert (text if field == "city" else "Lyon") in [each.get("value") for each in page.of("input")]
    assert "city" not in kept(acme).party


def test_others_read_the_settings_and_change_none(service, acme):
    browser = Browser(service)
    browser.sign_in(acme, Role.OWNER)
    page = browser.get(f"/console/{acme.id}/settings")

    assert "A primary owner can change them." in page.text
    assert not [form for form in page.forms if "Save the settings" in form.buttons]
    token = page.form("Sign out").fields
    assert browser.post(f"/console/{acme.id}/settings", token).status == 403


def test_what_invoices_lack_is_named_until_it_is_entered(acme, owner, form_page):
    assert "The buyer’s full address." in form_page.text

    page = owner.send(
        form_page,
        "Save the settings",
        address_lines="1 rue de la Paix",
        city="Paris",
        country="FR",
        siren="303 265 045",
        electronic_address="0225:303265045",
        buyer_reference="SERVICE-7",
        **{"language": "en", "seat_refusal_status": "403", "when_full": "reject"},
    )

    assert "The buyer’s full address." not in page.text
    assert kept(acme).party["siren"] == "303265045"
    assert kept(acme).party["buyer_reference"] == "SERVICE-7"
