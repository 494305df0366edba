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
    ("field", "text"),
    [
        ("vat_id", "FR1"),
        ("country", "Freedonia"),
        ("billing_contacts", "no address"),
        ("alert_thresholds", "many"),
        ("when_full", "explode"),
        ("seat_refusal_status", "\u0662"),
        ("language", "xx"),
    ],
)
def test_what_cannot_be_used_comes_back_and_changes_nothing(acme, owner, form_page, field, text):
    page = owner.send(form_page, "Save the settings", city="Lyon", **{field: text})

    assert page.status == 422
    assert "It cannot be used as it is." in page.text
    assert "Lyon" in [each.get("value") for each in page.of("input")]
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
