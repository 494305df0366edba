import json
import stat

import pytest
import requests

from tests.support.command_line import an_operator

SCIM = {"Content-Type": "application/scim+json"}


@pytest.fixture
def operator(database_url):
    return an_operator(database_url)


@pytest.fixture
def vendor(server_process):
    """The operator of the running server, whose database must pass the audit in the end."""
    vendor = an_operator(server_process.database_url)
    yield vendor
    vendor.says("seats", "audit")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "demo.json"


def test_the_demo_is_made_once_and_shown_at_every_start(operator, file):
    first = operator.answers("demo", "prepare", "--file", file)

    second = operator.answers("demo", "prepare", "--file", file)

    organizations = operator.answers("organization", "list")["organizations"]
    assert second.pop("console") != first.pop("console")
    assert second == first
    assert [row["name"] for row in organizations] == ["Demo Company"]


def test_the_demo_company_has_five_seats_for_a_year_from_the_first_of_the_month(operator, file):
    demo = operator.answers("demo", "prepare", "--file", file)["organization_id"]

    contract = operator.answers("contract", "show", "--organization", demo)
    assert contract["term"] == {"number": 1, "starts_on": "2026-03-01", "ends_on": "2027-03-01"}
    assert (contract["seats"], contract["unit_price_minor"]) == (5, 60_000)
    assert (contract["currency"], contract["auto_renew"]) == ("EUR", True)


def test_the_demo_leads_into_its_console(vendor, server_process, file):
    base_url = server_process.url
    demo = vendor.answers("demo", "prepare", "--file", file, "--base-url", base_url)

    page = requests.get(demo["console"]["url"], timeout=10)

    assert "Sign in to Demo Company as Olivia Owner" in page.text


def test_the_tokens_are_kept_where_only_their_owner_reads_them(operator, file):
    demo = operator.answers("demo", "prepare", "--file", file)

    kept = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept["scim_token"] == demo["scim"]["token"]


def test_a_demo_whose_organization_is_gone_is_made_anew(operator, file):
    operator.says("demo", "prepare", "--file", file)
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "organization_id": "org_gone"}))

    demo = operator.answers("demo", "prepare", "--file", file)

    assert demo["organization_id"] != "org_gone"
    assert demo["scim"]["token"] != kept["scim_token"]


def test_the_demo_moves_with_its_server(operator, file):
    first = operator.answers("demo", "prepare", "--file", file)

    second = operator.answers("demo", "prepare", "--file", file, "--base-url", "http://127.0.0.1:9")

    assert second["scim"]["url"] == "http://127.0.0.1:9/scim/v2"
    assert second["scim"]["token"] == first["scim"]["token"]


def test_a_seller_that_was_set_before_stays(operator, file):
    operator.says("seller", "set", "--legal-name", "Vendor SA")

    operator.says("demo", "prepare", "--file", file)

    assert operator.answers("seller", "show")["party"] == {"legal_name": "Vendor SA"}


def test_what_the_demo_shows_works_when_it_is_sent(vendor, server_process, file):
    demo = vendor.answers("demo", "prepare", "--file", file, "--base-url", server_process.url)

    created = requests.post(
        demo["scim"]["url"] + "/Users",
        json={"userName": "ada@company.example"},
        headers=SCIM | bearer(demo["scim"]),
        timeout=10,
    )
    seats = requests.get(demo["owner"]["url"] + "/seats", headers=bearer(demo["owner"]), timeout=10)
    decision = requests.post(
        demo["sso"]["url"] + "/decisions",
        json={"user_name": "ada@company.example"},
        headers=bearer(demo["sso"]),
        timeout=10,
    )

    assert created.status_code == 201
    assert seats.json()["in_use"] == 1
    assert decision.json()["reason"] == "seat_assigned"


def bearer(surface: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {surface['token']}"}


def test_the_play_ends_well_as_often_as_it_is_played(vendor, server_process, file):
    vendor.says("demo", "prepare", "--file", file, "--base-url", server_process.url)

    first = vendor.says("demo", "play", "--file", file).splitlines()
    second = vendor.says("demo", "play", "--file", file).splitlines()

    assert len(first) == len(second)
    assert first[-13:-11] == ["purchased  in use  available", "7          5       2"]


def test_the_play_tells_each_request_and_its_answer_in_a_line(vendor, server_process, file):
    vendor.says("demo", "prepare", "--file", file, "--base-url", server_process.url)

    told = vendor.says("demo", "play", "--file", file).splitlines()

    refused = next(line for line in told if "->  403" in line)
    quoted = next(line for line in told if "/owner/v1/quotes 2 seats" in line)
    assert refused.startswith("Entra  POST  /scim/v2/Users fatima@company.example  ->  403 Seat ")
    assert quoted.endswith("->  201 2 seats × €600.00 = 1200.00 EUR")


def test_the_play_stops_where_no_server_answers(operator, file):
    operator.says("demo", "prepare", "--file", file, "--base-url", "http://127.0.0.1:9")

    sentence = operator.refuses("demo", "play", "--file", file)

    assert sentence == (
        "No server answers at http://127.0.0.1:9. Start it with `make run` in another terminal, "
        "then play again."
    )
    assert len(operator.answers("organization", "list")["organizations"]) == 1


def test_the_play_fails_on_an_answer_that_it_does_not_expect(operator, server_process, file):
    operator.says("demo", "prepare", "--file", file, "--base-url", server_process.url)

    result = operator.run("demo", "play", "--file", file)

    assert result.exit_code == 1
    assert "->  401" in result.stdout
    assert "Error: Expected 200" in result.stderr


def test_there_is_nothing_to_play_before_the_demo_is_prepared(operator, file):
    sentence = operator.refuses("demo", "play", "--file", file)

    assert sentence == f"There is no demo in {file}. Run `seatgate demo prepare` first."
