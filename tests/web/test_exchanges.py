"""What an identity provider asks and is answered is kept for owners, without what is secret."""

import json
from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.access.tokens import TokenUses
from app.exchanges import records
from app.exchanges.asked import Refusal
from app.exchanges.redaction import CUT, HIDDEN, KEPT_MAX, secrets_of
from app.exchanges.redaction import kept as kept_text
from app.exchanges.wording import describe
from app.housekeeping import run_housekeeping
from app.models import DirectoryContact, Exchange
from app.organizations.settings import OrganizationChanges, set_organization
from app.people.erasure import erase_person
from scim import urns
from tests.support.builders import NOW, a_user, an_organization, deactivate, fill

ALICE = "alice@example.com"
SECRET = "Tr0ub4dor&3"  # which must be found nowhere


@pytest.fixture
def recorder(service):
    """Return the recorder of the application, which writes; it is empty before and after."""
    recorder = service.app.extensions["seatgate"].recorder
    recorder.stop()
    Exchange.delete().execute()
    DirectoryContact.delete().execute()
    recorder._waiting.clear()
    recorder._contacts.clear()
    recorder._noted.clear()
    recorder.enable()
    yield recorder
    recorder.stop()
    recorder._enabled = False


@pytest.fixture
def kept(recorder, acme):
    """Return what gives the organization's exchanges, newest first, once they are written."""

    def listed(**wanted):
        recorder.stop()
        return records.exchanges_of(acme.id, records.Wanted(**wanted), limit=100)

    return listed


@pytest.fixture
def okta(service, acme):
    return service.scim(acme, "okta")


def everything_kept():
    return json.dumps(list(Exchange.select().dicts()), default=str, ensure_ascii=False)


def test_a_refusal_is_told_in_plain_words(acme, okta, buyer, kept):
    fill(acme)

    okta.create_user(ALICE)
    kept()

    (shown,) = buyer.get("/exchanges").json()["exchanges"]
    assert shown["description"] == (
        "Okta asked to create alice@example.com: refused, no seat free (5 of 5)."
    )
    assert (shown["status"], shown["http_status"], shown["code"]) == (
        "refused",
        403,
        "seat_limit_reached",
    )


def test_the_language_of_the_words_is_the_readers(acme, okta, kept):
    fill(acme)
    okta.create_user(ALICE)

    (row,) = kept()
    assert describe(row, "fr") == (
        "Okta a demandé de créer alice@example.com\xa0: refusé, aucun siège libre (5 sur 5)."
    )


def test_writes_and_refusals_are_kept_and_reads_are_not(okta, kept):
    user = okta.create_user(ALICE).json()
    okta.get(f"/Users/{user['id']}")
    okta.get("/Users")
    okta.post("/Users/.search", json={"schemas": [urns.SEARCH_REQUEST]})
    okta.find("/Users", "nonsense")
    okta.get("/Users/unknown")
    okta.set_active(user["id"], False)
    okta.delete(f"/Users/{user['id']}")

    assert [(row.action, row.status) for row in kept()] == [
        ("delete_user", 204),
        ("deactivate_user", 200),
        ("read", 404),
        ("read", 400),
        ("create_user", 201),
    ]


def test_an_exchange_names_its_person_though_the_request_names_an_id(okta, kept):
    user = okta.create_user(ALICE).json()
    okta.set_active(user["id"], False)

    assert {row.user_name for row in kept()} == {ALICE}
    assert {row.user_id for row in kept()} == {user["id"]}


@pytest.mark.parametrize("person", [ALICE, ALICE.upper(), "former@example.com"])
def test_a_persons_exchanges_are_found_by_any_name_they_had(okta, kept, person):
    user = okta.create_user("former@example.com").json()
    okta.modify(f"/Users/{user['id']}", {"op": "replace", "path": "userName", "value": ALICE})
    okta.create_user("bob@example.com")

    found = kept(person=person)
    assert found
    assert {row.user_id for row in found} == {user["id"]}


def test_a_person_is_found_by_the_id_of_the_user(okta, kept):
    user = okta.create_user(ALICE).json()
    okta.create_user("bob@example.com")

    (row,) = kept(person=user["id"])
    assert row.user_name == ALICE


def test_another_organizations_exchanges_are_not_shown(service, okta, buyer, kept):
    okta.create_user(ALICE)
    globex = an_organization(5)
    service.scim(globex).create_user("theirs@example.com")
    kept()

    (shown,) = buyer.get("/exchanges").json()["exchanges"]
    assert shown["user_name"] == ALICE
    assert service.owner(globex).get("/exchanges", params={"person": ALICE}).json() == {
        "exchanges": [],
        "next_cursor": None,
    }


def test_the_list_is_paged_and_narrowed(acme, okta, buyer, kept):
    fill(acme)
    for number in range(3):
        okta.create_user(f"late-{number}@example.com")
    okta.create_user("inactive@example.com", active=False)
    kept()

    first = buyer.get("/exchanges", params={"count": 2, "status": "refused"}).json()
    second = buyer.get(
        "/exchanges", params={"count": 2, "status": "refused", "cursor": first["next_cursor"]}
    ).json()
    names = [row["user_name"] for row in [*first["exchanges"], *second["exchanges"]]]
    assert names == [f"late-{number}@example.com" for number in (2, 1, 0)]
    assert second["next_cursor"] is None


def test_names_are_for_those_who_may_read_people(service, acme):
    for role in (Role.BILLING, Role.SCIM):
        client = service.owner(acme, role)
        assert client.get("/exchanges").status_code == 403
        assert client.get("/directory-contacts").status_code == 403


def patch(*operations):
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}


def in_bulk(data, method="POST", path="/Users"):
    operation = {"method": method, "path": path, "bulkId": "1", "data": data}
    return {"schemas": [urns.BULK_REQUEST], "Operations": [operation]}


#: Every way in which a password comes, or is misspelt.
PASSWORDS = {
    "at the top": ("POST", "/Users", {"userName": ALICE, "password": SECRET}),
    "in another case": ("POST", "/Users", {"userName": ALICE, "PassWord": SECRET}),
    "with marks": ("POST", "/Users", {"userName": ALICE, "pass_word": SECRET}),
    "under its URN": ("POST", "/Users", {"userName": ALICE, f"{urns.USER}:password": SECRET}),
    "nested": ("POST", "/Users", {"userName": ALICE, "x": {"y": [{"password": {"v": SECRET}}]}}),
    "by a path": (
        "PATCH",
        "/Users/{id}",
        patch({"op": "replace", "path": "password", "value": SECRET}),
    ),
    "by a path in another case": (
        "PATCH",
        "/Users/{id}",
        {
            "schemas": [urns.PATCH_OP],
            "operations": [{"OP": "Add", "PATH": f"{urns.USER}:PASSWORD", "VALUE": [SECRET]}],
        },
    ),
    "in a PATCH without a path": (
        "PATCH",
        "/Users/{id}",
        patch({"op": "replace", "value": {"Password": SECRET, "active": True}}),
    ),
    "in a string of JSON": (
        "PATCH",
        "/Users/{id}",
        patch({"op": "replace", "value": json.dumps({"password": SECRET})}),
    ),
    "in a Bulk": ("POST", "/Bulk", in_bulk({"userName": ALICE, "password": SECRET})),
    "in a PATCH of a Bulk": (
        "POST",
        "/Bulk",
        in_bulk(
            patch({"op": "replace", "path": "password", "value": SECRET}), "PATCH", "/Users/{id}"
        ),
    ),
    "in a Bulk that is none": ("POST", "/Bulk", {"Operations": {"password": SECRET}}),
    "in a body that is no JSON": ("POST", "/Users", f'{{"password": "{SECRET}", '),
    "where the name is refused": ("POST", "/Users", {"userName": "", "password": SECRET}),
}


@pytest.mark.parametrize("way", PASSWORDS)
def test_no_password_is_kept(acme, okta, kept, way):
    method, path, body = PASSWORDS[way]
    user = a_user(acme)
    text = body if isinstance(body, str) else json.dumps(body)

    okta.request(
        method,
        path.replace("{id}", user.id),
        data=text.replace("{id}", user.id),
        headers={"Content-Type": "application/scim+json"},
    )

    assert kept()
    assert SECRET not in everything_kept()
    assert "Tr0ub4dor" not in everything_kept()


def test_no_token_is_kept(acme, okta, kept):
    secret = acme.secret(Role.SCIM, "okta")
    okta.create_user(ALICE, title=f"Bearer {secret}", nickName=secret)
    okta.find("/Users", f'userName eq "{secret}')

    assert len(kept()) == 2
    assert secret not in everything_kept()


def test_a_body_is_cut_at_8_kib(okta, buyer, kept):
    okta.create_user(ALICE, title="é" * KEPT_MAX)
    (row,) = kept()

    assert len(row.request.encode()) <= KEPT_MAX
    assert row.request.endswith(CUT)
    assert row.request_size > KEPT_MAX
    (shown,) = buyer.get("/exchanges").json()["exchanges"]
    assert shown["request_is_cut"]


def test_a_password_behind_the_cut_does_not_reach_over_it(okta, kept):
    okta.create_user(ALICE, password=SECRET, title="x" * (KEPT_MAX - 60))
    okta.create_user(ALICE, title="x" * (KEPT_MAX - 160), password=SECRET)

    assert len(kept()) == 2
    assert "Tr0" not in everything_kept()


def test_what_no_database_can_keep_does_not_keep_the_rest_out(okta, kept):
    okta.post(
        "/Users",
        data='{"userName": "a\\u0000\\ud800"}',
        headers={"Content-Type": "application/scim+json"},
    )
    okta.create_user(ALICE)

    assert [row.status for row in kept()] == [201, 400]


def test_each_operation_of_a_bulk_stands_alone(acme, okta, kept):
    fill(acme)
    user = a_user(acme, active=False)
    off = {"op": "replace", "path": "active", "value": True}
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": ALICE}},
        {"method": "PATCH", "path": f"/Users/{user.id}", "data": patch(off)},
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": "c",
            "data": {"userName": "c@example.com", "active": False},
        },
    ]

    okta.post("/Bulk", json={"schemas": [urns.BULK_REQUEST], "Operations": operations})

    rows = sorted(kept(), key=lambda row: row.operation)
    assert [(row.action, row.outcome, row.user_name) for row in rows] == [
        ("create_user", "refused", ALICE),
        ("activate_user", "refused", user.user_name),
        ("create_user", "done", "c@example.com"),
    ]
    assert [(row.purchased, row.in_use) for row in rows] == [(5, 5), (5, 5), (None, None)]
    assert HIDDEN not in rows[0].request


def test_a_person_who_is_parked_was_not_refused(acme, okta, kept):
    fill(acme)
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(when_full="park"))

    okta.create_user(ALICE)

    (row,) = kept()
    assert (row.outcome, row.status) == ("parked", 201)


def test_a_token_of_another_role_shows_as_a_refusal(service, acme, kept):
    service.client(type(service.scim(acme)), acme.secret(Role.SSO)).get("/Users")

    (row,) = kept()
    assert (row.action, row.status, row.code) == ("read", 403, "not_permitted")


def test_an_erased_persons_exchanges_are_gone(acme, okta, kept):
    user = okta.create_user(ALICE, displayName="Alice Müller").json()
    okta.create_group("Staff", [user["id"]])
    okta.modify(f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "Clerk"})
    okta.create_user("bob@example.com")
    okta.set_active(user["id"], False)
    kept()

    erase_person(acting(acme.operator, at=NOW), ALICE)

    left = kept()
    assert {row.action for row in left} == {"create_group", "create_user"}
    assert user["id"] not in everything_kept()
    assert "alice" not in everything_kept().lower()


def test_what_is_written_late_of_an_erased_person_is_not_kept(acme, okta, recorder, kept):
    user = a_user(acme, ALICE)
    deactivate(acme, user)
    recorder._enabled = False
    okta.modify(f"/Users/{user.id}", {"op": "replace", "path": "title", "value": "Clerk"})
    erase_person(acting(acme.operator, at=NOW), ALICE)
    recorder.enable()
    okta.create_user("bob@example.com")

    assert [row.user_name for row in kept()] == ["bob@example.com"]


def test_who_was_only_ever_refused_long_ago_can_be_erased(acme, okta, kept):
    okta.create_user("", title=ALICE)
    okta.post("/Users", json={"userName": ALICE, "active": "maybe"})
    assert len(kept()) == 2
    assert ALICE in everything_kept()

    assert erase_person(acting(acme.operator, at=NOW), ALICE) == []

    assert "alice" not in everything_kept()


def test_the_newest_of_30_days_are_kept(okta, kept, monkeypatch):
    monkeypatch.setattr(records, "KEPT_MAX", 3)
    for number in range(5):
        okta.create_user(f"{number}@example.com")
    kept()

    run_housekeeping(TokenUses(), at=NOW)
    assert [row.user_name[0] for row in kept()] == ["4", "3", "2"]

    run_housekeeping(TokenUses(), at=NOW + records.KEPT_FOR - timedelta(seconds=1))
    assert len(kept()) == 3
    run_housekeeping(TokenUses(), at=NOW + records.KEPT_FOR)
    assert kept() == []


def test_another_organizations_many_exchanges_push_out_none(service, acme, okta, kept, monkeypatch):
    monkeypatch.setattr(records, "KEPT_MAX", 2)
    okta.create_user(ALICE)
    chatty = service.scim(an_organization(5))
    for number in range(5):
        chatty.create_user(f"{number}@example.com")
    kept()

    run_housekeeping(TokenUses(), at=NOW)

    assert len(kept()) == 1
    assert Exchange.select().count() == 3
    assert acme.counts == (5, 1)


def test_a_token_is_heard_from_with_its_first_read(service, okta, buyer, kept):
    assert buyer.get("/directory-contacts").json() == {"contacts": []}

    okta.get("/ServiceProviderConfig")
    kept()

    (contact,) = buyer.get("/directory-contacts").json()["contacts"]
    assert contact["provider"] == "okta"
    assert contact["first_at"] == contact["last_at"] == "2026-03-01T09:00:00Z"
    assert contact["refused_at"] is None
    service.clock.advance(seconds=40)
    okta.get("/Users")
    kept()
    (contact,) = buyer.get("/directory-contacts").json()["contacts"]
    assert (contact["first_at"], contact["last_at"]) == (
        "2026-03-01T09:00:00Z",
        "2026-03-01T09:00:40Z",
    )


def test_the_last_refusal_of_a_token_is_known(acme, okta, buyer, kept):
    fill(acme)
    okta.create_user(ALICE)
    okta.get("/Users")

    row = kept()[0]
    (contact,) = buyer.get("/directory-contacts").json()["contacts"]
    assert (contact["refused_status"], contact["refused_code"], contact["refused_id"]) == (
        403,
        "seat_limit_reached",
        row.id,
    )


def test_reads_of_a_token_are_noted_twice_a_minute(service, okta, recorder):
    recorder._enabled = False
    for _ in range(3):
        okta.get("/Users")
    assert len(recorder._contacts) == 1
    recorder._contacts.clear()
    service.clock.advance(seconds=29)
    okta.get("/Users")
    assert not recorder._contacts
    service.clock.advance(seconds=1)
    okta.get("/Users")
    assert len(recorder._contacts) == 1


def test_a_refusal_without_figures_has_none():
    assert Refusal("not_found") == ("not_found", None, None)


def test_an_answer_that_repeats_a_secret_is_freed_of_it():
    request = {"userName": ALICE, "password": SECRET}

    text = kept_text({"detail": f"{SECRET} is no password."}, secrets_of(request))

    assert text == '{"detail":"[not kept] is no password."}'
