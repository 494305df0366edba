"""What a request may cost: the steps of its PATCHes, and the comparisons of its filters."""

import re
import sqlite3
import time
from contextlib import closing

import psycopg
import pytest

from app.access.context import acting
from app.db import deadlines
from app.directory.search import budget as filters
from app.models import User
from app.people import patching, provisioning
from app.web.scim import bulk
from scim import urns
from scim.patch import budget as steps
from scim.schemas import USER
from tests.support.builders import NOW, a_group, a_patch, a_user, an_organization

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def a_message(*operations):
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}


def many_emails(customer, count):
    return a_user(
        customer,
        "many@example.com",
        emails=[{"value": f"e{number}@example.com", "type": "work"} for number in range(count)],
    )


def comparing(value):
    """Return a path of a hundred comparisons and one with this value."""
    hundred = " or ".join(f'value eq "{number}"' for number in range(100))
    return f'emails[{hundred} or value eq "{value}"].display'


def replacing(path, value="x"):
    return {"op": "replace", "path": path, "value": value}


@pytest.fixture
def held(service, engine, acme):
    """Hold the lock that every change of a user needs, for the length of the test."""
    url = service.database_url
    if engine == "sqlite":
        with closing(
            sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        ) as rival:
            yield lambda _user: rival.execute("BEGIN IMMEDIATE")
    else:
        with psycopg.connect(url) as rival:
            yield lambda user: rival.execute(
                "SELECT 1 FROM scim_user WHERE organization_id = %s AND id = %s FOR UPDATE",
                [acme.id, user.id],
            )
            rival.rollback()


@pytest.fixture
def frugal(monkeypatch):
    """Let a request take no more than two thousand steps."""
    monkeypatch.setattr(steps, "STEPS_MAX", 2_000)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_a_thousand_filters_over_a_thousand_emails_are_refused_in_seconds(acme, idp):
    user = many_emails(acme, 1_000)
    operations = [replacing(comparing(f"e{number}@example.com")) for number in range(1_000)]
    began = time.process_time()

    answer = idp.modify(f"/Users/{user.id}", *operations)

    assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")
    assert re.search(r"take 50\d,\d{3} steps .* at most 500,000", answer.json()["detail"])
    assert time.process_time() - began < 15


@pytest.mark.usefixtures("frugal")
def test_a_patch_that_costs_too_much_is_refused_before_its_transaction(held, acme, idp):
    user = many_emails(acme, 100)
    operations = [replacing(f'emails[value eq "e{n}@example.com"].display') for n in range(60)]
    assert idp.get(f"/Users/{user.id}").status_code == 200
    held(user)
    began = time.monotonic()

    answer = idp.modify(f"/Users/{user.id}", *operations)

    assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")
    assert time.monotonic() - began < 8


@pytest.mark.usefixtures("frugal")
def test_a_filter_that_is_sent_again_is_read_and_compared_once(acme, idp):
    user = many_emails(acme, 3)
    path, other = comparing("e2@example.com"), comparing("e1@example.com")

    answer = idp.modify(f"/Users/{user.id}", *[replacing(path, str(n)) for n in range(2)])
    mixed = idp.modify(f"/Users/{user.id}", replacing(path), replacing(other))

    assert answer.status_code == 200
    assert answer.json()["emails"][2]["display"] == "1"
    assert mixed.json()["scimType"] == "tooMany"


@pytest.mark.usefixtures("frugal")
def test_operations_without_filters_are_counted_too(acme, idp):
    user = many_emails(acme, 100)
    operations = [
        {"op": "add", "path": "emails", "value": [{"value": f"n{number}@example.com"}]}
        for number in range(20)
    ]

    answer = idp.modify(f"/Users/{user.id}", *operations)

    assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")
    assert User.get(User.id == user.id).version == user.version


@pytest.mark.usefixtures("frugal")
def test_the_patches_of_a_bulk_request_share_its_budget(acme, idp):
    user = many_emails(acme, 50)
    patch = a_message(*[replacing("emails.display", str(n)) for n in range(4)])
    operation = {"method": "PATCH", "path": f"/Users/{user.id}", "data": patch}

    answer = idp.post("/Bulk", json={"schemas": [BULK], "Operations": [operation, operation]})

    first, second = answer.json()["Operations"]
    assert (first["status"], second["status"]) == ("200", "400")
    assert second["response"]["scimType"] == "tooMany"


@pytest.mark.usefixtures("frugal")
def test_a_filter_in_several_patches_of_a_bulk_request_is_read_once(acme, idp):
    users = [a_user(acme, f"b{n}@example.com", emails=[{"value": "b@b.com"}]) for n in range(3)]
    patch = a_message(replacing(comparing("b@b.com")))
    operations = [{"method": "PATCH", "path": f"/Users/{u.id}", "data": patch} for u in users]

    answer = idp.post("/Bulk", json={"schemas": [BULK], "Operations": operations})

    assert [result["status"] for result in answer.json()["Operations"]] == ["200"] * 3


def test_a_trial_that_is_out_of_date_counts_for_nothing(acme, service):
    user = a_user(acme, "tried@example.com", emails=[{"value": "a@example.com", "type": "work"}])
    context = acting(acme.scim, at=NOW)
    long = [replacing('emails[type eq "work"].display', str(n)) for n in range(60)]
    tried = patching.tried(context, user.id, a_patch(USER, *long))
    between = a_patch(USER, replacing("displayName", "Between"))
    provisioning.patch_user(context, user.id, between)

    after = provisioning.patch_user(context, user.id, tried)

    assert isinstance(tried, patching.UserPatch)
    assert after.display_name == "Between"
    answer = service.scim(acme).get(f"/Users/{user.id}").json()
    assert answer["emails"][0]["display"] == "59"


def test_a_long_patch_of_a_version_that_is_gone_is_refused_as_such(acme, idp):
    user = many_emails(acme, 3)
    operations = [replacing('emails[value eq "none"].display')] * 60

    answer = idp.modify(f"/Users/{user.id}", *operations, headers={"If-Match": 'W/"9"'})

    assert answer.status_code == 412


def test_a_long_patch_that_deactivates_says_what_it_left_out(acme, idp):
    user = a_user(acme, "leaver@example.com")
    operations = [replacing('emails[value eq "none"].display')] * 60

    answer = idp.modify(f"/Users/{user.id}", *operations, replacing("active", "False"))

    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert "emails" in answer.headers["Seatgate-Ignored"]


@pytest.fixture
def thrifty(monkeypatch):
    """Let a request make no more than a hundred comparisons without an index."""
    monkeypatch.setattr(filters, "COMPARISONS_MAX", 100)


@pytest.mark.usefixtures("thrifty")
def test_a_filter_is_refused_by_comparisons_times_resources(acme, idp):
    for number in range(5):
        a_user(acme, f"p{number}@example.com", active=False)
    many = " or ".join(f'title co "{number}"' for number in range(30))
    few = " or ".join(f'title co "{number}"' for number in range(20))

    refused = idp.find("/Users", many)

    assert (refused.status_code, refused.json()["scimType"]) == (400, "tooMany")
    assert "30 comparisons" in refused.json()["detail"]
    assert "150 in all, and at most 100" in refused.json()["detail"]
    assert idp.find("/Users", few).status_code == 200
    assert idp.find("/Users", f'userName eq "p1@example.com" and ({many})').status_code == 200
    assert idp.find("/Users", f'userName eq "p1@example.com" or ({many})').status_code == 400


@pytest.mark.usefixtures("thrifty")
def test_a_filter_over_groups_and_over_members_is_refused_likewise(acme, idp):
    users = [a_user(acme, f"m{number}@example.com") for number in range(5)]
    group = a_group(acme, "All", users)
    for number in range(4):
        a_group(acme, f"Other {number}")
    many = " or ".join(f'display co "{number}"' for number in range(30))
    named = " or ".join(f'value eq "{user.id}"' for user in users)

    listed = idp.find("/Groups", " or ".join(f'displayName co "{n}"' for n in range(30)))
    removed = idp.modify(f"/Groups/{group.id}", {"op": "remove", "path": f"members[{many}]"})
    spread = [{"op": "remove", "path": f'members[display co "{n}"]'} for n in range(30)]
    of_many = idp.modify(f"/Groups/{group.id}", *spread)
    by_value = idp.modify(f"/Groups/{group.id}", {"op": "remove", "path": f"members[{named}]"})

    for answer in (listed, removed, of_many):
        assert (answer.status_code, answer.json()["scimType"]) == (400, "tooMany")
    assert by_value.status_code == 204


@pytest.fixture
def late(monkeypatch):
    """Let the time of a Bulk request be over when its first operation is done."""
    succeed = bulk._Run._success

    def succeeding_late(run, *done):
        deadlines._mine.deadline = deadlines.Deadline(time.monotonic() - 1, 15)
        return succeed(run, *done)

    monkeypatch.setattr(bulk._Run, "_success", succeeding_late)


@pytest.mark.usefixtures("late")
def test_half_a_circle_is_taken_back_after_the_deadline_too(acme, idp):
    def a_report(name, manager):
        manages = {urns.ENTERPRISE_USER: {"manager": {"value": f"bulkId:{manager}"}}}
        data = {"schemas": [urns.USER], "userName": f"{name}@example.com", **manages}
        return {"method": "POST", "path": "/Users", "bulkId": name, "data": data}

    operations = [a_report("one", "two"), a_report("two", "one")]

    answer = idp.post("/Bulk", json={"schemas": [BULK], "Operations": operations})

    assert [result["status"] for result in answer.json()["Operations"]] == ["503", "409"]
    assert idp.find("/Users", 'userName eq "one@example.com"').json()["totalResults"] == 0
    assert acme.counts == (5, 0)


def test_an_organization_without_a_contract_is_filtered_too(service):
    idp = service.scim(an_organization(None))

    answer = idp.find("/Users", " or ".join(f'title co "{number}"' for number in range(9)))

    assert (answer.status_code, answer.json()["totalResults"]) == (200, 0)
