from datetime import timedelta

import pytest

from tests.support.builders import NOW, a_user, buy, deactivate
from tests.support.engines import on_sqlite_alone


def when(**ago) -> str:
    return (NOW - timedelta(**ago)).isoformat()


def test_the_seats_of_a_past_instant_are_shown(acme, buyer):
    a_user(acme, at=NOW - timedelta(days=2))
    buy(acme, 3, at=NOW - timedelta(days=1))
    a_user(acme)

    then = buyer.get("/seats", params={"as_of": when(days=2)}).json()

    assert then == {
        "purchased": 5,
        "in_use": 1,
        "held": 0,
        "available": 4,
        "renewal_pending": False,
        "term": {"number": 1, "starts_on": "2026-01-01", "ends_on": "2027-01-01"},
    }


def test_the_assignments_of_a_past_instant_are_listed(acme, buyer):
    gone = a_user(acme, at=NOW - timedelta(days=2))
    deactivate(acme, gone, at=NOW - timedelta(hours=1))
    a_user(acme)

    query = {"as_of": when(days=1), "open": "true"}
    (assignment,) = buyer.get("/assignments", params=query).json()["assignments"]

    assert (assignment["user_id"], assignment["released_at"]) == (gone.id, None)


def test_the_pages_of_a_past_instant_do_not_move(acme, buyer):
    people = [a_user(acme, at=NOW - timedelta(days=1)) for _ in range(3)]
    query = {"as_of": when(hours=1), "open": "true", "count": 2}
    first = buyer.get("/assignments", params=query).json()

    deactivate(acme, people[2])
    a_user(acme)

    rest = buyer.get("/assignments", params={**query, "cursor": first["next_cursor"]}).json()
    assert [row["user_id"] for row in rest["assignments"]] == [people[2].id]


@on_sqlite_alone
@pytest.mark.parametrize("path", ["/seats", "/assignments", "/exports/ledger.csv"])
@pytest.mark.parametrize(
    "as_of",
    [
        "2026-03-01T09:00:00.000001Z",
        "2999-01-01T00:00:00Z",
        "2026-02-01",
        "2026-02-01T00:00:00",
        "yesterday",
        "",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_an_instant_that_is_not_past_or_not_one_is_refused(buyer, path, as_of):
    refused = buyer.get(path, params={"as_of": as_of})

    assert (refused.status_code, refused.json()["field"]) == (422, "as_of")


def test_now_is_past_enough(acme, buyer):
    a_user(acme)

    assert buyer.get("/seats", params={"as_of": when()}).json()["in_use"] == 1
