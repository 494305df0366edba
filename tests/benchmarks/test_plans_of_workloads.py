"""What the engines do for real requests, on data that the product filled: no more for many people.

A thousand people are provisioned over HTTP, then copied to many more: to 20,000, and to 100,000
where there is time (`make test-long`). No statistics are gathered, as after a first
synchronization; in the end they are.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from urllib.parse import quote

import pytest

from app.access.context import acting
from app.clock import Clock
from app.db.connections import database, on_postgresql
from app.organizations.settings import OrganizationChanges, set_organization
from scim import urns
from tests.benchmarks.asking import Population, Request, Subject, Within, document_of
from tests.benchmarks.filling import fill_product
from tests.benchmarks.measuring import Figures, run
from tests.benchmarks.plans import Plan
from tests.benchmarks.report import Report
from tests.benchmarks.servers import headers_of
from tests.benchmarks.workloads import GROWTH_MAX, PAGE, WORKLOADS, Requests, patch, search
from tests.support.builders import Customer, an_organization
from tests.support.in_process import InProcess
from tests.support.kept_texts import trusted_texts
from tests.support.multitudes import multiply
from tests.support.observing import Observed, observed

FEW, MANY, MANY_MORE = 1_000, 20_000, 100_000
#: In the organization that has no seat left: who has one, who waits, and who was refused.
SEATS, WAITING, REFUSED = 20, 110, 110
#: How many of all have none, in that one.
FULL_SHARE = 2
GROUPS = 40

#: Rows or instructions that are no matter, however they are found.
SMALL_WORK = 500
#: A page with the row behind it; of its people, each is in a few groups.
SORTED_MAX = 2 * PAGE
#: What PostgreSQL finds by organization, and sorts.
GROWING_ON_POSTGRESQL = {
    "page of 100, by cursor and userName",
    "console, members",
}

#: An index as it was once: without the id, by which answers are ordered.
FORMER_INDEX = "CREATE INDEX scim_user_external_id ON scim_user (organization_id, external_id)"
INDEX = "CREATE INDEX scim_user_external_id ON scim_user (organization_id, external_id, id)"
KNOWN = " WHERE external_id IS NOT NULL"

STAGES = ("few", "many", "with statistics")


def email_of_a_type(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield search(f'emails[type eq "work"].value eq "{person.user_name}"')


def email_of_a_type_and_value(subject: Subject) -> Requests:
    for person in cycle(subject.population.people):
        yield search(f'emails[type eq "work" and value eq "{person.user_name}"]')


def cursor_by_name(_subject: Subject) -> Requests:
    path = f"/scim/v2/Users?sortBy=userName&count={PAGE}&cursor="
    cursor = ""
    while cursor is not None:
        answer = yield Request("GET", path + quote(cursor))
        cursor = json.loads(answer).get("nextCursor")


def group_by_name(_subject: Subject) -> Requests:
    filter_ = quote('displayName eq "Everyone"')
    while True:
        yield Request("GET", f"/scim/v2/Groups?filter={filter_}&excludedAttributes=members")


def delete(subject: Subject) -> Requests:
    while True:
        body = subject.population.new_document()
        made = json.loads(subject.ask(Request("POST", "/scim/v2/Users", body, 201)))
        yield Request("DELETE", f"/scim/v2/Users/{made['id']}", status=204)


def denials(_subject: Subject) -> Requests:
    while True:
        yield Request("GET", "/owner/v1/denials?state=open", surface="owner")


def refused(subject: Subject) -> Requests:
    while True:
        yield Request("POST", "/scim/v2/Users", subject.population.new_document(), 403)


def refused_at_login(subject: Subject) -> Requests:
    while True:
        name = subject.population.new_document()["userName"]
        yield Request("POST", "/sso/v1/decisions", {"user_name": name}, surface="sso")


def seat_for_the_next(subject: Subject) -> Requests:
    """Take a seat back, which the first on the waiting list gets."""
    while True:
        person = subject.population.people.pop()
        operation = {"op": "replace", "path": "active", "value": False}
        yield patch(f"/scim/v2/Users/{person.id}", operation, 200)


_OWN = ("get", "user_name", "external_id", "external_id_miss", "email", "check", "page", "cursor")
_OWN += ("group_alone", "alerts", "as_of", "foresight", "console_seats", "console_members")
_OWN += ("put", "patch", "member", "create", "claim", "release")

#: Asked of an organization with seats enough.
ASKED: dict[str, Callable[[Subject], Requests]] = {
    **{WORKLOADS[name].title: WORKLOADS[name].asks for name in _OWN},
    "e-mail of a type": email_of_a_type,
    "e-mail of a type and value": email_of_a_type_and_value,
    "page of 100, by cursor and userName": cursor_by_name,
    "group by displayName": group_by_name,
    "delete": delete,
}
#: Asked of one that has none left.
ASKED_IN_VAIN: dict[str, Callable[[Subject], Requests]] = {
    **{
        f"{WORKLOADS[name].title}, when full": WORKLOADS[name].asks
        for name in ("waiting", "alerts", "check")
    },
    "refusals": denials,
    "create, refused": refused,
    "SSO claim, refused": refused_at_login,
    "a seat for the next who waits": seat_for_the_next,
}
TITLES = (*ASKED, *ASKED_IN_VAIN)


@dataclass
class Seen:
    """The statements of each workload at each stage."""

    #: How many people there are in the end.
    many: int
    statements: dict[tuple[str, str], list[Observed]] = field(default_factory=dict)

    #: How long a look-up by externalId takes at each size, by the index as it was.
    growth: dict[int, float] = field(default_factory=dict)

    def look_by_former_index(self, size: int, large: Subject) -> None:
        if on_postgresql():
            return
        _replace_index(FORMER_INDEX)
        workload = WORKLOADS["external_id"]
        self.growth[size] = Figures.of([run(large, workload, 0.3, pids=())]).p50
        _replace_index(INDEX)

    def look(self, stage: str, large: Subject, full: Subject) -> None:
        for subject, asked in ((large, ASKED), (full, ASKED_IN_VAIN)):
            for title, asks in asked.items():
                self.statements[stage, title] = _statements(subject, asks)


@pytest.fixture(scope="module")
def seen(fresh_database, request) -> Seen:
    """Return what an engine did for the workloads, at each stage."""
    has_time = request.config.getoption("--hypothesis-profile") == "long"
    result = Seen(many=MANY_MORE if has_time else MANY)
    with fresh_database() as url, trusted_texts():
        app = InProcess(url, clock=Clock()).app
        large, full = _an_organization(app, result.many * 2), _a_full_organization(app)
        result.look("few", large, full)
        result.look_by_former_index(FEW, large)
        multiply(large.organization_id, result.many)
        multiply(full.organization_id, result.many // FULL_SHARE, seated=False)
        result.look("many", large, full)
        result.look_by_former_index(result.many, large)
        database.execute_sql("ANALYZE")
        result.look("with statistics", large, full)
        database.obj.close_all()
    return result


def _an_organization(app, seats) -> Subject:
    customer = _customer(seats)
    subject = _subject(app, customer)
    for start in range(0, FEW, 500):
        fill_product(subject, range(start, start + 500))
    members = [{"value": person.id} for person in subject.population.people[-3:]]
    operations = [
        {
            "method": "POST",
            "path": "/Groups",
            "bulkId": str(number),
            "data": {
                "schemas": [urns.GROUP],
                "displayName": f"Team {number}",
                "externalId": f"team-{number}",
                "members": members,
            },
        }
        for number in range(GROUPS)
    ]
    bulk = {"schemas": [urns.BULK_REQUEST], "Operations": operations}
    subject.ask(Request("POST", "/scim/v2/Bulk", bulk))
    return subject


def _a_full_organization(app) -> Subject:
    customer = _customer(SEATS)
    subject = _subject(app, customer)
    fill_product(subject, range(SEATS))
    for first, count, choice, status in (
        (100, WAITING, "park", 201),
        (300, REFUSED, "reject", 403),
    ):
        owner = acting(customer.owner, at=datetime.now(UTC))
        set_organization(owner, OrganizationChanges(when_full=choice))
        for number in range(first, first + count):
            subject.ask(Request("POST", "/scim/v2/Users", document_of(number), status))
    return subject


def _replace_index(index: str) -> None:
    database.execute_sql("DROP INDEX scim_user_external_id")
    database.execute_sql(index + KNOWN)


def _customer(seats) -> Customer:
    now = datetime.now(UTC)
    return an_organization(seats, at=now, starts_on=now.date().replace(day=1))


def _subject(app, customer) -> Subject:
    return Subject(Within(app), Population(), headers_of(customer), customer.id)


def _statements(subject: Subject, asks) -> list[Observed]:
    """Return the statements of two requests, which two that came before have prepared."""
    requests = asks(subject)
    request = next(requests)
    for _ in range(2):
        request = requests.send(subject.ask(request))
    found = []
    for _ in range(2):
        with observed() as seen_:
            answer = subject.ask(request)
        found += seen_
        request = requests.send(answer)
    return found


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("title", TITLES)
def test_no_table_is_read_whole(seen, title, stage, engine):
    if engine == "postgresql" and title in GROWING_ON_POSTGRESQL:
        return
    read = [each for each in seen.statements[stage, title] if each.work > SMALL_WORK]

    assert [each.reads_all for each in read if each.reads_all] == []


@pytest.mark.parametrize("stage", STAGES[1:])
@pytest.mark.parametrize("title", TITLES)
def test_a_request_takes_no_more_work_among_many(seen, title, stage, engine):
    if engine == "postgresql" and title in GROWING_ON_POSTGRESQL:
        return
    few, many = (sum(each.work for each in seen.statements[at, title]) for at in (STAGES[0], stage))

    assert many <= GROWTH_MAX * few + SMALL_WORK


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("title", TITLES)
def test_no_more_than_a_page_is_sorted(seen, title, stage, engine):
    if engine == "postgresql" and title in GROWING_ON_POSTGRESQL:
        return

    assert max(each.sorted_rows for each in seen.statements[stage, title]) <= SORTED_MAX


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_the_growth_check_of_the_benchmark_finds_an_index_that_does_not_serve_the_order(seen):
    title = WORKLOADS["external_id"].title

    assert Report(Plan(), growth={title: seen.growth}).missed() == [
        f"{title}: {seen.growth[seen.many] / seen.growth[FEW]:.1f} times slower at {seen.many:,}"
    ]
