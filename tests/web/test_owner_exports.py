import csv
import io
import json
from datetime import timedelta

import pytest

from app.access.context import acting
from app.access.principal import Role
from app.db.connections import database
from app.organizations.settings import OrganizationChanges, set_organization
from app.web.owner import exports
from tests.support.builders import NOW, a_user, an_organization, deactivate


def table(answer) -> list[dict]:
    return list(csv.DictReader(io.StringIO(answer.content.decode(), newline=""), strict=True))


def test_assignments_are_exported_as_csv(acme, buyer):
    user = a_user(acme, "alice@example.com")

    answer = buyer.get("/exports/assignments.csv")

    (row,) = table(answer)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="assignments.csv"'
    assert (row["user_id"], row["user_name"]) == (user.id, "alice@example.com")
    assert (row["assigned_at"], row["released_at"]) == ("2026-03-01T09:00:00Z", "")


@pytest.mark.parametrize("noun", ["assignments", "ledger"])
def test_both_forms_of_an_export_say_the_same(acme, buyer, noun):
    deactivate(acme, a_user(acme, "Zoë, “the” boss"))
    a_user(acme)

    rows = json.loads(buyer.get(f"/exports/{noun}.json").content)[noun]

    texts = [
        {key: "" if value is None else str(value) for key, value in row.items()} for row in rows
    ]
    assert table(buyer.get(f"/exports/{noun}.csv")) == texts
    assert len(rows) == {"assignments": 2, "ledger": 4}[noun]


@pytest.mark.parametrize("noun", ["assignments", "ledger"])
def test_an_export_says_whose_it_is(acme, buyer, noun):
    a_user(acme)
    number = f"C-{acme.id[-6:]}"
    set_organization(acting(acme.operator, at=NOW), OrganizationChanges(external_id=number))

    rows = table(buyer.get(f"/exports/{noun}.csv"))

    assert {row["customer_number"] for row in rows} == {number}


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)"])
def test_a_name_that_spreadsheets_would_run_is_quoted(acme, buyer, name):
    a_user(acme, name)

    (row,) = table(buyer.get("/exports/assignments.csv"))

    assert row["user_name"] == f"'{name}"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_long_list_is_sent_page_by_page_and_whole(acme, buyer, monkeypatch, form):
    monkeypatch.setattr(exports, "PAGE_ROWS", 2)
    people = [a_user(acme).id for _ in range(4)]

    answer = buyer.get(f"/exports/assignments.{form}")

    rows = table(answer) if form == "csv" else answer.json()["assignments"]
    assert [row["user_id"] for row in rows] == people


def test_an_export_keeps_no_connection_while_it_is_sent(service, acme, monkeypatch):
    monkeypatch.setattr(exports, "PAGE_ROWS", 1)
    for _ in range(3):
        a_user(acme)
    secret = acme.secret(Role.OWNER)
    database.close()

    headers = {"Authorization": f"Bearer {secret}"}
    answer = service.app.test_client().get("/owner/v1/exports/ledger.csv", headers=headers)

    idle = [database.is_closed() for _ in answer.iter_encoded()]
    assert idle == [True] * len(idle)
    assert len(idle) > 3


def test_an_export_is_of_the_instant_at_which_it_was_asked_for(service, acme, monkeypatch):
    monkeypatch.setattr(exports, "PAGE_ROWS", 1)
    stays, goes = a_user(acme), a_user(acme)
    headers = {"Authorization": f"Bearer {acme.secret(Role.OWNER)}"}
    answer = service.app.test_client().get("/owner/v1/exports/assignments.csv", headers=headers)

    parts = answer.iter_encoded()
    sent = next(parts)
    deactivate(acme, goes)
    a_user(acme)
    sent += b"".join(parts)

    rows = list(csv.DictReader(io.StringIO(sent.decode(), newline="")))
    assert {row["user_id"] for row in rows} == {stays.id, goes.id}
    assert {row["released_at"] for row in rows} == {""}


def test_an_export_can_be_of_a_past_instant(acme, buyer):
    a_user(acme, at=NOW - timedelta(days=2))
    a_user(acme)

    query = {"as_of": (NOW - timedelta(days=1)).isoformat()}

    assert len(table(buyer.get("/exports/assignments.csv", params=query))) == 1


def test_an_export_holds_nothing_of_another_organization(buyer):
    a_user(an_organization(5))

    assert buyer.get("/exports/assignments.json").json() == {"assignments": []}


@pytest.mark.parametrize("path", ["/exports/assignments.csv", "/exports/ledger.json"])
def test_who_only_pays_exports_nobody(service, acme, path):
    assert service.owner(acme, Role.BILLING).get(path).status_code == 403


def test_there_is_no_export_in_another_form(buyer):
    assert buyer.get("/exports/assignments.xlsx").status_code == 404


def _as_text(row: dict) -> dict:
    return {name: "" if value is None else str(value) for name, value in row.items()}
