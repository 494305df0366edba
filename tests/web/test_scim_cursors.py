"""Paging by cursor over HTTP (RFC 9865)."""

import re
from contextlib import contextmanager

import pytest

from app.access.context import acting
from app.db.connections import database, on_postgresql
from app.directory import groups
from app.directory.listing import Directory, Window
from app.people import provisioning
from scim import urns
from scim.cursors import CURSOR_TIMEOUT_SECONDS
from scim.messages import Page
from tests.support.builders import BASE_URL, NOW, a_group, a_user, an_organization
from tests.support.counting import count_queries

PEOPLE = 23


@pytest.fixture
def people(acme):
    """Provision inactive users, of whom some have the same title and some have none."""
    titles = [None, "same", "Same", "other", "Zebra"]
    return [
        a_user(acme, f"p{number:02}", active=False, title=titles[number % len(titles)])
        for number in range(PEOPLE)
    ]


def page(idp, cursor="", **parameters):
    response = idp.get("/Users", params={"cursor": cursor, **parameters})
    assert response.status_code == 200, response.text
    return response.json()


def walk(idp, between=lambda _page: None, **parameters):
    """Return the userNames of all pages; `between` is called with each before the next."""
    names, cursor = [], ""
    while cursor is not None:
        found = page(idp, cursor, **parameters)
        names += [user["userName"] for user in found["Resources"]]
        between(found)
        cursor = found.get("nextCursor")
    return names


def refusal(idp, cursor, **parameters):
    response = idp.get("/Users", params={"cursor": cursor, **parameters})
    assert response.status_code == 400
    assert response.json()["schemas"] == [urns.ERROR]
    return response.json()["scimType"]


ORDERS = [
    {},
    {"sortOrder": "descending"},
    {"sortBy": "title"},
    {"sortBy": "title", "sortOrder": "descending"},
    {"sortBy": "userName"},
    {"sortBy": "meta.created", "sortOrder": "descending"},
    {"sortBy": "active"},
    {"filter": 'userName sw "p"', "sortBy": "title"},
]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("query", ORDERS, ids=lambda query: "-".join(query.values()) or "by id")
@pytest.mark.parametrize("count", [1, 5, 23, 24])
def test_the_pages_are_the_whole_in_its_order(idp, query, count):
    whole = idp.get("/Users", params={**query, "count": 100}).json()["Resources"]

    assert walk(idp, **query, count=count) == [user["userName"] for user in whole]


@pytest.mark.usefixtures("people")
def test_the_first_page_says_the_total_and_the_last_has_no_next(idp):
    first = page(idp, count=20)
    last = page(idp, first["nextCursor"], count=20)

    assert (first["totalResults"], first["itemsPerPage"]) == (PEOPLE, 20)
    assert last["itemsPerPage"] == 3
    assert "nextCursor" not in last
    assert "startIndex" not in first


def test_an_empty_result_is_one_empty_page(idp):
    found = page(idp)

    assert found["Resources"] == []
    assert found["totalResults"] == 0
    assert "nextCursor" not in found


@pytest.mark.parametrize("query", ORDERS[:4], ids=lambda query: "-".join(query.values()) or "by id")
def test_whoever_stays_is_seen_while_others_are_deleted(idp, acme, people, query):
    """With an index, each deletion before the page would hide somebody behind it."""
    leavers = iter(people[::3])

    def one_leaves(_page):
        if leaver := next(leavers, None):
            provisioning.delete_user(acting(acme.scim, at=NOW), leaver.id)

    seen = walk(idp, one_leaves, **query, count=3)

    stayed = {user.user_name for user in people} - {user.user_name for user in people[::3]}
    assert stayed <= set(seen)
    assert len(seen) == len(set(seen))


def test_a_cursor_survives_the_deletion_of_the_resource_that_it_names(idp, acme):
    users = [a_user(acme, f"p{number}", active=False) for number in range(4)]
    ids = sorted(user.id for user in users)
    first = page(idp, count=2)

    provisioning.delete_user(acting(acme.scim, at=NOW), ids[1])

    rest = page(idp, first["nextCursor"], count=2)["Resources"]
    assert [user["id"] for user in rest] == ids[2:]


def test_groups_are_walked_like_users(idp, acme):
    made = [a_group(acme) for _ in range(5)]
    first = idp.get("/Groups?cursor&count=3").json()

    groups.delete_group(acting(acme.scim, at=NOW), first["Resources"][0]["id"])

    rest = idp.get("/Groups", params={"cursor": first["nextCursor"]}).json()["Resources"]
    assert {group["id"] for group in first["Resources"] + rest} == {group.id for group in made}


@pytest.mark.usefixtures("people")
def test_a_search_in_a_body_is_walked_too(idp):
    query = {"schemas": [urns.SEARCH_REQUEST], "filter": "title pr", "count": 10}
    first = idp.post("/Users/.search", json={**query, "cursor": ""}).json()
    second = idp.post("/Users/.search", json={**query, "cursor": first["nextCursor"]}).json()

    assert (first["itemsPerPage"], second["itemsPerPage"]) == (10, 8)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "tamper",
    [
        lambda cursor: cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        lambda cursor: ("A" if cursor[0] != "A" else "B") + cursor[1:],
        lambda cursor: cursor[:-8],
        lambda cursor: cursor + "AAAA",
        lambda _cursor: "x",
        lambda _cursor: "é",
        lambda _cursor: "A" * 500,
        lambda _cursor: "2",
    ],
    ids=["last", "first", "cut", "longer", "letter", "accent", "letters", "number"],
)
def test_a_cursor_that_was_not_issued_here_is_invalid(idp, tamper):
    cursor = page(idp, count=5)["nextCursor"]

    assert refusal(idp, tamper(cursor)) == "invalidCursor"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "other",
    [
        {"filter": "title pr"},
        {"sortBy": "userName"},
        {"sortOrder": "descending"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_cursor_belongs_to_its_query(idp, other):
    cursor = page(idp, count=5)["nextCursor"]

    assert refusal(idp, cursor, **other) == "invalidCursor"


@pytest.mark.usefixtures("people")
def test_a_cursor_belongs_to_its_type_and_its_organization(service, idp):
    cursor = page(idp, count=5)["nextCursor"]
    stranger = service.scim(an_organization())

    assert refusal(stranger, cursor) == "invalidCursor"
    assert idp.get("/Groups", params={"cursor": cursor}).json()["scimType"] == "invalidCursor"


@pytest.mark.usefixtures("people")
def test_a_cursor_keeps_its_count(idp):
    cursor = page(idp, count=5)["nextCursor"]

    assert refusal(idp, cursor, count=6) == "invalidCount"
    assert page(idp, cursor, count=5)["itemsPerPage"] == page(idp, cursor)["itemsPerPage"] == 5


@pytest.mark.usefixtures("people")
def test_a_cursor_expires_after_the_time_that_is_discovered(service, idp):
    timeout = idp.get("/ServiceProviderConfig").json()["pagination"]["cursorTimeout"]
    cursor = page(idp, count=5)["nextCursor"]

    service.clock.advance(seconds=timeout - 1)
    in_time = page(idp, cursor)
    service.clock.advance(seconds=1)

    assert timeout == CURSOR_TIMEOUT_SECONDS
    assert in_time["itemsPerPage"] == 5
    assert refusal(idp, cursor) == "expiredCursor"


@pytest.mark.usefixtures("people")
def test_a_cursor_and_an_index_exclude_each_other(idp):
    assert refusal(idp, "", startIndex=1) == "invalidValue"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("query", ORDERS, ids=lambda query: "-".join(query.values()) or "by id")
def test_a_late_page_takes_as_many_statements_as_an_early_one(idp, query):
    second = page(idp, page(idp, count=3, **query)["nextCursor"], **query)
    late = second
    for _ in range(4):
        early, late = late, page(idp, late["nextCursor"], **query)

    with count_queries() as at_second:
        page(idp, second["nextCursor"], **query)
    with count_queries() as at_late:
        page(idp, early["nextCursor"], **query)

    assert at_late.count == at_second.count


def test_a_late_page_begins_in_an_index_where_the_one_before_it_ended(acme):
    with plans() as explained:
        Directory(acme.id, BASE_URL).users().read(Window(3, after=("0190",)))

    assert re.search(r"Index Cond: .*\(id > '0190'|USING .*INDEX .* AND id>\?", explained[0])


@contextmanager
def plans():
    """Collect the plan of each statement that is executed for the length of the `with`."""
    collected = []
    with count_queries() as executed:
        yield collected
    explain = "EXPLAIN " if on_postgresql() else "EXPLAIN QUERY PLAN "
    if on_postgresql():
        # A table of a few rows is read whole, whatever its indexes.
        database.execute_sql("SET enable_seqscan = off")
    for sent in executed.statements:
        rows = database.execute_sql(explain + sent.sql, sent.params).fetchall()
        collected.append("\n".join(str(row[-1]) for row in rows))


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("first", "then"), [(5, 5), (5, None), (2000, 2000), (2000, 1500)])
def test_a_count_is_kept_as_it_was_granted(idp, monkeypatch, first, then):
    monkeypatch.setattr(Page.parse.__func__, "__defaults__", (10, 20))

    names = walk(idp, count=first)
    cursor = page(idp, count=first)["nextCursor"]
    further = page(idp, cursor, **({} if then is None else {"count": then}))

    assert len(names) == PEOPLE
    assert further["itemsPerPage"] == (5 if first == 5 else PEOPLE - 20)
