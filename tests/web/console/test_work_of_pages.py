"""What the database does for a page: a list with a limit costs no more for many than for ten."""

import pytest

from app.db.connections import database as current
from tests.support.browser import Browser
from tests.support.counting import count_queries
from tests.support.in_process import InProcess
from tests.support.multitudes import a_multitude
from tests.support.query_plans import sqlite_work, steps_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

STATEMENTS_MAX = 10

#: In hundreds of instructions: a sheet of fifty rows takes twenty of them.
WORK_MAX = 60

PAGES = (
    "",
    "/seats",
    "/members",
    "/members?before=5000",
    "/requests",
    "/requests?outcome=done",
    "/requests?outcome=refused",
    "/refused",
    "/waiting",
    "/audit-trail",
    "/audit-trail?subject=people",
    "/audit-trail?first_on=2026-03-01",
)


@pytest.fixture(scope="module", params=[10, 10_000])
def asked_by_page(fresh_database, request):
    """Return the statements of each page of an organization of so many people."""
    with fresh_database() as url:
        service = InProcess(url)
        recorder = service.app.extensions["seatgate"].recorder
        customer = a_multitude(service, recorder, request.param)
        owner = Browser(service)
        owner.sign_in(customer)
        yield {page: sent_by(owner, f"/console/{customer.id}{page}") for page in PAGES}
        current.obj.close_all()


def sent_by(owner, address):
    with count_queries() as sent:
        assert owner.get(address).status == 200, address
    return sent.statements


@pytest.mark.parametrize("page", PAGES)
def test_a_page_takes_ten_statements_and_reads_no_table_whole(asked_by_page, page):
    sent = asked_by_page[page]

    assert len(sent) <= STATEMENTS_MAX
    assert [step.text for step in steps_of(sent) if step.reads_all] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_list_with_a_limit_is_neither_sorted_nor_searched_through(asked_by_page, page):
    limited = [each for each in asked_by_page[page] if " LIMIT " in each.sql]

    work = {each.sql: sqlite_work(each) for each in limited}

    assert limited
    assert {sql: hundreds for sql, hundreds in work.items() if hundreds > WORK_MAX} == {}
