"""What is asked in each workload, and how much of the floor's CPU it may take.

A workload is a generator: it yields one request after the other, without end, and is sent the body
of each answer. What a request needs beforehand it asks aside.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from urllib.parse import quote

from scim import urns
from tests.benchmarks.asking import Request, Subject

Requests = Iterator[Request]

#: How far above its target a figure may be.
TOLERANCE = 1.15
#: How often a look-up may take its time at a thousand users.
GROWTH_MAX = 1.5
PAGE = 100


@dataclass(frozen=True)
class Workload:
    """One thing that is asked again and again."""

    name: str
    title: str
    asks: Callable[[Subject], Requests]
    #: The ratio of CPU that is wanted at most; None where none is.
    target: float | None
    #: How many statements a request may take, beside BEGIN and COMMIT.
    statements_max: float
    #: What the floor does meanwhile; its own if it is empty. A `own:` one is asked of us, too.
    against: str = ""
    #: How many requests belong together.
    steps: int = 1
    #: Through how many of them figures are divided; in one piece they are those of all together.
    parts: int = 1
    #: Whether its time must not grow with the data.
    flat: bool = True


def get(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield Request("GET", f"/scim/v2/Users/{person.id}")


def user_name_eq(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield search(f'userName eq "{person.user_name}"')


def external_id_hit(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield search(f'externalId eq "{person.document["externalId"]}"')


def external_id_miss(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield search(f'externalId eq "not-{person.document["externalId"]}"')


def email_eq(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield search(f'emails.value eq "{person.user_name}"')


def check(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        body = {"user_name": person.user_name, "mode": "check"}
        yield Request("POST", "/sso/v1/decisions", body, surface="sso")


def create(subject: Subject) -> Requests:
    while True:
        yield Request("POST", "/scim/v2/Users", subject.population.new_document(), 201)


def put(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        turn = next(subject.population.new_numbers)
        body = {**person.document, "displayName": f"Person of turn {turn}"}
        yield Request("PUT", f"/scim/v2/Users/{person.id}", body)


def patch_active(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        for active in (False, True):
            operation = {"op": "replace", "path": "active", "value": active}
            yield patch(f"/scim/v2/Users/{person.id}", operation, 200)


def claim(subject: Subject) -> Requests:
    while True:
        name = subject.population.new_document()["userName"]
        body = {"user_name": name, "email": name, "display_name": "New Person"}
        yield Request("POST", "/sso/v1/decisions", body, surface="sso")


def member(subject: Subject) -> Requests:
    for person in cycle(subject.population.others):
        yield _add(subject, person.id)
        path = f'members[value eq "{person.id}"]'
        yield patch(_group(subject), {"op": "remove", "path": path}, 204)


def page_first(_subject: Subject) -> Requests:
    while True:
        yield Request("GET", f"/scim/v2/Users?startIndex=1&count={PAGE}")


def page_by_cursor(subject: Subject) -> Requests:
    """Follow the cursors, in turn, from the first page to the last."""
    cursors = [""]
    while cursors[-1] is not None and len(cursors) <= PAGE:
        path = f"/scim/v2/Users?cursor={quote(cursors[-1])}&count={PAGE}"
        cursors.append(json.loads(subject.ask_aside(Request("GET", path))).get("nextCursor"))
    for cursor in cycle([each for each in cursors if each is not None]):
        yield Request("GET", f"/scim/v2/Users?cursor={quote(cursor)}&count={PAGE}")


def page_deep(subject: Subject) -> Requests:
    start = max(1, int(subject.population.size * 0.9))
    while True:
        yield Request("GET", f"/scim/v2/Users?startIndex={start}&count={PAGE}")


def group_whole(subject: Subject) -> Requests:
    while True:
        yield Request("GET", _group(subject))


def group_alone(subject: Subject) -> Requests:
    while True:
        yield Request("GET", f"{_group(subject)}?excludedAttributes=members")


def entra_cycle(subject: Subject) -> Requests:
    """Bring one user as Entra ID does: look, create, add to the group."""
    while True:
        document = subject.population.new_document()
        yield search(f'userName eq "{document["userName"]}"')
        created = yield Request("POST", "/scim/v2/Users", document, 201)
        yield _add(subject, json.loads(created)["id"])


def console_page(name: str) -> Callable[[Subject], Requests]:
    def asks(subject: Subject) -> Requests:
        while True:
            path = f"/console/{subject.organization_id}/{name}"
            yield Request("GET", path, surface="console")

    return asks


def owner_page(path: str) -> Callable[[Subject], Requests]:
    def asks(_subject: Subject) -> Requests:
        while True:
            yield Request("GET", f"/owner/v1/{path}", surface="owner")

    return asks


def seats_as_of(subject: Subject) -> Requests:
    instant = quote(datetime.now(UTC).isoformat())
    yield from owner_page(f"seats?as_of={instant}")(subject)


def release(subject: Subject) -> Requests:
    """Take back the seat of a person who was made for it."""
    while True:
        body = subject.population.new_document()
        made = json.loads(subject.ask_aside(Request("POST", "/scim/v2/Users", body, 201)))
        yield Request("POST", "/owner/v1/releases", {"user_id": made["id"]}, 201, "owner")


def confirmation(subject: Subject) -> Requests:
    while True:
        request = Request("POST", "/owner/v1/quotes", {"quantity": 1}, 201, "owner")
        quoted = json.loads(subject.ask_aside(request))
        path = f"/owner/v1/quotes/{quoted['id']}/confirmation"
        body = {"expected_total_minor": quoted["total_minor"]}
        yield Request("POST", path, body, 201, "owner")


def search(filter_: str) -> Request:
    return Request("GET", f"/scim/v2/Users?filter={quote(filter_)}")


def patch(path: str, operation: dict, status: int) -> Request:
    body = {"schemas": [urns.PATCH_OP], "Operations": [operation]}
    return Request("PATCH", path, body, status)


def _group(subject: Subject) -> str:
    return f"/scim/v2/Groups/{subject.population.group_id}"


def _add(subject: Subject, member_id: str) -> Request:
    operation = {"op": "Add", "path": "members", "value": [{"value": member_id}]}
    return patch(_group(subject), operation, 204)


#: In this order, so that what makes users comes after what looks for them.
WORKLOADS = {
    each.name: each
    for each in (
        Workload("get", "get by id", get, 2, 2),
        Workload("user_name", "`userName eq`", user_name_eq, 2, 2),
        Workload("external_id", "`externalId eq`, hit", external_id_hit, 2, 2),
        Workload("external_id_miss", "`externalId eq`, miss", external_id_miss, 2, 2),
        Workload("email", "e-mail `eq`", email_eq, None, 2, "user_name"),
        Workload("check", "SSO check of a holder", check, 2, 2, "get"),
        Workload("page", "page of 100, first", page_first, 3, 4, flat=False),
        Workload("cursor", "page of 100, by cursor", page_by_cursor, 3, 5, "page"),
        Workload("deep", "page of 100, deep", page_deep, 3, 4, "own:page", flat=False),
        Workload("group", "whole group", group_whole, 1.5, 3, flat=False),
        Workload("group_alone", "group without members", group_alone, None, 2),
        Workload(
            "console_seats", "console, seats", console_page("seats"), 40, 6, "get", flat=False
        ),
        Workload(
            "console_members", "console, members", console_page("members"), 40, 3, "get", flat=False
        ),
        Workload("as_of", "seats at an instant", seats_as_of, None, 6, "get"),
        Workload("alerts", "alerts", owner_page("alerts"), None, 11, "get"),
        Workload("waiting", "waiting list", owner_page("waiting"), None, 2, "get"),
        Workload("foresight", "foresight", owner_page("foresight"), None, 7, "get"),
        Workload("put", "PUT", put, 2.5, 6),
        Workload("patch", "PATCH active", patch_active, 2.5, 10.5, steps=2, parts=2),
        Workload("release", "release of a seat", release, None, 12, "patch"),
        Workload("member", "member added or removed", member, 2.5, 5.5, steps=2, parts=2),
        Workload(
            "confirmation", "confirmation of a quote", confirmation, 5, 14, "create", flat=False
        ),
        Workload("create", "create", create, 2.5, 11),
        Workload("claim", "SSO claim", claim, 2.5, 12, "create"),
        Workload("entra", "Entra initial cycle, a user", entra_cycle, 2.5, 19, steps=3, flat=False),
    )
}
