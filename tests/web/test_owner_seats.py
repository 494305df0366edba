"""What owners see over HTTP: seats, who holds them, every change of them, and who was refused."""

import pytest

from app.access.context import acting
from app.organizations.suspending import suspend_organization
from app.people import provisioning
from tests.support.builders import NOW, a_user, an_organization, buy, deactivate, fill
from tests.support.engines import on_sqlite_alone


def walk(client, path, name, count):
    """Return the entries of a list's pages."""
    entries, cursor = [], None
    while True:
        page = client.get(path, params={"count": count, "cursor": cursor}).json()
        assert set(page) == {name, "next_cursor"}
        assert len(page[name]) <= count
        entries.append(page[name])
        cursor = page["next_cursor"]
        if cursor is None:
            return [entry for listed in entries for entry in listed]


def test_the_seats_are_counted(buyer, idp, acme):
    fill(acme)
    idp.create_user("late@example.com")

    answer = buyer.get("/seats")

    assert answer.headers["Content-Type"] == "application/json"
    seats = answer.json()
    assert {name: seats[name] for name in ("purchased", "in_use", "held", "available")} == {
        "purchased": 5,
        "in_use": 5,
        "held": 0,
        "available": 0,
    }
    assert (seats["open_denials"], seats["renewal_pending"]) == (1, False)
    assert seats["term"] == {"number": 1, "starts_on": "2026-01-01", "ends_on": "2027-01-01"}


def test_a_held_seat_is_in_use(buyer, hook):
    hook.decide("new@example.com", mode="check", hold=True)

    seats = buyer.get("/seats").json()

    assert (seats["in_use"], seats["held"], seats["available"]) == (1, 1, 4)


def test_a_term_that_is_over_waits_for_its_renewal(service, buyer):
    service.clock.at = NOW.replace(year=2027)

    assert buyer.get("/seats").json()["renewal_pending"] is True


def test_assignments_say_who_holds_a_seat_since_when(buyer, acme):
    alice, bob = a_user(acme, "alice"), a_user(acme, "bob")
    deactivate(acme, alice)

    everybody = buyer.get("/assignments").json()["assignments"]
    holders = buyer.get("/assignments?open=true").json()["assignments"]

    assert [entry["user_name"] for entry in everybody] == ["alice", "bob"]
    assert holders == [everybody[1]]
    assert {"user_id", "user_name", "assigned_at", "released_at"} <= set(holders[0])
    assert (holders[0]["user_id"], holders[0]["released_at"]) == (bob.id, None)
    assert everybody[0]["assigned_at"] == everybody[0]["released_at"] == "2026-03-01T09:00:00Z"


def test_the_ledger_says_what_changed_and_who_did_it(buyer, acme):
    alice = a_user(acme)
    buy(acme, 2)

    entries = buyer.get("/ledger").json()["entries"]

    assert [(entry["sequence"], entry["kind"], entry["quantity"]) for entry in entries] == [
        (1, "granted", 5),
        (2, "assigned", 1),
        (3, "granted", 2),
    ]
    assert entries[1]["user_id"] == alice.id
    assert all(entry["at"] and entry["actor"] and entry["cause"] for entry in entries)


def test_a_denial_counts_who_was_refused_how_often(service, buyer, idp, acme):
    fill(acme)
    idp.create_user("late@example.com")
    service.clock.advance(hours=1)
    idp.create_user("Late@example.com")

    (denial,) = buyer.get("/denials").json()["denials"]

    assert denial["id"].startswith("dnl_")
    assert (denial["source"], denial["attempts"], denial["state"]) == ("scim", 2, "open")
    assert denial["reason"] == "no_seat"
    assert denial["user_name"].casefold() == "late@example.com"
    assert (denial["first_seen_at"], denial["last_seen_at"]) == (
        "2026-03-01T09:00:00Z",
        "2026-03-01T10:00:00Z",
    )


def test_a_refusal_in_a_suspension_is_listed_with_its_reason_and_counted_nowhere(buyer, idp, acme):
    suspend_organization(acting(acme.operator, at=NOW))

    refused = idp.create_user("late@example.com")

    (denial,) = buyer.get("/denials").json()["denials"]
    assert refused.headers["Seatgate-Code"] == denial["reason"] == "organization_suspended"
    assert refused.headers["Seatgate-Denial"] == denial["id"]
    assert buyer.get("/seats").json()["open_denials"] == 0


def test_a_denial_closes_when_the_person_gets_a_seat(buyer, idp, acme):
    first, *_ = fill(acme)
    idp.create_user("late@example.com")
    provisioning.delete_user(acting(acme.scim, at=NOW), first.id)

    idp.create_user("late@example.com")

    (denial,) = buyer.get("/denials").json()["denials"]
    assert denial["state"] == "closed"
    assert buyer.get("/seats").json()["open_denials"] == 0


@pytest.fixture
def history(service, acme, idp):
    """Leave more than a page in every list."""
    for user in fill(acme):
        deactivate(acme, user)
    fill(acme)
    for number in range(7):
        idp.create_user(f"late-{number}@example.com")
    for _ in range(6):
        service.clock.advance(seconds=1)
        buy(acme, 1, at=service.clock.at)


LISTS = {
    "/assignments": ("assignments", "id", 10),
    "/assignments?open=true": ("assignments", "id", 5),
    "/ledger": ("entries", "sequence", 22),
    "/denials": ("denials", "id", 7),
    "/invoices": ("invoices", "id", 7),
    "/purchases": ("purchases", "id", 6),
}


@pytest.mark.usefixtures("history")
def test_the_pages_of_a_list_are_its_whole_in_its_order(buyer):
    for path, (name, key, total) in LISTS.items():
        whole = buyer.get(path).json()
        assert whole["next_cursor"] is None, path
        assert len({entry[key] for entry in whole[name]}) == len(whole[name]) == total, path
        for count in (1, 3, 7, 1000):
            assert walk(buyer, path, name, count) == whole[name], (path, count)


@on_sqlite_alone
@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "cursor", ["abc", "-1", "1.5", "٣", "9" * 40, "x" * 501, "inv_x", "org_1 "], ids=repr
)
def test_a_cursor_that_no_page_gave_is_422(buyer, path, cursor):
    refused = buyer.get(path, params={"cursor": cursor})

    assert refused.status_code == 422
    assert (refused.json()["code"], refused.json()["field"]) == ("invalid_input", "cursor")


@on_sqlite_alone
@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("count", ["0", "-1", "1001", "many", "1.5", ""])
def test_a_count_out_of_bounds_is_422(buyer, path, count):
    refused = buyer.get(path, params={"count": count})

    assert (refused.status_code, refused.json()["field"]) == (422, "count")
    assert refused.json()["detail"] == "Send a whole number from 1 to 1000."


@pytest.mark.parametrize("path", ["/seats", "/ledger"])
def test_a_query_parameter_that_nobody_knows_is_refused_by_its_name(buyer, path):
    refused = buyer.get(f"{path}?utm_source=mail")

    assert (refused.status_code, refused.json()["field"]) == (422, "utm_source")


def test_the_contract_is_shown(buyer):
    contract = buyer.get("/contract").json()

    assert (contract["state"], contract["starts_on"]) == ("running", "2026-01-01")
    assert (contract["unit_price_minor"], contract["currency"]) == (60_000, "EUR")
    assert (contract["billing_interval"], contract["collection_method"]) == ("annual", "invoice")
    assert contract["term"] == {"number": 1, "starts_on": "2026-01-01", "ends_on": "2027-01-01"}


def test_the_next_renewal_is_shown_at_todays_use(service):
    acme = an_organization(5, auto_renew=True)
    a_user(acme)
    a_user(acme)

    renewal = service.owner(acme).get("/contract/renewal").json()

    assert (renewal["would_renew_at"], renewal["would_drop"]) == (2, 3)
    assert (renewal["unit_price_minor"], renewal["total_minor"]) == (60_000, 120_000)
    assert renewal["on"] == "2027-01-01"
