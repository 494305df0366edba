"""What an organization sets for itself, over HTTP."""

import pytest

from app.access.principal import Role
from tests.support.builders import fill
from tests.support.refusals import FOREIGN

CHANGES = {
    "when_full": "park",
    "reserve_for_denied": True,
    "seat_refusal_status": 400,
    "language": "fr",
    "billing_contacts": ["billing@acme.example"],
}


def test_the_settings_start_out_plain(buyer):
    settings = buyer.get("/settings").json()

    shown = {name: settings[name] for name in CHANGES}
    assert shown == {
        "when_full": "reject",
        "reserve_for_denied": False,
        "seat_refusal_status": 403,
        "language": "en",
        "billing_contacts": [],
    }


@pytest.mark.parametrize("name", CHANGES)
def test_one_setting_changes_and_the_others_stay(buyer, name):
    before = buyer.get("/settings").json()

    answer = buyer.patch("/settings", json={name: CHANGES[name]})

    assert answer.status_code == 200
    assert answer.json() == {**before, name: CHANGES[name]}
    assert buyer.get("/settings").json() == answer.json()


def test_the_buyers_particulars_change_one_by_one(buyer):
    buyer.patch("/settings", json={"buyer": {"legal_name": "Acme SAS", "city": "Paris"}})

    answer = buyer.patch("/settings", json={"buyer": {"city": "Lyon"}})

    particulars = answer.json()["buyer"]
    assert (particulars["legal_name"], particulars["city"]) == ("Acme SAS", "Lyon")


def test_what_invoices_lack_of_the_buyer_is_shown_until_it_is_entered(buyer):
    address = {"address_lines": ["1 rue de la Paix"], "city": "Paris", "country": "FR"}

    before = buyer.get("/settings").json()["missing"]
    after = buyer.patch("/settings", json={"buyer": address}).json()["missing"]

    assert (before, after) == (["The buyer’s full address."], [])


def test_french_particulars_are_checked(buyer):
    right = {"siren": "303 265 045", "electronic_address": "0225:303265045"}

    refused = buyer.patch("/settings", json={"buyer": {"siren": "303265046"}})
    kept = buyer.patch("/settings", json={"buyer": right}).json()["buyer"]

    assert refused.status_code == 422
    assert "SIREN" in refused.json()["detail"]
    assert (kept["siren"], kept["electronic_address"]) == ("303265045", "0225:303265045")


@pytest.mark.parametrize(
    "body",
    [
        {"when_full": "queue"},
        {"when_full": None},
        {"reserve_for_denied": "perhaps"},
        {"seat_refusal_status": 429},
        {"seat_refusal_status": "400"},
        {"language": "de"},
        {"billing_contacts": "billing@acme.example"},
        {"billing_contacts": None},
        {"billing_contacts": [5]},
        {"buyer": []},
        {"buyer": None},
        {"buyer": {"country": 5}},
        {"buyer": {"address_lines": None}},
        {"buyer": {"address_lines": "1 rue de la Paix"}},
        {"tax_rate_basis_points": 0},
        [],
    ],
    ids=str,
)
def test_a_value_that_cannot_be_used_changes_nothing(buyer, body):
    before = buyer.get("/settings").json()

    answer = buyer.patch("/settings", json=body)

    assert answer.status_code == 422
    assert not FOREIGN.search(answer.text)
    assert "Not a valid" not in answer.text
    assert "may not be null" not in answer.text
    assert buyer.get("/settings").json() == before


@pytest.mark.parametrize(("role", "status"), [(Role.OWNER, 403), (Role.BILLING, 403)])
def test_only_primary_owners_change_settings(service, acme, role, status):
    answer = service.owner(acme, role).patch("/settings", json={"when_full": "park"})

    assert answer.status_code == status
    assert service.owner(acme).get("/settings").json()["when_full"] == "reject"


def test_the_status_of_a_seat_refusal_is_as_set(buyer, acme, idp):
    fill(acme)
    buyer.patch("/settings", json={"seat_refusal_status": 400})

    refused = idp.create_user("late@example.com")

    assert (refused.status_code, refused.json()["status"]) == (400, "400")


def test_who_finds_no_seat_waits_as_soon_as_that_is_set(buyer, acme, idp):
    fill(acme)
    buyer.patch("/settings", json={"when_full": "park"})

    created = idp.create_user("late@example.com")

    assert (created.status_code, created.json()["active"]) == (201, False)
