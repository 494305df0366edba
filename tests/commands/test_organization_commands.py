from datetime import timedelta

from app.access.context import acting
from app.access.principal import operator_for
from app.organizations.settings import OrganizationChanges, set_organization
from tests.conftest import opened
from tests.support.builders import NOW
from tests.support.command_line import an_operator


def test_organizations_are_listed_in_the_order_they_came(operator, acme, database_url):
    later = an_operator(database_url, NOW + timedelta(days=1))
    bolt = later.answers("organization", "create", "Bolt")["id"]

    listed = operator.answers("organization", "list")["organizations"]

    assert [(row["id"], row["name"]) for row in listed] == [(acme, "Acme"), (bolt, "Bolt")]


def test_a_list_of_nothing_says_so(operator):
    said = operator.says("organization", "list")

    assert said == "No organizations.\n"


def test_the_particulars_of_an_organization_are_kept(operator, acme):
    particulars = ("--vat-id", "fr 40 303 265 045", "--country", "fr", "--city", "Lyon")
    lines = ("--address-line", "1 rue de l'Exemple", "--address-line", "Bâtiment B")

    changed = operator.answers(
        "organization", "set", acme, *particulars, *lines, "--language", "fr"
    )

    assert changed["language"] == "fr"
    assert changed["party"] == {
        "legal_name": "Acme",
        "address_lines": ["1 rue de l'Exemple", "Bâtiment B"],
        "city": "Lyon",
        "country": "FR",
        "vat_id": "FR40303265045",
    }


def test_the_seller_is_shown_as_it_was_set(operator):
    operator.says(
        "seller", "set", "--series", "VND", "--time-zone", "Europe/Berlin", "--city", "Bonn"
    )

    shown = operator.answers("seller", "show")

    assert shown == {
        "series": "VND",
        "credit_note_series": "CN",
        "time_zone": "Europe/Berlin",
        "tax": None,
        "notify": None,
        "accounts": {},
        "platform": None,
        "platform_form": "factur-x",
        "party": {"city": "Bonn"},
        "missing": ["The seller’s legal name.", "The seller’s full address."],
    }


def test_the_vendor_sees_where_an_organization_wants_its_invoices(operator, acme, database_url):
    changes = OrganizationChanges(billing_contacts=["bills@example.com"], alert_thresholds=[5])
    with opened(database_url):
        set_organization(acting(operator_for(acme), at=NOW), changes)

    shown = operator.answers("organization", "show", acme)

    assert (shown["billing_contacts"], shown["alert_thresholds"]) == (["bills@example.com"], [5])
